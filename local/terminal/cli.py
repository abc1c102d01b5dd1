"""What the stack's commands have in common: they fail with a sentence and an exit code."""

from collections.abc import Callable

from local.host.errors import CommandFailed, LocalError
from local.terminal.line import tell


def run(action: Callable[[], int]) -> int:
    """Runs a command; where it fails, says why and which log tells more. Gives the exit code."""
    try:
        return action()
    except LocalError as error:
        tell(f"Error: {error}")
        if isinstance(error, CommandFailed) and error.log:
            tell(f"Log: {error.log}")
        return 1
    except KeyboardInterrupt:
        tell("Interrupted: call it again to go on where it stopped.")
        return 130
