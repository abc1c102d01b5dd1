"""Failures as a person reads them."""

import pytest

from ci.run.errors import CiError, QualityError, ScanBlocked, cause


def test_sentence_alone() -> None:
    """Without evidence the sentence is all there is."""
    assert str(CiError("The registry does not answer.")) == "The registry does not answer."


def test_evidence_comes_first() -> None:
    """What is read last is the sentence."""
    assert str(QualityError("flake8 objects.", "a.py:1: E1\n")) == "a.py:1: E1\n\nflake8 objects."


def test_one_failure_stays_what_it_is() -> None:
    """Joining one failure keeps its kind."""
    only = ScanBlocked("No.")
    assert CiError.joined([only]) is only


def test_several_failures() -> None:
    """All evidence, then all sentences, in order."""
    joined = CiError.joined(
        [QualityError("Lint fails.", "a.py"), ScanBlocked("Blocked."), QualityError("Tests.", "1!")]
    )
    assert str(joined) == "a.py\n\n1!\n\nLint fails.\nBlocked.\nTests."


def test_same_failure_several_times() -> None:
    """It is told once."""
    again = [CiError("No answer.", "refused"), CiError("No answer.", "refused")]
    assert str(CiError.joined(again)) == "refused\n\nNo answer."


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("failed to solve: no such file.", "failed to solve: no such file"),
        ("load a: inputs: load b: inputs: lstat /x: no such file", "lstat /x: no such file"),
        ("first line\n\nlast line\n", "last line"),
        ("", "no reason is given"),
    ],
)
def test_cause(message: str, told: str) -> None:
    """Of all an engine says, the end."""
    assert cause(message) == told
