"""Images the stack serves under the names the project uses, put together from packages.

Each becomes an OCI layout in the cache, keyed by what went into it, and is pushed to the stack's
registry, which stands in for the registries in the names.
"""

import http.client
import json
import os
import shutil
import tempfile
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from local import command, oci, official_python, wheels
from local.control_plane import COREDNS_VERSION, PAUSE_VERSION
from local.keys import digest
from local.paths import CACHE, LOGS, REGISTRY
from local.toolchain.catalogue import (
    HERE,
    KUBERNETES,
    ORAS,
    TRIVY,
)

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_ADVISORIES = HERE / "advisories-requirements.txt"
_MORE_ADVISORIES = HERE / "advisories.yaml"
_PYTHON_PACKAGES = ("ca-certificates", "netbase", "tzdata", *official_python.PACKAGES)
# Without update-ca-certificates the engine adds its certificates to the bundle itself, which takes
# milliseconds where the program takes a second and a half of every container it starts.
_NOT_IN_IMAGES = (
    "debootstrap",
    "usr/share/doc/*",
    "usr/share/locale/*",
    "usr/share/man/*",
    "usr/sbin/update-ca-certificates",
    "var/cache/apt/*",
    "var/lib/apt/lists/*",
    "var/log/*",
)
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_TRIVY_DB_LAYER = "application/vnd.aquasec.trivy.db.layer.v1.tar+gzip"
_TRIVY_DB_FILE = "db.tar.gz"
_TRIVY_DB_CONFIG = "application/vnd.aquasec.trivy.config.v1+json"


