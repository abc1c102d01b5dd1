"""What it means that a registry does not do as asked, from what its clients print."""

import re

from ci.registry import references
from ci.run.errors import RegistryError, cause

LONGEST = 200
"""Characters of a client's own words that a sentence may quote."""

PLAIN_HTTP = ("server gave http response", "first record does not look like a tls handshake")
"""How clients written in Go say that a registry speaks no TLS."""

_URL = re.compile(r"\b[a-z]+://[^\s\"'>]+", re.IGNORECASE)
_DIGEST = re.compile(r"\b[0-9a-f]{32,}\b")
_AFTER = re.compile(r"retry[- ]after:?\s*(\d{1,4})")


def refusal(name: str, message: str) -> RegistryError:
    """The failure of a client that was told `message` when it asked for a repository or image."""
    where, said = references.host(name), _said(name, message)
    for signs, sentence in _REFUSALS:
        if _has(said, signs):
            return RegistryError(sentence.format(host=where, name=name))
    return RegistryError(f"The registry {where} did not take {name}: {reason(message)}.")


def reason(message: str) -> str:
    """The end of a client's message, without the queries of addresses, which may hold secrets.

    Of a long one its last words, for there the cause is.
    """
    found = _URL.sub(lambda url: re.split(r"[?#]", url[0])[0], cause(message))
    return found if len(found) <= LONGEST else f"…{found[-LONGEST:]}"


def may_pass(name: str, message: str) -> bool:
    """Whether it may do as asked in a moment, with nothing changed on our side."""
    said = _said(name, message)
    return _has(said, _PASSING) and not _has(said, _IMMUTABLE)


def speaks_plainly(message: str) -> bool:
    """Whether a client was answered without TLS where it spoke TLS."""
    return any(sign in message.lower() for sign in PLAIN_HTTP)


def wait_seconds(message: str) -> int:
    """For how long the registry wants to be left alone, where it says so."""
    found = _AFTER.search(message.lower())
    return int(found[1]) if found else 0


def is_immutable(name: str, message: str) -> bool:
    """Whether a tag was refused because it is there already, and its registry moves none."""
    return _has(_said(name, message), _IMMUTABLE)


def _said(name: str, message: str) -> str:
    """The words of a message, without the names in it, whose digits are no status."""
    words = _DIGEST.sub("", _URL.sub("", message.lower()))
    return words.replace(name.lower(), "").replace(references.host(name).lower(), "")


def _has(said: str, signs: tuple[str, ...]) -> bool:
    return any(re.search(rf"\b{sign}\b", said) for sign in signs)


_IMMUTABLE = (
    "immutable",
    "imagetagalreadyexistsexception",
    "cannot be overwritten",
    "does not allow updating",
    "overwrite",
    "tag already exists",
    "412",
    "precondition failed",
)
_SILENT = (
    "connection refused",
    "no route to host",
    "i/o timeout",
    "network is unreachable",
    "tls handshake timeout",
    "deadline exceeded",
    "timeout",
    "408",
)
_BROKEN_OFF = (
    "eof",
    "short read",
    "connection reset",
    "broken pipe",
    "closed network connection",
    "closed idle connection",
    "stream error",
    "goaway",
)
_BUSY = ("429", "toomanyrequests", "too many requests")
_FAILING = (
    *("500", "502", "503", "504"),
    *("internal server error", "bad gateway", "service unavailable", "gateway timeout"),
)
_NAMELESS = ("server misbehaving", "temporary failure in name resolution")
_PASSING = _SILENT + _BROKEN_OFF + _BUSY + _FAILING + _NAMELESS

# The first that fits is said.
_REFUSALS = (
    (
        ("x509", "certificate", *PLAIN_HTTP),
        "The registry {host} does not prove who it is: its certificate is not trusted by the "
        "engine, or it speaks plain HTTP and the engine is not told so.",
    ),
    (
        ("no such host", *_NAMELESS, "name resolution"),
        "The registry {host} is not known by that name: check --registry.",
    ),
    (
        _BUSY,
        "The registry {host} has had too many requests from here: log in, or try again later.",
    ),
    (
        _FAILING,
        "The registry {host} fails at its own end: try again, and look at its logs.",
    ),
    (
        _SILENT,
        "The registry {host} does not answer: is it running, and can the engine reach it?",
    ),
    (
        _IMMUTABLE,
        "The registry {host} does not move a tag of {name} that is there already: remove the tag, "
        "or allow tags to move.",
    ),
    (
        ("401", "unauthorized", "authentication required", "authorization failed"),
        "The registry {host} refuses the login: check --username and --token, and that the token "
        "is still valid.",
    ),
    (
        ("403", "forbidden", "denied", "insufficient_scope"),
        "The registry {host} does not let this login push to {name}: check the token's "
        "permissions.",
    ),
    (
        ("405", "method not allowed", "unsupported", "read-only"),
        "The registry {host} takes no push of {name}: is it read-only, or a mirror?",
    ),
    (
        ("not found", "name unknown", "404"),
        "The registry {host} does not have {name}: check its name.",
    ),
    (
        _BROKEN_OFF,
        "The registry {host} breaks connections off, or fails while it is sent to: try again, and "
        "look at its logs and at what is between it and the engine.",
    ),
)
