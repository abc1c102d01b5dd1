"""Images under the names of those that they stand in for."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from local.images import oci, stand_in
from local.images.stand_in import StandIn
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
        monkeypatch.setattr(stand_in, "REGISTRY", address)
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
    monkeypatch.setattr(stand_in, "REGISTRY", "127.0.0.1:9")
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
