"""The stack's key pair: made whole or not at all, and offered where it is there."""

from pathlib import Path

import pytest

from local.host.errors import CommandFailed
from local.pipeline import signing

MAKES_A_PAIR = 'test "$COSIGN_PASSWORD" && touch cosign.key cosign.pub && chmod 600 cosign.key'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the keys go."""
    monkeypatch.setattr(signing, "_HOME", tmp_path / "signing")
    return tmp_path / "signing"


def cosign(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """A cosign that runs a script."""
    program = folder / "cosign"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr("local.tools.catalogue.Tool.program", lambda *_: program)


def test_keys_are_made_once(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Images that were signed stay so: a second call keeps the pair."""
    cosign(monkeypatch, tmp_path, MAKES_A_PAIR)
    signing.make_keys(print)
    password = (home / "password").read_text()
    signing.make_keys(print)

    assert signing.has_keys()
    assert sorted(file.name for file in home.iterdir()) == ["cosign.key", "cosign.pub", "password"]
    assert (home / "password").read_text() == password
    assert len(password) >= 32
    assert oct((home / "password").stat().st_mode & 0o777) == "0o600"


def test_keys_that_could_not_be_made(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no pair then, and the next call makes one."""
    cosign(monkeypatch, tmp_path, "exit 3")
    with pytest.raises(CommandFailed):
        signing.make_keys(print)
    assert not signing.has_keys()
    cosign(monkeypatch, tmp_path, MAKES_A_PAIR)
    signing.make_keys(print)
    assert signing.has_keys()


def test_defaults_name_files_and_no_secret() -> None:
    """What is written to .env says where keys are, and not what they are."""
    values = signing.defaults()

    assert values["CI_DEPLOY_SIGNKEY"] == f"file://{signing.KEY}"
    assert values["CI_PROMOTE_VERIFYKEY"] == str(signing.PUBLIC_KEY)
    assert not [value for value in values.values() if not value.endswith((".key", ".pub", "word"))]
