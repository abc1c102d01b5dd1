"""All that machines fetch while they start, and what infra/ has to be told of it.

Packages of Kubernetes, signed; Debian's, from wherever this machine has them; images, out of the
stack's registry; Calico's manifest. One server with TLS has it all, with an authority of its own.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.host import command
from local.host.paths import REGISTRY
from tests.certificates import Issuer
from tests.machines import packages
from tests.machines.catalogue import CALICO, calico_source
from tests.machines.front import Behind, served
from tests.machines.images import images

PORT = 8443
# Without BGP: there is no BIRD here.
_MANIFEST = "manifests/calico-vxlan.yaml"


@dataclass(frozen=True)
class Supply:
    """Where things are: variables of infra/ by their names, and where a disk's image belongs."""

    variables: Mapping[str, object]
    address: str
    images: Path
    """What is put here is at /images/ of the address."""

    @property
    def tfvars(self) -> str:
        """The variables as a file of OpenTofu's, which takes what JSON has for values."""
        return "".join(f"{name} = {json.dumps(value)}\n" for name, value in self.variables.items())


@contextmanager
def supply(folder: Path, host: str, port: int = PORT) -> Iterator[Supply]:
    """Meanwhile a server at this address of the machine has all that is fetched.

    What is to be served lies in the folder. The programs are built, and the registry is up.
    """
    for image in images():
        image.push()
    issuer = Issuer()
    repository = folder / "kubernetes" / _minor(packages.kubernetes()[0].version) / "deb"
    fingerprint = packages.publish(packages.kubernetes(), repository)
    manifest = (calico_source() / _MANIFEST).read_bytes()
    (folder / "calico.yaml").write_bytes(manifest)
    disks = folder / "images"
    disks.mkdir()
    behind: Behind = {
        "/images/": disks,
        "/kubernetes/": folder / "kubernetes",
        "/calico.yaml": folder / "calico.yaml",
        "/debian/": debian("main", "bookworm"),
        "/debian-security/": debian("main", "bookworm-security"),
        "/v2/": f"http://{REGISTRY}/v2/",
    }
    with served(behind, issuer.issue(folder, host), host, port):
        at = f"https://{host}:{port}"
        yield Supply(
            {
                "authority_certificates": issuer.pem,
                "calico_manifest_sha256": hashlib.sha256(manifest).hexdigest(),
                "calico_manifest_url": f"{at}/calico.yaml",
                "calico_version": CALICO.version.removeprefix("v"),
                "debian_mirror": f"{at}/debian",
                "debian_security_mirror": f"{at}/debian-security",
                "kubernetes_key_fingerprint": fingerprint,
                "kubernetes_repository": f"{at}/kubernetes",
                "registry_mirrors": {"_default": at},
            },
            address=at,
            images=disks,
        )


def debian(component: str, codename: str) -> str:
    """Where this machine has packages of a release of Debian from, with a slash at its end."""
    found = command.output(
        "apt-get", "indextargets", "--format", "$(REPO_URI)",
        "Created-By: Packages", f"Component: {component}", f"Codename: {codename}",
    )  # fmt: skip
    return found.splitlines()[0]


def _minor(version: str) -> str:
    return "v" + ".".join(version.split(".")[:2])
