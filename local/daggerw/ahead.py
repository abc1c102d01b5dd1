"""What a call begins with, done by a new engine while the rest of the stack is still being made.

The engine keeps what it did, so the call itself finds it there. What fails here fails again in the
call, which says why.
"""

import shlex
from collections.abc import Callable, Sequence

from local.host import command
from local.host.errors import CommandFailed
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


def run(wanted: Sequence[Sequence[str]], progress: Callable[[str], None]) -> None:
    """Makes calls of `dagger`, one after the other, and drops what they print."""
    for arguments in wanted:
        progress(f"dagger {shlex.join(arguments)}")
        try:
            command.run(DAGGER.program("dagger"), *arguments, log=LOG)
        except CommandFailed:
            return
