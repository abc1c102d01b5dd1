"""What OpenTofu, with the real provider, plans to give each machine."""

import json
from dataclasses import dataclass
from pathlib import Path

import yaml

from ci.checks.first_starts import documents
from local.host.paths import REPOSITORY
from tests.e2e.conftest import call_in


@dataclass(frozen=True)
class Planned:
    """A machine's address, and the document of its first start."""

    address: str
    document: str


def planned(variables: str, folder: Path) -> dict[str, Planned]:
    """The machines of a plan with these variables and no others, by their names."""
    file = folder / "machines.tfvars"
    sample = (REPOSITORY / "infra" / "tests" / "plan.tfvars").read_text()
    file.write_text(f"{_without_keys(sample)}\n{variables}")
    exported = call_in("infra-plan", "--variables", file, "export", "--path", folder / "plan")
    assert exported.code == 0, exported.error
    plan = (folder / "plan" / "plan.json").read_text()
    addresses = _addresses(plan)
    return {name: Planned(addresses[name], text) for name, text in documents(plan).items()}


def _without_keys(sample: str) -> str:
    """Whoever logs in has a key of the test's."""
    return "".join(
        line for line in sample.splitlines(keepends=True) if not line.startswith("ssh_public_keys")
    )


def _addresses(plan: str) -> dict[str, str]:
    found = {}
    for change in json.loads(plan)["resource_changes"]:
        if change["type"] == "libvirt_cloudinit_disk":
            network = yaml.safe_load(change["change"]["after"]["network_config"])
            [address] = network["ethernets"]["lan"]["addresses"]
            found[change["index"]] = address.partition("/")[0]
    return found
