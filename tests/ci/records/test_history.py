"""The releases of an environment: which is good, which is kept, which is gone back to."""

import base64
from dataclasses import replace
from typing import Any

import pytest

from ci.records import history
from ci.records.history import Origin, Release, State
from ci.records.report import Report
from ci.run.errors import InvalidInput
from tests.ci.sample import STAGE

STATES = {"P": State.PENDING, "D": State.DEPLOYED, "F": State.FAILED, "R": State.REFUSED}


def release(number: int, state: str = "D", text: str | None = None, run: str = "") -> Release:
    """A release whose manifest is of its own unless another is given."""
    rendered = f"kind: Service\nmetadata: {{name: s{number}}}\n" if text is None else text
    report = Report("stage", "r.io/a@sha256:1", "abc")
    made = Release(number, STATES[state], report, rendered, Origin(run))
    return made.refused(report) if state == "R" else made


def releases(states: str, first: int = 1) -> list[Release]:
    """Releases in these states, oldest first."""
    return [release(number, state) for number, state in enumerate(states, first)]


def kept_as_it_was(state: str, reason: str = "", restored: str = "") -> dict[str, Any]:
    """A release as its Secret was before resources were compressed."""
    files = {
        "report.json": replace(release(3).report, reason=reason, restored=restored).to_json(),
        "manifest.yaml": release(3).text,
    }
    return {
        "metadata": {"name": "stage-web.v3", "labels": {"ci/release": state}},
        "data": {name: base64.b64encode(text.encode()).decode() for name, text in files.items()},
    }


LEFT = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "left"}}


@pytest.mark.parametrize("left", [[], [LEFT]], ids=["nothing left", "something left"])
@pytest.mark.parametrize("run", ["", "https://ci.io/runs/7"])
@pytest.mark.parametrize("state", "PDFR")
def test_kept_and_read_again(state: str, run: str, left: list[Any]) -> None:
    """Nothing is lost, and the Secret's name tells the environment and the number."""
    made = release(12, state, run=run)
    made = made.closed(made.state, made.report, left, back_to=11)
    origin = Origin(run, by="me", committed="2026-11-26T10:00:00Z")
    made = replace(made, origin=origin, ended="2026-11-27T10:00:00Z")
    secret = made.to_secret(STAGE)
    assert secret["metadata"]["name"] == "stage-web.v12"
    assert Release.of_secret(secret) == made


@pytest.mark.parametrize(
    ("verdict", "restored", "back_to"),
    [
        ("rolled back to release 7 and verified", "", 7),
        ("failed", "The last good one is back and verified: release 12 (commit abc).", 12),
        (
            "failed",
            "Nor could release 12 (commit abc) be brought back, the last good one: no.",
            None,
        ),
        ("deployed and verified", "", None),
    ],
)
def test_kept_before_it_was_known_who(verdict: str, restored: str, back_to: int | None) -> None:
    """Nobody is made up; what was brought back is in the sentences."""
    made = release(13)
    told = replace(made.report, verdict=verdict, restored=restored)
    found = Release.of_secret(replace(made, report=told).to_secret(STAGE))
    assert (found.origin, found.ended) == (Origin(), "")
    assert found.back_to == back_to


def test_kept_before_it_was_compressed() -> None:
    """It is read as it was."""
    found = Release.of_secret(kept_as_it_was("deployed"))
    assert (found.number, found.state, found.text) == (3, State.DEPLOYED, release(3).text)


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"reason": "The cluster refuses it; nothing was changed."}, State.REFUSED),
        ({"reason": "Service s is in no namespace. Nothing was changed."}, State.REFUSED),
        ({"reason": "Deployment a fails."}, State.FAILED),
        ({"reason": "No answer; nothing was changed.", "restored": "1 is back."}, State.FAILED),
    ],
    ids=["by the cluster", "by us", "applied", "restored"],
)
def test_kept_as_failed_before_there_was_a_state_for_refused(
    told: dict[str, str], state: State
) -> None:
    """What was refused then counts as refused now, and blocks nothing any more."""
    found = Release.of_secret(kept_as_it_was("failed", **told))
    assert found.state is state
    assert bool(found.resources) is (state is State.FAILED)


def test_size() -> None:
    """It is what the Secret takes, not what the resources take."""
    text = "a: b\n" * 10_000
    assert history.size(text) < 1000


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
        ("DRF", ["s1", "s3"]),
        ("RR", []),
    ],
)
def test_applied(states: str, names: list[str]) -> None:
    """What failed or was killed since the last good release may be there; not what was refused."""
    assert [each["metadata"]["name"] for each in history.applied(releases(states))] == names


def test_what_is_left_of_a_release_before() -> None:
    """It counts as applied for as long as a release says that it is still there."""
    good = release(4)
    left = good.closed(State.DEPLOYED, good.report, [LEFT])
    assert [each["metadata"]["name"] for each in history.applied([left])] == ["s4", "left"]
    assert [each["metadata"]["name"] for each in history.applied([left, release(5)])] == ["s5"]


@pytest.mark.parametrize(
    ("states", "gone"),
    [
        ("D" * 10, []),
        ("D" * 12, [1, 2]),
        ("DD" + "F" * 10, [1]),
        ("F" * 11, [1]),
        ("D" * 10 + "RRR", []),
        ("RD" * 10 + "R", [1, 3, 5, 7, 9, 11, 13, 15]),
    ],
)
def test_surplus(states: str, gone: list[int]) -> None:
    """Ten are kept, the last good one however old it is, and three that were refused."""
    assert [each.number for each in history.surplus(releases(states))] == gone


@pytest.mark.parametrize(
    ("states", "asked", "number"),
    [
        ("DD", None, 1),
        ("DDF", None, 2),
        ("DDP", None, 2),
        ("DFD", None, 1),
        ("DDD", 1, 1),
        ("DDR", None, 1),
    ],
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


@pytest.mark.parametrize(("states", "number"), [("", None), ("R", None), ("DR", 1), ("DFR", 2)])
def test_latest(states: str, number: int | None) -> None:
    """One that was refused left everything as it was."""
    found = history.latest(releases(states))
    assert (found.number if found else None) == number


def test_unfinished() -> None:
    """Those whose calls were killed, or go on."""
    found = history.unfinished(releases("DPFP"))
    assert [each.number for each in found] == [2, 4]
    assert history.interruption(found[0]).startswith("Interrupted: release 2 (commit abc)")
    assert "release 2 (commit abc) goes on" in history.standing(found[0], True)
    assert "was interrupted: deploy again" in history.standing(found[0], False)
    tried = replace(found[0], report=replace(found[0].report, canary="10%"))
    told = history.standing(tried, False)
    assert "interrupted, and its canary may get 10% of the requests: deploy again" in told


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
