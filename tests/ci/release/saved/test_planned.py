"""What counts as another state than the one that was planned."""

import json
from dataclasses import replace
from typing import Any

import pytest

from ci.release.saved.planned import ABSENT, UNSEEN, Planned, digest, moved_on, states
from ci.run.errors import InvalidInput

IMAGE = "r.io/web@sha256:" + "1" * 64


def resource(kind: str = "Deployment", name: str = "web", **more: Any) -> dict[str, Any]:
    """A resource as it is rendered."""
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **more}


def live(of: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The same as the cluster shows it, with what controllers say of it."""
    of_the_server = {"uid": "u", "resourceVersion": "7", "generation": 2, "annotations": {"a": "b"}}
    metadata = of["metadata"] | of_the_server
    return of | {"metadata": metadata, "status": {"ready": 1}} | more


WANTED = resource(spec={"template": {"image": "a"}, "paused": False})
SECRET = resource("Secret", "token", data={"TOKEN": "aGlkZGVu"})


def state(wanted: dict[str, Any], there: dict[str, Any]) -> str:
    """What is kept of one resource."""
    [found] = states([wanted], [there], []).values()
    return found


THE_SAME = {
    "its status": live(WANTED, status={"ready": 0}),
    "what no release says": live(WANTED, spec=WANTED["spec"] | {"replicas": 7}),
    "who manages it": live(WANTED) | {"metadata": live(WANTED)["metadata"] | {"generation": 9}},
    "another one's annotation": live(WANTED)
    | {"metadata": live(WANTED)["metadata"] | {"annotations": {"c": "d"}}},
}
CHANGED = {
    "a field": live(WANTED, spec={"template": {"image": "b"}, "paused": False}),
    "a field that is gone": live(WANTED, spec={"template": {"image": "a"}}),
    "all of it": live(WANTED, spec=None),
}


@pytest.mark.parametrize("there", THE_SAME.values(), ids=THE_SAME)
def test_what_does_not_count(there: dict[str, Any]) -> None:
    """It may change while a plan is read."""
    assert state(WANTED, there) == state(WANTED, live(WANTED))


@pytest.mark.parametrize("there", CHANGED.values(), ids=CHANGED)
def test_what_counts(there: dict[str, Any]) -> None:
    """The plan was made of something else."""
    assert state(WANTED, there) != state(WANTED, live(WANTED))


def test_what_is_not_there_or_not_seen() -> None:
    """Both are said."""
    found = states([WANTED, SECRET], [], [SECRET])
    assert found == {"Deployment web": ABSENT, "Secret token": UNSEEN}


def test_secret() -> None:
    """Its version counts, and nothing that one could guess its values from is kept."""
    other = SECRET | {"data": {"TOKEN": "b3RoZXI="}}
    assert state(SECRET, live(SECRET)) == state(other, live(SECRET)) == "u:7"
    assert digest([SECRET]) == digest([other])
    assert digest([SECRET]) != digest([SECRET | {"data": {"OTHER": "aGlkZGVu"}}])


def test_digest() -> None:
    """The order of resources is nobody's decision; their content is."""
    assert digest([WANTED, SECRET]) == digest([SECRET, WANTED])
    assert digest([WANTED]) != digest([WANTED | {"spec": {}}])


PLANNED = Planned(
    "stage", IMAGE, "abc", "r", {"Deployment web": "1", "Service web": "2"}, ["Job m"]
)


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (PLANNED, []),
        (replace(PLANNED, rendered="s"), ["the sources render other resources"]),
        (
            replace(PLANNED, live={"Deployment web": "3", "Service web": ABSENT}),
            ["Deployment web has changed", "Service web is gone"],
        ),
        (replace(PLANNED, live={"Deployment web": UNSEEN, "Service web": "2"}), []),
        (
            replace(PLANNED, gone=["Job n"]),
            ["Job m is no longer to be deleted", "Job n is now to be deleted"],
        ),
        (replace(PLANNED, gone=None), []),
    ],
    ids=["the same", "other sources", "other resources", "not seen", "other leavings", "not told"],
)
def test_moved_on(now: Planned, told: list[str]) -> None:
    """Each difference is named, and what either cannot see is none."""
    assert list(moved_on(PLANNED, now)) == told


def test_resource_that_came_since() -> None:
    """It is said."""
    before = replace(PLANNED, live={"Deployment web": ABSENT, "Service web": "2"})
    assert list(moved_on(before, PLANNED)) == ["Deployment web is there now"]


def test_saved_and_read() -> None:
    """Nothing is lost."""
    assert Planned.parse(PLANNED.to_json()) == replace(PLANNED, changes=[])


@pytest.mark.parametrize("text", ["", "[]", "{}", "<html>"])
def test_something_else(text: str) -> None:
    """It is no plan, and how one is made is said."""
    with pytest.raises(InvalidInput, match="plan-saved export --path plan.json"):
        Planned.parse(text)


def test_call_that_names_them_too() -> None:
    """It may, as long as they are the same."""
    assert PLANNED.named(None, None) == PLANNED.named("stage", IMAGE) == ("stage", IMAGE)
    with pytest.raises(InvalidInput, match="--plan is for stage, and --env dev is not"):
        PLANNED.named("dev", None)
    with pytest.raises(InvalidInput, match="--image other is not"):
        PLANNED.named(None, "other")


def test_plan_for_a_program() -> None:
    """It is JSON, with what would change beside it."""
    told = json.loads(replace(PLANNED, changes=["  change  Deployment web"]).to_json())
    assert told["changes"] == ["  change  Deployment web"]
