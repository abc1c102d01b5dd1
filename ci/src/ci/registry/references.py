"""References to images, and how clients of registries are told who they are."""

import json
import re
from base64 import b64encode
from ipaddress import ip_address

from ci.run.errors import InvalidInput

# Docker Hub has several names, and its login stands under none of them.
_DOCKER_HUB = ("docker.io", "index.docker.io", "registry-1.docker.io")
_DOCKER_HUB_KEY = "https://index.docker.io/v1/"
_HOST = r"[A-Za-z0-9.-]+(?::\d+)?"
_PATH = r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"(?P<host>{_HOST})(?:/{_PATH})+")
_PINNED = re.compile(rf"(?P<repository>{_HOST}(?:/{_PATH})+)@(?P<digest>sha256:[0-9a-f]{{64}})")


def repository(address: str) -> str:
    """`host/owner/name` in lower case, as registries want it."""
    wanted = address.strip().rstrip("/").lower()
    if not wanted:
        raise InvalidInput(
            "No registry to push to: name one with --registry, for example ghcr.io/owner/name."
        )
    if not _REPOSITORY.fullmatch(wanted):
        raise InvalidInput(
            f"--registry {address!r} is not a repository: write host/owner/name, "
            "without a scheme and without a tag."
        )
    if not _is_host(host(wanted)):
        raise InvalidInput(
            f"--registry {address!r} names no registry: write its host as well, for Docker Hub "
            f"docker.io/{wanted}."
        )
    return wanted


def host(name: str) -> str:
    """The registry of a repository or of an image."""
    return name.partition("/")[0]


def _is_host(name: str) -> bool:
    """Whether clients take the first part of a name for a registry, and not for a user's."""
    return "." in name or ":" in name or name == "localhost"


def is_private(name: str) -> bool:
    """Whether a host is a private address, where registries without TLS are."""
    address = name.rpartition(":")[0] or name
    try:
        return ip_address(address).is_private
    except ValueError:
        return address == "localhost"


def login(name: str, username: str, token: str) -> str:
    """The configuration by which clients of registries know who they are to a host."""
    encoded = b64encode(f"{username}:{token}".encode()).decode()
    key = _DOCKER_HUB_KEY if name in _DOCKER_HUB else name
    return json.dumps({"auths": {key: {"auth": encoded}}})


def pinned(image: str) -> tuple[str, str]:
    """Repository and digest of an image that is named by digest; anything else is refused."""
    match = _PINNED.fullmatch(image.strip())
    if match is None:
        raise InvalidInput(
            f"--image {image!r} does not name a digest, and what a tag names can change: "
            "write repository@sha256:…, as `publish` prints it."
        )
    return match["repository"], match["digest"]


def unmade(repository: str) -> str:
    """A reference to an image that is yet to be built, for what looks at its form only."""
    return f"{repository}@sha256:{0:064}"


def untagged(reference: str) -> str:
    """`repository@digest` of what a push returns, which may carry the tag as well."""
    name, _, digest = reference.partition("@")
    folder, _, last = name.rpartition("/")
    return f"{folder}/{last.partition(':')[0]}@{digest}"
