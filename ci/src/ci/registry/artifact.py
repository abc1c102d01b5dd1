"""Files that lie in a registry beside images, each an OCI artifact under a tag of its own."""

from uuid import uuid4

from dagger import Container, QueryError

from ci.registry import denials, references, transport
from ci.registry.access import Registry
from ci.registry.persistence import message, persistently
from ci.run import images

_FOLDER = "/work"
_ABSENT = "not found"


async def pulled(name: str, file: str, of: Registry) -> str | None:
    """The text of an artifact's file; None where there is no such artifact."""

    async def attempt() -> str:
        command = ["oras", "pull", *await _options(name), "--no-tty", name]
        return await (await _oras(of)).with_exec(command).file(f"{_FOLDER}/{file}").contents()

    try:
        return await persistently(attempt, name)
    except QueryError as error:
        if _ABSENT in message(error).lower():
            return None
        raise denials.refusal(name, message(error)) from None


async def push(name: str, file: str, text: str, media_type: str, to: Registry) -> None:
    """Put an artifact of one file in the place of the one that is there."""

    async def attempt() -> None:
        command = ["oras", "push", *await _options(name), f"--artifact-type={media_type}"]
        oras = (await _oras(to)).with_new_file(f"{_FOLDER}/{file}", text)
        await oras.with_exec([*command, "--no-tty", name, f"{file}:{media_type}"]).sync()

    try:
        await persistently(attempt, name)
    except QueryError as error:
        raise denials.refusal(name, message(error)) from None


async def _options(name: str) -> list[str]:
    """That of a registry without TLS, which is believed at a private address only.

    Asked before each attempt: a registry that is down does not say what it speaks.
    """
    await transport.refuse_plain(name)
    host = references.host(name)
    plain = references.is_private(host) and await transport.speaks_plainly(host)
    return ["--plain-http"] if plain else []


async def _oras(registry: Registry) -> Container:
    oras = (await registry.client(images.ORAS)).with_workdir(_FOLDER)
    return oras.with_env_variable("CI_NONCE", uuid4().hex)
