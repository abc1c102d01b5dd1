"""References to images."""

import json
from base64 import b64encode

import pytest

from ci.registry.references import login, pinned, repository, untagged
from ci.run.errors import InvalidInput

DIGEST = "sha256:" + "a1" * 32


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("ghcr.io/owner/name", "ghcr.io/owner/name"),
        ("ghcr.io/Owner/Name", "ghcr.io/owner/name"),
        (" 10.0.0.1:5000/web/ ", "10.0.0.1:5000/web"),
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


@pytest.mark.parametrize("address", ["owner/name", "owner/group/name"])
def test_repository_without_a_registry(address: str) -> None:
    """Clients would ask Docker Hub, and some of them another one."""
    with pytest.raises(InvalidInput, match=f"for Docker Hub docker.io/{address}"):
        repository(address)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ghcr.io", "ghcr.io"),
        ("10.0.0.1:5000", "10.0.0.1:5000"),
        ("docker.io", "https://index.docker.io/v1/"),
        ("index.docker.io", "https://index.docker.io/v1/"),
        ("registry-1.docker.io", "https://index.docker.io/v1/"),
        ("docker.io.example.com", "docker.io.example.com"),
    ],
)
def test_login(name: str, key: str) -> None:
    """It stands where clients look for it, which for Docker Hub is no name of a host."""
    encoded = b64encode(b"ci:a:token/+").decode()
    assert json.loads(login(name, "ci", "a:token/+")) == {"auths": {key: {"auth": encoded}}}


@pytest.mark.parametrize("address", ["", "  ", "/"])
def test_no_repository(address: str) -> None:
    """The refusal says what to give."""
    with pytest.raises(InvalidInput, match="name one with --registry"):
        repository(address)


def test_image_by_digest() -> None:
    """Repository and digest are told apart."""
    assert pinned(f"10.0.0.1:5000/web@{DIGEST}") == ("10.0.0.1:5000/web", DIGEST)


@pytest.mark.parametrize(
    "image",
    ["", "web", "ghcr.io/a/b:latest", f"ghcr.io/a/b:1@{DIGEST}", "ghcr.io/a/b@sha256:12"],
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
