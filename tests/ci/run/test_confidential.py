"""How a text travels that nobody may see."""

import subprocess
from pathlib import Path

import pytest

from ci.run import confidential
from ci.run.confidential import Command, parts, script

LARGEST = 128_000
"""Bytes that the engine takes as one secret."""


@pytest.mark.parametrize(
    "given", ["", "a", "ä" * 100_000, "kind: Secret\n" * 100_000, "🦀" * 64_001]
)
def test_parts(given: str) -> None:
    """They are the text again, however long it is, and the engine takes each."""
    found = parts(given)
    assert "".join(found) == given
    assert found and all(len(each.encode()) <= LARGEST for each in found)


@pytest.mark.parametrize(
    ("words", "code", "stdout", "stderr"),
    [
        (["sed", "s/a b/$HOME; c/"], 0, "$HOME; c\n", ""),
        (["sh", "-c", "cat >/dev/null; echo no >&2; exit 3"], 3, "", "no\n"),
    ],
)
def test_script(
    words: list[str],
    code: int,
    stdout: str,
    stderr: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A program reads its input, whatever is in its arguments; how it ended is kept."""
    given, answer = tmp_path / "given", tmp_path / "answer"
    monkeypatch.setattr(confidential, "_GIVEN", str(given))
    monkeypatch.setattr(confidential, "_ANSWER", str(answer))
    for folder in (given, answer):
        folder.mkdir()
    for place, part in enumerate("a b\n"):
        (given / f"{place:04}").write_text(part)

    subprocess.run(["sh", "-c", script(Command(words, "a b\n"))], check=True, timeout=30)

    found = {file.name: file.read_text() for file in answer.iterdir()}
    assert found == {"code": f"{code}\n", "stdout": stdout, "stderr": stderr}
