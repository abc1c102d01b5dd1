"""What the measurement of deploys changes, and what it leaves alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import deploy


def test_changed_service_differs_each_time_and_is_well_formatted(tmp_path: Path) -> None:
    """One line is more than before, another one each time, and the linters have nothing to say."""
    original = (deploy.REPOSITORY / deploy.CHANGED).read_text()
    file = tmp_path / "main.py"
    file.write_text(original)

    deploy.change_one_line(file, 1)
    once = file.read_text()
    deploy.change_one_line(file, 2)

    assert file.read_text() != once
    assert file.read_text().splitlines()[:-1] == original.splitlines()
    black = [sys.executable, "-m", "black", "--check", "--line-length", "100", str(file)]
    assert subprocess.run(black, capture_output=True).returncode == 0


def test_clone_has_what_is_not_committed(tmp_path: Path) -> None:
    """Files as they are now, without ignored ones, and the history; the repository is untouched."""
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / ".gitignore").write_text(".env\n")
    for name in ("kept", "changed", "removed"):
        (repository / name).write_text("committed")
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    for words in (["init", "--quiet"], ["add", "."], [*identity, "commit", "--quiet", "-m", "A"]):
        deploy.git(*words, cwd=repository)
    (repository / "changed").write_text("changed")
    (repository / "new").write_text("new")
    (repository / ".env").write_text("secret")
    (repository / "removed").unlink()
    before = deploy.git("status", "--short", cwd=repository)

    with deploy.clone(repository) as copy:
        files = {path.name: path.read_text() for path in copy.iterdir() if path.is_file()}
        commits = deploy.git("log", "--oneline", cwd=copy)

    assert files == {
        ".gitignore": ".env\n",
        "kept": "committed",
        "changed": "changed",
        "new": "new",
    }
    assert len(commits.splitlines()) == 1
    assert deploy.git("status", "--short", cwd=repository) == before
    assert not copy.exists()


@pytest.mark.parametrize("asked", [["--from-nothing"], ["--from-tools", "."]])
def test_moving_the_state_aside_is_confirmed(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --yes nothing is measured."""
    with pytest.raises(SystemExit) as ended:
        deploy.main(asked)

    assert ended.value.code == 2
    assert "add --yes" in capsys.readouterr().err


def test_help_from_any_folder(tmp_path: Path) -> None:
    """It says what is measured, and runs wherever it is called."""
    script = Path(deploy.__file__)

    called = subprocess.run(
        [sys.executable, script, "--help"], cwd=tmp_path, capture_output=True, text=True, timeout=30
    )

    assert called.returncode == 0
    assert "deploy, one line changed" in called.stdout
