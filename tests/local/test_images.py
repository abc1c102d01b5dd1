"""Images under the names of those that they stand in for."""

import json
import re
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from ci.run import images as pipeline
from local import images, node, oci
from local.images import StandIn
from local.parts import PARTS
from local.paths import REGISTRY, REPOSITORY
from local.platform import infrastructure
from tests.local.programs import Programs


def write_empty_image(layout: Path) -> None:
    oci.write_layout(layout, [])


@pytest.fixture
def image(cache: Path, logs: Path) -> StandIn:
    """An image that is not built."""
    return StandIn("library/hammer", "1.0", "0123456789ab", write_empty_image)


@dataclass(frozen=True)
class Registry:
    """A registry, and the digest that it holds under each path of a manifest."""

    address: str
    digests: dict[str, str]


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """An empty registry in place of the stack's."""
    digests: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200 if self.path in digests else 404)
            self.send_header("Docker-Content-Digest", digests.get(self.path, ""))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        address = f"127.0.0.1:{server.server_port}"
        monkeypatch.setattr(images, "REGISTRY", address)
        yield Registry(address, digests)
        server.shutdown()
        thread.join()


@pytest.fixture
def pushes(programs: Programs) -> Path:
    """What skopeo was called with, a line each."""
    file = programs.folder / "pushes"
    file.touch()
    programs.write("skopeo", f'echo "$*" >>{file}')
    return file


def test_image_that_is_not_built(image: StandIn, cache: Path) -> None:
    """Its layout is there, and nothing else."""
    image.build()

    assert (image.layout / "index.json").is_file()
    assert list((cache / "images").iterdir()) == [image.layout]


def test_image_that_is_built(image: StandIn, cache: Path) -> None:
    """It is not made again; another key is another image."""
    image.build()
    written: list[Path] = []

    StandIn(image.repository, image.tag, image.key, written.append).build()

    assert written == []
    assert StandIn(image.repository, image.tag, "other", image.write).layout != image.layout


def test_image_that_cannot_be_made(image: StandIn, cache: Path) -> None:
    """Nothing half done is taken for it."""

    def fail(layout: Path) -> None:
        (layout / "index.json").touch()
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        StandIn(image.repository, image.tag, image.key, fail).build()

    assert list((cache / "images").iterdir()) == []


def test_image_that_the_registry_does_not_hold(
    image: StandIn, registry: Registry, pushes: Path
) -> None:
    """It is pushed under its own name and tag."""
    image.push()

    (pushed,) = pushes.read_text().splitlines()
    assert pushed.endswith(
        f" oci:{image.layout}:image docker://{registry.address}/library/hammer:1.0"
    )


def test_image_where_no_registry_answers(image: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts as not pushed, so that the set-up goes on to start the registry."""
    monkeypatch.setattr(images, "REGISTRY", "127.0.0.1:9")
    image.build()

    assert not image.pushed


def test_image_that_the_registry_holds(
    image: StandIn, registry: Registry, pushes: Path, tmp_path: Path
) -> None:
    """It is not pushed again."""
    registry.digests["/v2/library/hammer/manifests/1.0"] = oci.write_layout(tmp_path / "same", [])

    image.push()

    assert pushes.read_text() == ""


def test_other_image_that_the_registry_holds(
    image: StandIn, registry: Registry, pushes: Path
) -> None:
    """The one of this key takes its place."""
    registry.digests["/v2/library/hammer/manifests/1.0"] = "sha256:" + "0" * 64

    image.push()

    assert len(pushes.read_text().splitlines()) == 1


@pytest.mark.parametrize("reference", [v for name, v in vars(pipeline).items() if name.isupper()])
def test_images_of_the_pipeline_are_there(reference: str) -> None:
    """Whatever the pipeline runs, the stack has under the same repository and tag."""
    stand_ins = [
        images.python(),
        *images.cluster_images(),
        *images.scanner_images(),
        *images.publishing_images(),
        *(image for part in PARTS if part.images for image in part.images()),
    ]
    # A mirror is asked for what follows the registry's name, and for Docker Hub's own by `library`.
    host, slash, path = reference.partition("/")
    asked = f"library/{reference}" if not slash else path if "." in host else reference

    assert asked in [f"{image.repository}:{image.tag}" for image in stand_ins]


def test_image_with_a_provider(
    cache: Path, logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenTofu finds it before it asks a registry, at the version that infra/ asks for."""
    built = tmp_path / "built"
    built.mkdir()
    for name in ("tofu", "terraform-provider-libvirt"):
        (built / name).write_text(name)
    monkeypatch.setattr("local.toolchain.catalogue.Tool.home", built)
    [image] = infrastructure.images()

    image.build()

    [layer] = [blob for blob in (image.layout / "blobs/sha256").iterdir() if is_gzip(blob)]
    with tarfile.open(layer) as archive:
        held = archive.getnames()
    asked = re.findall(r'version = "([\d.]+)"', (REPOSITORY / "infra/versions.tf").read_text())
    mirror = "usr/share/terraform/plugins/registry.opentofu.org/dmacvicar/libvirt"
    assert "usr/local/bin/tofu" in held
    assert [name for name in held if name.startswith(mirror)] == [
        f"{mirror}/{version}/linux_amd64/terraform-provider-libvirt_v{version}" for version in asked
    ]


def is_gzip(file: Path) -> bool:
    return file.read_bytes().startswith(b"\x1f\x8b")


def test_image_on_top_of_python(cache: Path, logs: Path, tmp_path: Path) -> None:
    """It has the layers of Python, which a registry holds once, and one of its own."""
    base = images.python()
    below = tmp_path / "below"
    below.mkdir()
    (below / "libc").touch()
    oci.write_layout(base.layout, [oci.pack(oci.tree(below), tmp_path / "below.tar.gz")])
    program = tmp_path / "hammer"
    program.touch()

    made = images.on_python("hammer", "1", "key", lambda _: [("bin/hammer", program)], "1:1")
    made.build()

    lower, upper = (layers_of(layout) for layout in (base.layout, made.layout))
    assert len(upper) == 2
    assert upper[:1] == lower


def layers_of(layout: Path) -> list[object]:
    """The layers that an image's manifest names."""
    index = json.loads((layout / "index.json").read_text())
    digest = index["manifests"][0]["digest"].replace(":", "/")
    layers: list[object] = json.loads((layout / "blobs" / digest).read_text())["layers"]
    return layers


def test_image_of_the_nodes_pause_is_there() -> None:
    """The kubelet's own image is one of the cluster's."""
    names = [f"{REGISTRY}/{image.repository}:{image.tag}" for image in images.cluster_images()]

    assert node.PAUSE_IMAGE in names
