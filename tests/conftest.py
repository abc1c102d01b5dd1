"""Shows at the end of a run where its time went."""

from collections import defaultdict
from pathlib import PurePath

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The seconds that each folder's tests took, what they set up included."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds[str(PurePath(report.location[0]).parent)] += report.duration
    terminalreporter.section("seconds by folder")
    for folder, took in sorted(seconds.items(), key=lambda each: -each[1]):
        terminalreporter.write_line(f"{took:8.1f}  {folder}")
