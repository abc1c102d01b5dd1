"""Asks a registry whether it speaks TLS, before anything is sent to it."""

import ssl

import anyio

from ci.registry import references
from ci.run.errors import RegistryError

LIMIT_SECONDS = 5.0
_TLS_PORT = 443
# How OpenSSL says that what answered speaks something else.
_NOT_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "UNKNOWN_PROTOCOL")


async def refuse_plain(name: str) -> None:
    """Refuse the registry of a repository that speaks plain HTTP under a name.

    Whoever answers to the name would be given the login. At a private address it is believed to be
    meant, by the engine and by all that come after it. One that does not answer is not refused
    here: the engine may have another way to it.
    """
    host = references.host(name)
    if not references.is_private(host) and await speaks_plainly(host):
        raise RegistryError(
            f"The registry {host} speaks plain HTTP, which is taken at a private address only: "
            "name its address in place of its name, or give it a certificate."
        )


async def speaks_plainly(host: str) -> bool:
    """Whether a registry answers without TLS; one that does not answer at all does not."""
    name, _, port = host.partition(":")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with anyio.fail_after(LIMIT_SECONDS):
            stream = await anyio.connect_tcp(name, int(port or _TLS_PORT), ssl_context=context)
            await stream.aclose()
    except ssl.SSLError as error:
        return error.reason in _NOT_TLS
    except (OSError, TimeoutError, anyio.BrokenResourceError, anyio.EndOfStream):
        return False
    return False
