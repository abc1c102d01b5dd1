"""What kubectl means by what it prints."""

import pytest

from ci.cluster.kubectl import failure, failure_of_accepted, is_silence
from ci.run.errors import (
    CiError,
    ClusterError,
    NotFound,
    Refused,
    Unreachable,
)


@pytest.mark.parametrize(
    ("printed", "silent"),
    [
        ("dial tcp 10.0.0.1:6443: connect: connection refused", True),
        ("Unable to connect to the server: net/http: TLS handshake timeout", True),
        ("The connection to the server 10.0.0.1:6443 was refused", True),
        ("Error from server (TooManyRequests): Too many requests, please try again", True),
        ("the server has received too many requests and has asked us to try again later", True),
        ('Get "https://10.0.0.1:6443/api": proxyconnect tcp: dial tcp: refused', True),
        ('Error from server (Invalid): "dev-web" is invalid', False),
        ("error: You must be logged in to the server (Unauthorized)", False),
    ],
)
def test_silence(printed: str, silent: bool) -> None:
    """Nobody answered: to try again may help; to a refusal it does not."""
    assert is_silence(printed) is silent


NO_SUCH_KIND = (
    'error: resource mapping not found for name: "w" namespace: "dev" from "/run/manifest.yaml": '
    'no matches for kind "Widget" in version "example.com/v1"\nensure CRDs are installed first\n'
)


@pytest.mark.parametrize(
    ("printed", "kind"),
    [
        (NO_SUCH_KIND, NotFound),
        ('Error from server (Forbidden): roles "r" is forbidden: no', Refused),
        ("exceeded quota", ClusterError),
        ("dial tcp: connection refused", Unreachable),
    ],
)
def test_failure(printed: str, kind: type[CiError]) -> None:
    """What cannot be asked for is told from what does not answer, and from any other failure."""
    assert type(failure(printed)) is kind


@pytest.mark.parametrize(
    ("printed", "kind"),
    [
        (NO_SUCH_KIND, Unreachable),
        ('Error from server (Forbidden): roles "r" is forbidden: no', Refused),
        ("exceeded quota", ClusterError),
    ],
)
def test_failure_of_what_was_accepted(printed: str, kind: type[CiError]) -> None:
    """A kind that was served a moment ago is waited for as its server is."""
    assert type(failure_of_accepted(printed)) is kind
