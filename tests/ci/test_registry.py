"""References to images."""

import pytest

from ci.errors import InvalidInput
from ci.registry import pinned, repository, untagged

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
