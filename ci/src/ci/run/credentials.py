"""Reads the secrets that a verb is given, and names the argument of one that is not there."""

from collections.abc import Mapping
from functools import partial

import anyio
from dagger import QueryError, Secret

from ci.run import confidential
from ci.run.errors import CiError, InvalidInput, cause


async def read(arguments: Mapping[str, object]) -> list[str]:
    """The plaintext of each secret among arguments; raises InvalidInput for all that have none."""
    found: list[str] = []
    failures: dict[str, CiError] = {}

    async def look(option: str, secret: Secret) -> None:
        try:
            found.append(checked(option, await secret.plaintext()))
        except QueryError as error:
            failures[option] = unreadable(option, str(error))
        except InvalidInput as error:
            failures[option] = error

    async with anyio.create_task_group() as group:
        for name, value in arguments.items():
            if isinstance(value, Secret):
                group.start_soon(partial(look, f"--{name.replace('_', '-')}", value))
    if failures:
        raise CiError.joined(failures[option] for option in sorted(failures))
    return found


async def token(given: Secret, option: str) -> Secret:
    """A token without the white space around it, which is never part of one."""
    return await _without(given, option, " \t\r\n")


async def password(given: Secret, option: str) -> Secret:
    """A password without line breaks at its end, which nobody types; spaces may be part of it."""
    return await _without(given, option, "\r\n")


def checked(option: str, plaintext: str) -> str:
    """The plaintext, where there is any."""
    if not plaintext.strip():
        raise InvalidInput(
            f"{option} is empty: the variable or the file that it names holds nothing; fill it, "
            f"or leave {option} out."
        )
    return plaintext


def trimmed(option: str, plaintext: str, white: str) -> str:
    """The plaintext without what stands around it; one line, as whatever takes it takes one."""
    line = plaintext.strip(white)
    if any(not character.isprintable() for character in line):
        raise InvalidInput(
            f"{option} holds a line break or another character that cannot be printed within what "
            "it names: copy it again."
        )
    return line


def unreadable(option: str, message: str) -> InvalidInput:
    """Why there is nothing to read, from the engine's message."""
    reason = cause(message).rpartition("desc = ")[2]
    return InvalidInput(
        f"{option} cannot be read: {reason}; name a variable that is set, such as env://NAME, or a "
        "file, such as file://$HOME/name."
    )


async def _without(given: Secret, option: str, white: str) -> Secret:
    plaintext = await given.plaintext()
    line = trimmed(option, plaintext, white)
    return given if line == plaintext else confidential.secret(option, line)
