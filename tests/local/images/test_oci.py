"""OCI image layouts: the same bytes for the same files, and every digest right."""

import gzip
import hashlib
import json
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from local.images import oci


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A program, a link to it, and a file in a folder."""
    root = tmp_path / "files"
    (root / "etc").mkdir(parents=True)
    (root / "etc" / "app.conf").write_text("port=80\n")
    (root / "app").write_text("#!/bin/sh\n")
    (root / "app").chmod(0o755)
    (root / "start").symlink_to("app")
    return root


def blob(layout: Path, described: dict[str, Any]) -> bytes:
    """The content of a descriptor, which must be of its digest and its size."""
    content: bytes = (layout / "blobs" / described["digest"].replace(":", "/")).read_bytes()
    assert described["digest"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert described["size"] == len(content)
    return content


def test_same_files_give_the_same_digest(folder: Path, tmp_path: Path) -> None:
    """Neither times nor the order in which files are named count."""
    one = oci.pack(oci.tree(folder), tmp_path / "one")
    for path in folder.rglob("*"):
        os.utime(path, (1, 1), follow_symlinks=False)
    other = oci.pack(reversed(oci.tree(folder)), tmp_path / "other")

    assert one.diff_id == other.diff_id
    assert one.file.read_bytes() == other.file.read_bytes()


def test_other_files_give_another_digest(folder: Path, tmp_path: Path) -> None:
    """Content counts."""
    one = oci.pack(oci.tree(folder), tmp_path / "one")
    (folder / "etc" / "app.conf").write_text("port=81\n")

    assert oci.pack(oci.tree(folder), tmp_path / "other").diff_id != one.diff_id


def test_packed_files_are_what_they_were(folder: Path, tmp_path: Path) -> None:
    """Links stay links and programs stay executable; all is root's, and without times."""
    layer = oci.pack(oci.tree(folder, "opt/"), tmp_path / "layer")

    with tarfile.open(layer.file) as archive:
        entries = {entry.name: entry for entry in archive}
        content = archive.extractfile("opt/etc/app.conf")
        assert content and content.read() == b"port=80\n"
    assert list(entries) == ["opt/app", "opt/etc", "opt/etc/app.conf", "opt/start"]
    assert entries["opt/etc"].isdir()
    assert entries["opt/start"].issym()
    assert entries["opt/start"].linkname == "app"
    assert entries["opt/app"].mode == 0o755
    assert entries["opt/etc/app.conf"].mode & 0o111 == 0
    for entry in entries.values():
        assert (entry.uid, entry.gid, entry.mtime) == (0, 0, 0)
        assert (entry.uname, entry.gname) == ("", "")


def test_compiled_python_is_not_packed(folder: Path) -> None:
    """Whether a source was run here before does not change the layer."""
    before = oci.tree(folder)
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "app.cpython-311.pyc").touch()

    assert oci.tree(folder) == before


def test_layer_knows_its_content_before_compression(folder: Path, tmp_path: Path) -> None:
    """The diff id is the digest of the plain archive."""
    layer = oci.pack(oci.tree(folder), tmp_path / "layer")

    assert layer.diff_id == oci.digest_of(gzip.decompress(layer.file.read_bytes()))


def test_layout_leads_from_the_index_to_every_layer(folder: Path, tmp_path: Path) -> None:
    """Every digest and every size is that of the blob it names, and no blob is left over."""
    layout = tmp_path / "layout"
    layers = [
        oci.pack(oci.tree(folder), tmp_path / "first"),
        oci.pack(oci.tree(folder / "etc"), tmp_path / "second"),
    ]

    written = oci.write_layout(layout, layers, oci.Image(command=("app",)))

    assert json.loads((layout / "oci-layout").read_text()) == {"imageLayoutVersion": "1.0.0"}
    (described,) = json.loads((layout / "index.json").read_text())["manifests"]
    assert described["digest"] == written
    assert described["annotations"] == {"org.opencontainers.image.ref.name": "image"}
    manifest = json.loads(blob(layout, described))
    assert manifest["mediaType"] == described["mediaType"] == oci.MANIFEST
    config = json.loads(blob(layout, manifest["config"]))
    diff_ids = [oci.digest_of(gzip.decompress(blob(layout, layer))) for layer in manifest["layers"]]
    assert config["rootfs"] == {"type": "layers", "diff_ids": diff_ids}
    assert diff_ids == [layer.diff_id for layer in layers]
    assert len(list((layout / "blobs" / "sha256").iterdir())) == 2 + len(layers)


def test_image_says_what_it_runs(folder: Path, tmp_path: Path) -> None:
    """What is set is in the configuration, and what is not is left out."""
    layout = tmp_path / "layout"
    layer = oci.pack(oci.tree(folder), tmp_path / "layer")
    image = oci.Image(entrypoint=("/app",), env={"PATH": "/bin"}, user="65535")

    oci.write_layout(layout, [layer], image)

    (described,) = json.loads((layout / "index.json").read_text())["manifests"]
    config = json.loads(blob(layout, json.loads(blob(layout, described))["config"]))
    assert config["os"] == "linux"
    assert config["architecture"] == "amd64"
    assert config["config"] == {"Entrypoint": ["/app"], "Env": ["PATH=/bin"], "User": "65535"}


def test_artifact_has_media_types_of_its_own(folder: Path, tmp_path: Path) -> None:
    """What is no image, such as a database, says so."""
    layout = tmp_path / "layout"
    packed = oci.pack(oci.tree(folder), tmp_path / "layer")
    layer = oci.Layer(packed.file, packed.diff_id, "application/vnd.example.layer")

    oci.write_layout(layout, [layer], config_type="application/vnd.example.config")

    (described,) = json.loads((layout / "index.json").read_text())["manifests"]
    manifest = json.loads(blob(layout, described))
    assert manifest["config"]["mediaType"] == "application/vnd.example.config"
    assert manifest["layers"][0]["mediaType"] == "application/vnd.example.layer"