@dataclass(frozen=True)
class StandIn:
    """An image under the repository and tag of the one it stands in for.

    `write` puts an OCI layout into an empty folder; `key` changes with what goes in.
    """

    repository: str
    tag: str
    key: str
    write: Callable[[Path], object]

    @property
    def layout(self) -> Path:
        """Where its OCI layout lies."""
        return CACHE / "images" / f"{self.repository.replace('/', '-')}-{self.tag}-{self.key}"

    def build(self) -> None:
        """Makes the layout, where it is not in the cache."""
        if self.layout.exists():
            return
        self.layout.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.layout.parent) as work:
            half = Path(work, "layout")
            half.mkdir()
            self.write(half)
            half.rename(self.layout)

    @property
    def pushed(self) -> bool:
        """Whether the registry holds the layout."""
        return self.layout.exists() and self._digest_in_registry() == _digest_in(self.layout)

    def push(self) -> None:
        """Pushes the layout, where the registry does not hold it."""
        self.build()
        reference = f"{REGISTRY}/{self.repository}:{self.tag}"
        if not self.pushed:
            command.run(
                "skopeo", "copy", "--quiet", "--dest-tls-verify=false",
                f"oci:{self.layout}:image", f"docker://{reference}", log=LOGS / "images.log",
            )  # fmt: skip

    def _digest_in_registry(self) -> str:
        question = urllib.request.Request(
            f"http://{REGISTRY}/v2/{self.repository}/manifests/{self.tag}",
            method="HEAD",
            headers={"Accept": oci.MANIFEST},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(question, timeout=10) as answer:
                return str(answer.headers["Docker-Content-Digest"])
        except (OSError, http.client.HTTPException):  # Also where it says that it has none.
            return ""


def python() -> StandIn:
    """Debian's Python in the place of the official image, which is built on the same release."""
    image = oci.Image(command=("python3",), env={"PATH": PATH, "LANG": "C.UTF-8"})
    return on_debian(
        "library/python",
        "3.11-slim-bookworm",
        _PYTHON_PACKAGES,
        image,
        key=digest(Path(official_python.__file__), official_python.WHEELS),
        finish=official_python.move,
    )


def on_debian(
    repository: str,
    tag: str,
    packages: tuple[str, ...],
    image: oci.Image,
    key: str = "",
    files: Callable[[Path], list[tuple[str, Path]]] | None = None,
    finish: Callable[[Path, Path], None] | None = None,
) -> StandIn:
    """Debian with some packages and, on top of them, `files` as `on_python` takes them.

    `finish` changes the root folder before it is packed, and has a log.
    """

    def write(layout: Path) -> None:
        log = LOGS / "debootstrap.log"
        with tempfile.TemporaryDirectory(dir=layout.parent) as work:
            root, archive = Path(work, "root"), Path(work, "layer.tar")
            command.run(
                "debootstrap", "--variant=minbase", f"--include={','.join(packages)}",
                "bookworm", root, _debian_mirror(), log=log,
            )  # fmt: skip
            if finish:
                finish(root, log)
            _slim(root)
            command.run("tar", "-C", root, "--numeric-owner", "-cf", archive, ".", log=log)
            diff_id = command.output("sha256sum", archive).split()[0]
            command.run("pigz", "-1", "-n", archive, log=log)
            layers = [oci.Layer(archive.with_name("layer.tar.gz"), f"sha256:{diff_id}")]
            if files:
                added = Path(work, "added")
                added.mkdir()
                layers.append(oci.pack(files(added), layout.parent / "added.tar.gz"))
            oci.write_layout(layout, layers, image)

    keys = (" ".join(packages), " ".join(_NOT_IN_IMAGES), *([key] if key else []))
    return StandIn(repository, tag, digest(*keys), write)


def on_python(
    repository: str, tag: str, key: str, files: Callable[[Path], list[tuple[str, Path]]], user: str
) -> StandIn:
    """Files on top of Debian's Python: for programs that need a C library.

    `files` gives them with their names in the image, and may keep some in the folder it is given.
    """
    base = python()

    def write(layout: Path) -> None:
        base.build()
        with tempfile.TemporaryDirectory(dir=layout.parent) as work:
            added = oci.pack(files(Path(work)), layout.parent / "added.tar.gz")
            below = oci.copied_layers(base.layout, layout.parent)
            path = "/usr/local/bin:/usr/bin:/bin"
            image = oci.Image(env={"PATH": path}, user=user)
            oci.write_layout(layout, [*below, added], image)

    return StandIn(repository, tag, digest(base.key, key, user), write)


def cluster_images() -> list[StandIn]:
    """What the cluster itself runs."""
    return [
        program_image(
            "pause", PAUSE_VERSION, KUBERNETES.program("pause"), "/pause", user="65535:65535"
        ),
        program_image(
            "coredns/coredns", COREDNS_VERSION, KUBERNETES.program("coredns"), "/coredns"
        ),
        program_image("kubectl", KUBERNETES.version, KUBERNETES.program("kubectl"), "/bin/kubectl"),
    ]


def scanner_images() -> list[StandIn]:
    """Trivy, and a vulnerability database for it."""
    trivy = TRIVY.program("trivy")
    return [
        program_image(
            "aquasecurity/trivy", TRIVY.version.removeprefix("v"), trivy, "/usr/local/bin/trivy"
        ),
        StandIn(
            "aquasecurity/trivy-db",
            "2",
            digest(_ADVISORIES, _MORE_ADVISORIES, TRIVY.home.name, _TRIVY_DB_FILE),
            _write_database,
        ),
    ]


def publishing_images() -> list[StandIn]:
    """What attaches an SBOM to an image in a registry."""
    return [program_image("oras-project/oras", ORAS.version, ORAS.program("oras"), "/bin/oras")]


def program_image(
    repository: str,
    tag: str,
    program: Path,
    path: str,
    user: str = "",
    beside: tuple[tuple[str, Path], ...] = (),
) -> StandIn:
    """One static program, with the certificates of this machine and what lies beside it."""

    def write(layout: Path) -> None:
        with tempfile.TemporaryDirectory() as empty:
            files = [
                ("tmp", Path(empty)),
                (path.lstrip("/"), program),
                ("etc/ssl/certs/ca-certificates.crt", CERTIFICATES),
                *beside,
            ]
            layer = oci.pack(files, layout.parent / f"{program.name}.tar.gz")
        # A program asks these who it is, for there is no file of accounts.
        env = {"PATH": os.path.dirname(path), **({} if user else {"USER": "root", "HOME": "/root"})}
        oci.write_layout(layout, [layer], oci.Image(entrypoint=(path,), env=env, user=user))

    keys = [f"{name} {file.parent.name}" for name, file in beside]
    return StandIn(repository, tag, digest(program.parent.name, path, user or "root", *keys), write)


def _write_database(layout: Path) -> None:
    log = LOGS / "images.log"
    source = wheels.unpacked(_ADVISORIES, log) / "safety_db" / "insecure_full.json"
    with tempfile.TemporaryDirectory(dir=layout.parent) as work:
        command.run(TRIVY.program("advisories"), source, _MORE_ADVISORIES, work, log=log)
        layer = oci.pack(oci.tree(Path(work)), layout.parent / "trivy-db.tar.gz")
        layer = replace(layer, media_type=_TRIVY_DB_LAYER, title=_TRIVY_DB_FILE)
        oci.write_layout(layout, [layer], config_type=_TRIVY_DB_CONFIG)


def _debian_mirror() -> str:
    found = command.output(
        "apt-get", "indextargets", "--format", "$(REPO_URI)",
        "Created-By: Packages", "Codename: bookworm", "Component: main",
    )  # fmt: skip
    return found.splitlines()[0]


def _slim(root: Path) -> None:
    for pattern in _NOT_IN_IMAGES:
        for path in root.glob(pattern):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _digest_in(layout: Path) -> str:
    return str(json.loads((layout / "index.json").read_text())["manifests"][0]["digest"])
