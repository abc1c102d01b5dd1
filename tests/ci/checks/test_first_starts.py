"""What the machines of a plan get to read when they start for the first time."""

import json
from typing import Any

import pytest

from ci.checks.first_starts import documents
from ci.run.errors import InfraError


def change(kind: str, actions: list[str], index: str = "worker-1") -> dict[str, Any]:
    """A resource of a plan."""
    after = {"user_data": f"#cloud-config of {index}\n"}
    return {"type": kind, "index": index, "change": {"actions": actions, "after": after}}


def plan(*changes: dict[str, Any]) -> str:
    """A plan, as OpenTofu shows it to a program."""
    return json.dumps({"format_version": "1.2", "resource_changes": changes})


def test_machines_that_are_made() -> None:
    """Each has its document, under the machine's name."""
    made = [change("libvirt_cloudinit_disk", ["create"], name) for name in ("a", "b")]
    found = documents(plan(change("libvirt_domain", ["create"]), *made))
    assert found == {"a": "#cloud-config of a\n", "b": "#cloud-config of b\n"}


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [change("libvirt_domain", ["create"])],
        [change("libvirt_cloudinit_disk", ["delete"])],
        [change("libvirt_cloudinit_disk", ["no-op"])],
    ],
)
def test_plan_that_makes_none(changes: list[dict[str, Any]]) -> None:
    """It is not taken for one that has nothing wrong."""
    with pytest.raises(InfraError, match="nothing that could be checked"):
        documents(plan(*changes))
