"""What the machines of a plan get to read when they start for the first time."""

import json

from ci.run.errors import InfraError

_KIND = "libvirt_cloudinit_disk"


def documents(plan: str) -> dict[str, str]:
    """The cloud-init document of each machine that a plan, as JSON, creates."""
    found = {
        change["index"]: change["change"]["after"]["user_data"]
        for change in json.loads(plan)["resource_changes"]
        if change["type"] == _KIND and change["change"]["actions"] == ["create"]
    }
    if not found:
        raise InfraError(
            f"The plan has no {_KIND}, so there is nothing that could be checked: is the machines' "
            "module another one now?"
        )
    return found
