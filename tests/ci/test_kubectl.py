"""What kubectl means by what it prints."""

import pytest

from ci.errors import CiError, ClusterError, NothingChanged, NotServed, Unreachable
from ci.kubectl import complaints, is_silence, refusal


@pytest.mark.parametrize(
    ("printed", "found"),
    [
        ("", ["no reason given"]),
        ("Error from server: no such field.\n", ["Error from server: no such field"]),
        ("Warning: deprecated\nError: a\n\nError: b\n", ["Error: a", "Error: b"]),
        ("Warning: deprecated\n", ["no reason given"]),
    ],
)
def test_complaints(printed: str, found: list[str]) -> None:
    """Warnings are not why it failed, and there is always something to say."""
    assert complaints(printed) == found


@pytest.mark.parametrize(
    ("printed", "silent"),
    [
        ("dial tcp 10.0.0.1:6443: connect: connection refused", True),
        ("Unable to connect to the server: net/http: TLS handshake timeout", True),
        ("The connection to the server 10.0.0.1:6443 was refused", True),
        ('Error from server (Invalid): "dev-fastapi" is invalid', False),
        ("error: You must be logged in to the server (Unauthorized)", False),
    ],
)
def test_silence(printed: str, silent: bool) -> None:
    """Nobody answered: to try again may help; to a refusal it does not."""
    assert is_silence(printed) is silent


@pytest.mark.parametrize(
    ("printed", "tried", "kind"),
    [
        ('no matches for kind "HTTPRoute" in version "v1"', True, NotServed),
        ("exceeded quota", True, NothingChanged),
        ("exceeded quota", False, ClusterError),
        ("dial tcp: connection refused", True, Unreachable),
        ("dial tcp: connection refused", False, Unreachable),
    ],
)
def test_refusal(printed: str, tried: bool, kind: type[CiError]) -> None:
    """What it is decides who is patient with it, and whether there is anything to undo."""
    assert refusal(printed, tried) is kind
