"""What a release would change, as it is found and as it is shown."""

import json
from typing import Any

import pytest

from ci.records.report import Format
from ci.release.plan import Action, Change, Plan, changes, drift

Object = dict[str, Any]


def live(name: str = "app", **spec: Any) -> Object:
    """A Deployment as the server shows it."""
    metadata = {"name": name, "uid": "1", "resourceVersion": "7", "generation": 3}
    return {"kind": "Deployment", "metadata": metadata, "spec": spec, "status": {"replicas": 1}}


def dry(name: str = "app", **spec: Any) -> Object:
    """The same as a dry run gives it."""
    metadata = {"name": name, "uid": "1", "resourceVersion": "7", "generation": 4}
    return {"kind": "Deployment", "metadata": metadata, "spec": spec}


def fields(before: Object, after: Object) -> tuple[str, ...]:
    """The fields that differ."""
    [change] = changes([before], [after])
    return change.fields


def test_resource_that_is_not_there() -> None:
    """It would be created."""
    assert changes([], [dry()]) == [Change(Action.CREATE, "Deployment app")]


def test_resource_that_is_as_it_should_be() -> None:
    """What only the server writes does not count."""
    assert changes([live(replicas=2)], [dry(replicas=2)]) == [Change(Action.KEEP, "Deployment app")]


def test_resource_that_would_be_pruned() -> None:
    """It comes last."""
    found = changes([live()], [dry()], gone=[live("old")])
    assert found[-1] == Change(Action.DELETE, "Deployment old")


def test_field_that_changes() -> None:
    """Its path is named with what it is and what it would be."""
    assert fields(live(replicas=2), dry(replicas=3)) == ("spec.replicas: 2 -> 3",)


def test_field_that_comes_or_goes() -> None:
    """What is not there is called nothing."""
    assert fields(live(), dry(paused=True)) == ("spec.paused: nothing -> True",)
    assert fields(live(paused=True), dry()) == ("spec.paused: True -> nothing",)


def test_field_of_an_item_in_a_list() -> None:
    """An item is called by its name."""
    before, after = ({"name": "app", "image": image} for image in "ab")
    assert fields(live(containers=[before]), dry(containers=[after])) == (
        "spec.containers[app].image: a -> b",
    )


def test_list_that_grows() -> None:
    """It is shown as a whole."""
    assert fields(live(args=["a"]), dry(args=["a", "b"])) == ("spec.args: ['a'] -> ['a', 'b']",)


def test_long_value() -> None:
    """Its middle is left out, as what sets images apart is at their end."""
    [shown] = fields(live(image="r" * 90 + "1"), dry(image="r" * 90 + "2"))
    assert len(shown) < 140
    assert shown.endswith("2")


def secret(**values: Any) -> Object:
    """A Secret with these values."""
    return {"kind": "Secret", "metadata": {"name": "login"}, "data": values}


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (secret(key="b25l"), secret(key="dHdv"), ("data.key: changed",)),
        (secret(), secret(key="dHdv"), ("data.key: added",)),
        (secret(key="b25l"), secret(), ("data.key: removed",)),
        (secret(key="b25l") | {"data": None}, secret(key="dHdv"), ("data.key: added",)),
        (secret(a="b25l", b="dHdv"), secret(a="dHdv", b="dHdv"), ("data.a: changed",)),
        (secret() | {"type": "a"}, secret() | {"type": "b"}, ("type: a -> b",)),
        (
            secret() | {"stringData": {"a": "one"}},
            secret() | {"stringData": {"a": "two"}},
            ("stringData.a: changed",),
        ),
        (live(of=secret(a="b25l")), dry(of=secret(a="dHdv")), ("spec.of.data.a: changed",)),
        (
            live(of=[secret(a="b25l")]),
            dry(of=[secret(a="dHdv")]),
            ("spec.of[0].data.a: changed",),
        ),
    ],
)
def test_values_of_a_secret(before: Object, after: Object, shown: tuple[str, ...]) -> None:
    """Its keys are named, and what becomes of them; its values are not shown."""
    assert fields(before, after) == shown


@pytest.mark.parametrize("many", [[], [secret(key="b25l"), secret(key="b25l")]])
def test_secret_that_comes_within_another(many: list[Object]) -> None:
    """Shown as a whole, it is shown without its values."""
    [shown] = fields(live(of=many), dry(of=[secret(key="dHdv")]))
    assert "dHdv" not in shown and "b25l" not in shown


def test_what_a_client_side_apply_kept() -> None:
    """An annotation repeats all that was applied, so that it is only said to be another."""
    name = "kubectl.kubernetes.io/last-applied-configuration"
    before, after = (
        {"kind": "Secret", "metadata": {"name": "a", "annotations": {name: text}}}
        for text in ('{"data":{"key":"b25l"}}', '{"data":{"key":"dHdv"}}')
    )
    assert fields(before, after) == (f"metadata.annotations.{name}: changed",)


def test_drift() -> None:
    """The resources that differ are named; none where there are none."""
    assert drift(changes([live(replicas=2)], [dry(replicas=3)])) == "Deployment app"
    assert drift(changes([live()], [dry()])) == "none"


def test_drift_of_what_cannot_be_made_as_it_was() -> None:
    """It is named as well."""
    assert drift(changes([live()], [dry()]), [live("job")]) == "Deployment job"


def test_resource_that_is_made_anew() -> None:
    """It is a change without fields."""
    found = changes([live()], [dry()], anew=[live("job")])
    assert found[-1] == Change(Action.ANEW, "Deployment job")


PLAN = Plan(
    "stage", changes([live(replicas=2)], [dry(replicas=3), dry("new")]), ("Without the image.",)
)


def test_as_text() -> None:
    """A line for each resource, one below it for each field, and last what else there is to say."""
    assert PLAN.show(Format.text).splitlines() == [
        "stage: 2 of 2 resources would change",
        "",
        "  change  Deployment app",
        "            spec.replicas: 2 -> 3",
        "  create  Deployment new",
        "",
        "  Without the image.",
    ]


def test_as_markdown() -> None:
    """A page shows the same, and takes nothing of a field for its own signs."""
    fences = Plan("stage", changes([live(args="a")], [dry(args="\n~~~~\n# Title")]))
    title, *rest = fences.show(Format.markdown).splitlines()
    assert title == "### stage: 1 of 1 resources would change"
    assert rest.count("~~~~") == 1
    assert rest[-1] == "~~~~"
    assert PLAN.show(Format.markdown).endswith("\n\n- Without the image.")
    assert "            spec.replicas: 2 -> 3\n" in PLAN.show(Format.markdown)


def test_as_json() -> None:
    """A program finds each change by itself."""
    assert json.loads(PLAN.show(Format.json)) == {
        "environment": "stage",
        "changes": [
            {
                "action": "change",
                "resource": "Deployment app",
                "fields": ["spec.replicas: 2 -> 3"],
            },
            {"action": "create", "resource": "Deployment new", "fields": []},
        ],
        "notes": ["Without the image."],
    }
