"""Writes OCI image layouts out of files: small, and the same bytes for the same files.

Source of the format: OCI image specification 1.1, image-layout.md and manifest.md.
"""

import gzip
import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


@dataclass(frozen=True)
class Layer:
    """A compressed layer in a file, and the digest of its content before compression.

    An artifact's layer may have a `title`, the name of the file that a client makes of it.
    """

    file: Path
    diff_id: str
    media_type: str = LAYER
    title: str = ""


@dataclass(frozen=True)
class Image:
    """What an image runs, beside its layers."""

    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    user: str = ""


def digest_of(content: bytes) -> str:
    """The OCI digest of some bytes."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def pack(files: Iterable[tuple[str, Path]], target: Path) -> Layer:
    """Packs files under new names into one layer, owned by root and without times.

    A symbolic link stays one; the permission to execute is kept.
    """
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, file in sorted(files):
            entry = archive.gettarinfo(file, arcname=name)
            entry.uid = entry.gid = entry.mtime = 0
            entry.uname = entry.gname = ""
            if entry.isfile():
                with open(file, "rb") as content:
                    archive.addfile(entry, content)
            else:
                archive.addfile(entry)
    target.write_bytes(gzip.compress(plain.getvalue(), compresslevel=1, mtime=0))
    return Layer(target, digest_of(plain.getvalue()))


def tree(folder: Path, prefix: str = "") -> list[tuple[str, Path]]:
    """Every file and folder below one, with its name in a layer, but for compiled Python."""
    found = (path for path in sorted(folder.rglob("*")) if "__pycache__" not in path.parts)
    return [(f"{prefix}{path.relative_to(folder)}", path) for path in found]


def write_layout(
    folder: Path, layers: list[Layer], image: Image = Image(), config_type: str = CONFIG
) -> str:
    """Writes an OCI layout with one image, tagged `image`; gives the manifest's digest."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    config = _blob(blobs, config_type, _config(layers, image))
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config,
        "layers": [_layer_blob(blobs, layer) for layer in layers],
    }
    described = _blob(blobs, MANIFEST, manifest)
    index = {
        "schemaVersion": 2,
        "manifests": [{**described, "annotations": {"org.opencontainers.image.ref.name": "image"}}],
    }
    (folder / "index.json").write_text(json.dumps(index))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return str(described["digest"])


def copied_layers(layout: Path, folder: Path) -> list[Layer]:
    """The layers of the image in a layout, as copies in a folder."""
    blobs = layout / "blobs"

    def read(digest: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(_file_of(blobs, digest).read_text())
        return found

    index = json.loads((layout / "index.json").read_text())
    manifest = read(index["manifests"][0]["digest"])
    diff_ids = read(manifest["config"]["digest"])["rootfs"]["diff_ids"]
    layers = []
    for described, diff_id in zip(manifest["layers"], diff_ids, strict=True):
        copy = folder / diff_id.replace(":", "-")
        shutil.copyfile(_file_of(blobs, described["digest"]), copy)
        layers.append(Layer(copy, diff_id, described["mediaType"]))
    return layers


def _file_of(blobs: Path, digest: str) -> Path:
    return blobs / digest.replace(":", "/")


def _config(layers: list[Layer], image: Image) -> dict[str, Any]:
    run = {
        "Entrypoint": list(image.entrypoint),
        "Cmd": list(image.command),
        "Env": [f"{name}={value}" for name, value in image.env.items()],
        "User": image.user,
    }
    return {
        "architecture": "amd64",
        "os": "linux",
        "config": {key: value for key, value in run.items() if value},
        "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]},
    }


def _blob(blobs: Path, media_type: str, content: dict[str, Any]) -> dict[str, Any]:
    written = json.dumps(content, separators=(",", ":")).encode()
    digest = digest_of(written)
    (blobs / digest.removeprefix("sha256:")).write_bytes(written)
    return {"mediaType": media_type, "digest": digest, "size": len(written)}


def _layer_blob(blobs: Path, layer: Layer) -> dict[str, Any]:
    with open(layer.file, "rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    shutil.move(layer.file, blobs / digest)
    size = (blobs / digest).stat().st_size
    described: dict[str, Any] = {
        "mediaType": layer.media_type,
        "digest": f"sha256:{digest}",
        "size": size,
    }
    if layer.title:
        described["annotations"] = {"org.opencontainers.image.title": layer.title}
    return described
