"""References to images, and refusals of registries."""

import pytest

from ci.errors import InvalidInput
from ci.registry import pinned, refusal, repository, untagged

DIGEST = "sha256:" + "a1" * 32


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("ghcr.io/owner/name", "ghcr.io/owner/name"),
        ("ghcr.io/Owner/Name", "ghcr.io/owner/name"),
        (" 10.0.0.1:5000/fastapi/ ", "10.0.0.1:5000/fastapi"),
        ("localhost:5000/a/b/c-d_e.f", "localhost:5000/a/b/c-d_e.f"),
    ],
)
def test_repository(address: str, wanted: str) -> None:
    """Host and path, in lower case."""
    assert repository(address) == wanted


@pytest.mark.parametrize(
    "address",
    [
        "https://ghcr.io/owner/name",
        "ghcr.io",
        "ghcr.io/owner/name:latest",
        f"ghcr.io/owner/name@{DIGEST}",
        "ghcr.io/owner//name",
        "ghcr.io/own er/name",
    ],
)
def test_not_a_repository(address: str) -> None:
    """The refusal quotes what was given."""
    with pytest.raises(InvalidInput, match="--registry .* is not a repository"):
        repository(address)


@pytest.mark.parametrize("address", ["", "  ", "/"])
def test_no_repository(address: str) -> None:
    """The refusal says what to give."""
    with pytest.raises(InvalidInput, match="name one with --registry"):
        repository(address)


def test_image_by_digest() -> None:
    """Repository and digest are told apart."""
    assert pinned(f"10.0.0.1:5000/fastapi@{DIGEST}") == ("10.0.0.1:5000/fastapi", DIGEST)


@pytest.mark.parametrize(
    "image",
    ["", "fastapi", "ghcr.io/a/b:latest", f"ghcr.io/a/b:1@{DIGEST}", "ghcr.io/a/b@sha256:12"],
)
def test_image_by_anything_else(image: str) -> None:
    """What a tag names can change, so it is refused."""
    with pytest.raises(InvalidInput, match="does not name a digest"):
        pinned(image)


@pytest.mark.parametrize(
    "pushed",
    [f"10.0.0.1:5000/a/b:main@{DIGEST}", f"10.0.0.1:5000/a/b@{DIGEST}"],
)
def test_reference_of_a_push(pushed: str) -> None:
    """The tag goes, the registry's port stays."""
    assert untagged(pushed) == f"10.0.0.1:5000/a/b@{DIGEST}"


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("dial tcp 10.0.0.1:5000: connect: connection refused", "does not answer"),
        ("dial tcp 10.0.0.1:5000: i/o timeout", "does not answer"),
        ("lookup regsitry.example: no such host", "not known by that name"),
        ("tls: failed to verify certificate: x509: unknown authority", "prove who it is"),
        ("http: server gave HTTP response to HTTPS client", "prove who it is"),
        ("unexpected status: 401 Unauthorized", "refuses the login"),
        ("failed to authorize: 403 Forbidden", "does not let this login push to r.io/a/b"),
        ("denied: permission_denied: write_package", "does not let this login push to r.io/a/b"),
        ("unexpected status: 429 Too Many Requests", "too many requests"),
        ("r.io/a/b@sha256:12: not found", "does not have r.io/a/b"),
        ("unexpected status: 503 Service Unavailable", "fails at its own end"),
        ("failed to push:\nsomething new.", "did not take r.io/a/b: something new."),
        ("", "did not take r.io/a/b: no reason is given."),
    ],
)
def test_refusal(message: str, said: str) -> None:
    """Each way of refusing has its sentence, which names the registry."""
    sentence = refusal("r.io/a/b", message).sentence
    assert "r.io" in sentence
    assert said in sentence
