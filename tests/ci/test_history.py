"""The releases of an environment: which is good, which is kept, which is gone back to."""

import base64
from typing import Any

import pytest

from ci import history
from ci.environments import ENVIRONMENTS, Env
from ci.errors import InvalidInput
from ci.history import Release, State
from ci.report import Report

STAGE = ENVIRONMENTS[Env.stage]
STATES = {"P": State.PENDING, "D": State.DEPLOYED, "F": State.FAILED}


def release(number: int, state: str = "D", text: str | None = None, run: str = "") -> Release:
    """A release whose manifest is of its own unless another is given."""
    rendered = f"kind: Service\nmetadata: {{name: s{number}}}\n" if text is None else text
    report = Report("stage", "r.io/a@sha256:1", "abc")
    return Release(number, STATES[state], report, rendered, run)


def releases(states: str, first: int = 1) -> list[Release]:
    """Releases in these states, oldest first."""
    return [release(number, state) for number, state in enumerate(states, first)]


def stored(secret: dict[str, Any]) -> dict[str, Any]:
    """A Secret as the cluster gives it back."""
    encoded = {
        name: base64.b64encode(value.encode()).decode()
        for name, value in secret["stringData"].items()
    }
    return {"metadata": secret["metadata"], "data": encoded}


@pytest.mark.parametrize("run", ["", "https://ci.io/runs/7"])
@pytest.mark.parametrize("state", "PDF")
def test_kept_and_read_again(state: str, run: str) -> None:
    """Nothing is lost, and the Secret's name tells the environment and the number."""
    made = release(12, state, run=run)
    secret = made.to_secret(STAGE)
    assert secret["metadata"]["name"] == "stage-fastapi.v12"
    assert Release.of_secret(stored(secret)) == made


def test_next_number() -> None:
    """Numbers begin at one and are not used again."""
    assert history.next_number([]) == 1
    assert history.next_number(releases("DF", first=8)) == 10


@pytest.mark.parametrize(
    ("states", "good"), [("", None), ("F", None), ("P", None), ("DDFP", 2), ("DFD", 3)]
)
def test_last_good(states: str, good: int | None) -> None:
    """The newest that was verified."""
    found = history.last_good(releases(states))
    assert (found.number if found else None) == good


@pytest.mark.parametrize(
    ("states", "names"),
    [
        ("", []),
        ("D", ["s1"]),
        ("DD", ["s2"]),
        ("DDFP", ["s2", "s3", "s4"]),
        ("FP", ["s1", "s2"]),
    ],
)
def test_applied(states: str, names: list[str]) -> None:
    """What failed or was killed since the last good release may be there as well."""
    assert [each["metadata"]["name"] for each in history.applied(releases(states))] == names


@pytest.mark.parametrize(
    ("states", "gone"),
    [("D" * 10, []), ("D" * 12, [1, 2]), ("DD" + "F" * 10, [1]), ("F" * 11, [1])],
)
def test_surplus(states: str, gone: list[int]) -> None:
    """Ten are kept, and the last good one however old it is."""
    assert [each.number for each in history.surplus(releases(states))] == gone


@pytest.mark.parametrize(
    ("states", "asked", "number"),
    [("DD", None, 1), ("DDF", None, 2), ("DDP", None, 2), ("DFD", None, 1), ("DDD", 1, 1)],
)
def test_rolled_back_to(states: str, asked: int | None, number: int) -> None:
    """The one asked for, or the newest good one that is not there already."""
    assert history.target(releases(states), asked, STAGE).number == number


def test_rolled_back_past_the_same_release() -> None:
    """One that was deployed twice is not what one wants to go back to."""
    found = [release(1), release(2, text="same"), release(3, text="same")]
    assert history.target(found, None, STAGE).number == 1


@pytest.mark.parametrize(
    ("states", "asked", "said"),
    [
        ("", None, "stage has no other good release.*: none"),
        ("D", None, "stage has no other good release.*: 1"),
        ("F", None, "stage has no other good release.*: none"),
        ("DFD", 2, "--revision 2 is no good release of stage; good are: 1, 3"),
        ("D", 9, "--revision 9 is no good release"),
    ],
)
def test_nothing_to_roll_back_to(states: str, asked: int | None, said: str) -> None:
    """It is said which there are."""
    with pytest.raises(InvalidInput, match=said):
        history.target(releases(states), asked, STAGE)


@pytest.mark.parametrize(("asked", "number"), [(None, 3), (2, 2)])
def test_told_of(asked: int | None, number: int) -> None:
    """The newest, or the one asked for, whatever came of it."""
    assert history.chosen(releases("DFP"), asked, STAGE).number == number


def test_made_by_a_run() -> None:
    """The newest that the run made, whatever was released after it."""
    found = [release(1, "F", run="a"), release(2, run="a"), release(3, run="b"), release(4)]
    assert history.of_run(found, "a") == found[1]
    assert history.of_run(found, "c") is None


@pytest.mark.parametrize(
    ("states", "asked", "said"),
    [("", None, "no releases on record"), ("DF", 7, "kept are: 1, 2")],
)
def test_nothing_to_tell_of(states: str, asked: int | None, said: str) -> None:
    """It is said which are kept."""
    with pytest.raises(InvalidInput, match=said):
        history.chosen(releases(states), asked, STAGE)
