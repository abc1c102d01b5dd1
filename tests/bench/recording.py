"""Records a deploy that goes wrong, and draws it for README.md.

    python tests/bench/recording.py         record, and draw
    python tests/bench/recording.py draw    draw again what was recorded

In a temporary clone, a commit gives the service a setting that it does not start with. What is
kept is what the verbs say, with the seconds at which they do; what Dagger tells of the engine's
steps is left out. The environment is dev, and runs its last good release at the end. The stack has
to be up.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from local.tools.catalogue import DAGGER  # noqa: E402
from tests.bench import terminal  # noqa: E402
from tests.bench.deploy import clone  # noqa: E402
from tests.bench.progress import said  # noqa: E402
from tests.bench.terminal import PROMPT, Line  # noqa: E402
from tests.e2e.commits import commit  # noqa: E402

CAST = REPOSITORY / "docs" / "broken-deploy.cast"
PICTURE = CAST.with_suffix(".svg")
TITLE = "A setting that the service does not start with"
BEFORE = "dagger call deploy --env dev --allow-older 'the release that a recording begins with'"
COMMANDS = (
    "git show --format= --unified=0 | grep '^+'",
    'dagger call deploy --env dev || echo "exit code $?"',
    "dagger call report --env dev | grep ' s$'",
    "dagger call status --env dev",
)
CHANGE = """\
  - target:
      kind: Deployment
    patch: |
      - op: add
        path: /spec/template/spec/containers/0/env
        value: [{name: LOG_LEVEL, value: verbose}]
"""
READ = 3.0
"""Seconds between two commands, in which one reads."""


def run(command: str, folder: Path) -> Iterator[tuple[float, str]]:
    """The lines that a command prints, with the moment of each."""
    environment = {"DAGGER_NO_NAG": "1", "DAGGER_PROGRESS": "plain", "NO_COLOR": "1"}
    path = f"{DAGGER.home}:{os.environ['PATH']}"
    with subprocess.Popen(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, **environment, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        printed = ((time.monotonic(), line.rstrip()) for line in process.stdout or ())
        yield from said(printed)


def recorded(folder: Path) -> Iterator[Line]:
    """Every command, and what it prints."""
    began, waited = time.monotonic(), 0.0
    for command in COMMANDS:
        yield Line(time.monotonic() - began + waited, PROMPT + command)
        for moment, text in run(command, folder):
            yield Line(moment - began + waited, text)
        waited += READ


def record() -> None:
    """Deploy what is there, then the change, and keep what that shows."""
    with clone(REPOSITORY) as copy:
        shutil.copy2(REPOSITORY / ".env", copy / ".env")
        before = [text for _, text in run(BEFORE, copy)]
        if not any("deployed and verified" in text for text in before):
            sys.exit("\n".join([*before, "Error: the service itself is not deployed."]))
        with open(copy / "manifests/overlays/dev/kustomization.yaml", "a") as overlay:
            overlay.write(CHANGE)
        commit(copy, "Log more")
        CAST.write_text(terminal.to_cast(recorded(copy), TITLE))


def draw() -> None:
    """Draw what was recorded."""
    title, lines = terminal.from_cast(CAST.read_text())
    PICTURE.write_text(terminal.picture(lines, title))


if __name__ == "__main__":
    if sys.argv[1:] != ["draw"]:
        record()
    draw()
