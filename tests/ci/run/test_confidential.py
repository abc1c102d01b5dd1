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


def test_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each program reads its own input, whatever is in its arguments; how it ended is kept."""
    given, answer = tmp_path / "given", tmp_path / "answer"
    monkeypatch.setattr(confidential, "_GIVEN", str(given))
    monkeypatch.setattr(confidential, "_ANSWER", str(answer))
    answer.mkdir()
    commands = [
        Command(["sed", "s/a b/$HOME; c/"], "a b\n"),
        Command(["sh", "-c", "cat >/dev/null; echo no >&2; exit 3"], "unread"),
    ]
    for number, command in enumerate(commands):
        (given / str(number)).mkdir(parents=True)
        for place, part in enumerate((command.given[:1], command.given[1:])):
            (given / str(number) / f"{place:04}").write_text(part)

    subprocess.run(["sh", "-c", script(commands)], check=True, timeout=30)

    found = {file.name: file.read_text() for file in answer.iterdir()}
    assert found == {
        "0.code": "0\n",
        "0.stdout": "$HOME; c\n",
        "0.stderr": "",
        "1.code": "3\n",
        "1.stdout": "",
        "1.stderr": "no\n",
    }
