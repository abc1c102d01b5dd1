"""What a call begins with, done by a new engine while the rest of the stack is still being made.

The engine keeps what it did, and lets others have what it is doing, so the call itself finds it
there. What fails here fails again in the call, which says why.
"""

import os
import shlex
import subprocess
from collections.abc import Sequence

from local.host.paths import LOGS
from local.tools.catalogue import DAGGER

LOG = LOGS / "ahead.log"
_BUILD = ("build", "sync")
_BEGINS_WITH: dict[str, tuple[tuple[str, ...], ...]] = {
    "deploy": (("test",), _BUILD, ("lint",)),
    "publish": (_BUILD,),
    "scan": (_BUILD,),
    "scan-reports": (_BUILD,),
}
# No longer than the process in $1, which becomes the call itself.
_WHILE_WANTED = """
{ %s; } &
work=$!
while kill -0 "$1" 2>/dev/null && kill -0 $work 2>/dev/null; do sleep 0.5; done
kill 0
"""


def calls(arguments: Sequence[str]) -> list[list[str]]:
    """The calls that do what a call begins with, with its options; [] where that is nothing.

    >>> calls(["call", "--settings", "ci.toml", "publish", "--branch", "main"])
    [['call', '--settings', 'ci.toml', 'build', 'sync']]
    >>> calls(["call", "status"])
    []
    """
    place = next((at for at, each in enumerate(arguments) if each in _BEGINS_WITH), None)
    if place is None or "call" not in arguments[:place]:
        return []
    return [[*arguments[:place], *verb] for verb in _BEGINS_WITH[arguments[place]]]


def begin(wanted: Sequence[Sequence[str]]) -> subprocess.Popen[bytes]:
    """Makes calls of `dagger`, one after the other, for as long as this process lives."""
    program = str(DAGGER.program("dagger"))
    script = "; ".join(shlex.join([program, *arguments]) for arguments in wanted)
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with open(LOG, "wb") as log:
        return subprocess.Popen(
            ["sh", "-c", _WHILE_WANTED % script, "sh", str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
