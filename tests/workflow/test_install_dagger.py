"""How continuous integration gets its Dagger."""

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.workflow.calls import REPOSITORY

PINNED = json.loads((REPOSITORY / "dagger.json").read_text())["engineVersion"]
FETCH = 'while [ "$1" != --output ]; do shift; done; cp "{archive}" "$2"'


def archive(version: str) -> bytes:
    """A release whose program says a version."""
    program = f"#!/bin/sh\necho dagger {version} linux/amd64\n".encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        member = tarfile.TarInfo("dagger")
        member.size, member.mode = len(program), 0o755
        tar.addfile(member, io.BytesIO(program))
    return packed.getvalue()


@dataclass
class Clone:
    """A clone that pins one version, on a machine that downloads what the test says."""

    folder: Path

    def pin(self, version: str, checksums: dict[str, bytes]) -> None:
        """Writes the version, and the checksums of the archives that are known."""
        (self.folder / "dagger.json").write_text(json.dumps({"engineVersion": version}, indent=2))
        lines = [
            f"{hashlib.sha256(packed).hexdigest()}  dagger_{known}_linux_amd64.tar.gz\n"
            for known, packed in checksums.items()
        ]
        (self.folder / ".ci" / "dagger.sha256").write_text("".join(lines))

    def install(self, downloaded: bytes, on_path: str = "") -> subprocess.CompletedProcess[str]:
        """Installs into the folder `bin`, where the PATH may have a Dagger that says something."""
        packed = self.folder / "downloaded.tar.gz"
        packed.write_bytes(downloaded)
        programs = self.folder / "programs"
        programs.mkdir()
        scripts = {"curl": FETCH.format(archive=packed), "uname": "echo x86_64"}
        if on_path:
            scripts["dagger"] = f"echo {on_path}"
        for name, script in scripts.items():
            (programs / name).write_text(f"#!/bin/sh\n{script}\n")
            (programs / name).chmod(0o755)
        return subprocess.run(
            [self.folder / ".ci" / "install-dagger", self.folder / "bin"],
            env={"PATH": f"{programs}:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def installed(self) -> bool:
        return (self.folder / "bin" / "dagger").exists()


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    (tmp_path / ".ci").mkdir()
    shutil.copy(REPOSITORY / ".ci" / "install-dagger", tmp_path / ".ci")
    return Clone(tmp_path)


def test_archive_is_what_the_checksum_says(clone: Clone) -> None:
    """Its program is put into the folder."""
    clone.pin("v1.2.3", {"v1.2.2": b"", "v1.2.3": archive("v1.2.3")})

    done = clone.install(archive("v1.2.3"))

    assert done.returncode == 0, done.stderr
    assert clone.installed


def test_archive_was_changed(clone: Clone) -> None:
    """Nothing of it is installed."""
    clone.pin("v1.2.3", {"v1.2.3": archive("v1.2.3")})

    done = clone.install(archive("v1.2.3 and more"))

    assert done.returncode == 1
    assert "is not what .ci/dagger.sha256 says" in done.stderr
    assert not clone.installed


def test_version_without_a_checksum(clone: Clone) -> None:
    """It is refused, and the sentence says where to find one."""
    clone.pin("v1.2.4", {"v1.2.3": archive("v1.2.3")})

    done = clone.install(archive("v1.2.4"))

    assert done.returncode == 1
    assert "The checksum of dagger_v1.2.4_linux_amd64.tar.gz is not in" in done.stderr
    assert not clone.installed


def test_archive_of_another_version(clone: Clone) -> None:
    """The program is asked what it is."""
    clone.pin("v1.2.3", {"v1.2.3": archive("v1.2.2")})

    done = clone.install(archive("v1.2.2"))

    assert done.returncode == 1
    assert "holds dagger v1.2.2" in done.stderr


@pytest.mark.parametrize(
    "version",
    ["dagger v1.2.3 linux/amd64", "dagger v1.2.3"],
)
def test_version_that_is_on_the_path(clone: Clone, version: str) -> None:
    """A runner of one's own has it: nothing is downloaded, and it says which one is used."""
    clone.pin("v1.2.3", {})

    done = clone.install(b"", on_path=version)

    assert done.returncode == 0, done.stderr
    assert f"v1.2.3 is there already: {clone.folder}/programs/dagger" in done.stderr
    assert not clone.installed


@pytest.mark.parametrize(
    "version",
    ["dagger v1.2.2 linux/amd64", "dagger v1.2.30 linux/amd64", "dagger v1.2.3-rc1", "no v1.2.3"],
)
def test_another_version_that_is_on_the_path(clone: Clone, version: str) -> None:
    """It is not used."""
    clone.pin("v1.2.3", {"v1.2.3": archive("v1.2.3")})

    done = clone.install(archive("v1.2.3"), on_path=version)

    assert done.returncode == 0, done.stderr
    assert clone.installed


@pytest.mark.parametrize("machine", ["amd64", "arm64"])
def test_pinned_version_has_a_checksum(machine: str) -> None:
    """Whoever raises the version in dagger.json adds those of its archives."""
    lines = (REPOSITORY / ".ci" / "dagger.sha256").read_text().splitlines()
    names = [line.split()[1] for line in lines]
    assert f"dagger_{PINNED}_linux_{machine}.tar.gz" in names
