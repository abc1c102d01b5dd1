"""What can go wrong while the stack is set up.

LocalError
├── Unsupported      this machine cannot run the stack; nothing was touched
├── Conflict         something else holds what the stack needs
└── CommandFailed    a program the stack runs said no; its log is kept
"""

from pathlib import Path


class LocalError(Exception):
    """One sentence: the object, the reason, the next step."""


class Unsupported(LocalError):
    """This machine cannot run the stack; nothing was touched."""


class Conflict(LocalError):
    """Something else holds what the stack needs."""


class CommandFailed(LocalError):
    """A program the stack runs exited non-zero.

    `log` is the file that holds what it printed, where there is one.
    """

    def __init__(self, message: str, log: Path | None = None) -> None:
        super().__init__(message)
        self.log = log
