"""A second `python -m local up`, which brings up what nobody waits for."""

import os
import subprocess
import sys

from local.host.paths import LOGS, REPOSITORY, RUN
from local.host.process import Process

LOG = LOGS / "up.log"
_PID_FILE = RUN / "up.pid"
_PARTING_SECONDS = 20


def process() -> Process | None:
    """The run in the background, where there is one."""
    return Process.load(_PID_FILE)


def start() -> None:
    """Starts it, where none runs; it yields to whatever else wants the processor."""
    if process():
        return
    with open(LOG, "w", encoding="utf-8") as log:
        begun = subprocess.Popen(
            ["nice", "-n", "10", sys.executable, "-m", "local", "up"],
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    if running := Process.of(begun.pid):
        running.save(_PID_FILE)


def stop() -> None:
    """Ends it, with all that it runs."""
    if running := process():
        running.stop(wait=_PARTING_SECONDS)
