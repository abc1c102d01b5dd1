"""OpenTofu's image, and the provider in it."""

import re
import tarfile
from pathlib import Path

import pytest

from local.host.paths import REPOSITORY
from local.pipeline import infrastructure


def test_image_with_a_provider(
    cache: Path, logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenTofu finds it before it asks a registry, at the version that infra/ asks for."""
    built = tmp_path / "built"
    built.mkdir()
    for name in ("tofu", "terraform-provider-libvirt"):
        (built / name).write_text(name)
    monkeypatch.setattr("local.tools.catalogue.Tool.home", built)
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
