"""Images of Debian packages: Python in the place of the official image, and what stands on it."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from local.host import command
from local.host.keys import digest
from local.host.paths import LOGS
from local.images import oci, official_python
from local.images.stand_in import StandIn

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
