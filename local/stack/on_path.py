"""Plain `dagger` on PATH, where a person has none."""

import os

from local.host.paths import CACHE, COMMAND
from local.tools.catalogue import DAGGER


def put() -> None:
    """Links the stack's own, or that of an earlier build to the present one."""
    if not os.path.lexists(COMMAND) or _is_ours():
        COMMAND.unlink(missing_ok=True)
        COMMAND.symlink_to(DAGGER.program("dagger"))


def remove() -> None:
    """Takes the link away, where it is the stack's."""
    if _is_ours():
        COMMAND.unlink()


def _is_ours() -> bool:
    return COMMAND.is_symlink() and COMMAND.readlink().is_relative_to(CACHE)
