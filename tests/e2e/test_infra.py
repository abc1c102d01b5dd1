"""The machines from end to end: what is checked, what is planned, and what a real libvirt makes."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ci.checks.first_starts import documents
from ci.run import images
from local.host.paths import REPOSITORY
from local.tools.catalogue import DAGGER, KUBERNETES, LIBVIRT_PROVIDER, OPENTOFU
from tests.e2e.conftest import Result, run

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]
Steps = Callable[[str], tuple[int, str]]
TOKEN = "abcdef.0123456789abcdef"
MACHINES = ["apps-control-plane", "apps-worker-1", "apps-worker-2"]
BEHIND_A_PROXY = """
proxy                  = "http://proxy.example.com:3128"
no_proxy               = [".example.org"]
debian_mirror          = "https://mirror.example.org/debian"
debian_security_mirror = "https://mirror.example.org/debian-security"
registry_mirrors       = { "registry.k8s.io" = "https://mirror.example.org" }
calico_manifest_url    = "https://mirror.example.org/calico.yaml"
"""
PACKAGES = (
    "dnsmasq-base genisoimage iptables libvirt-clients libvirt-daemon qemu-system-x86 qemu-utils"
)


def change(checkout: Path, file: str, old: str, new: str) -> None:
    """Changes a file of infra/ in a place that there is once."""
    changed = checkout / "infra" / file
    assert changed.read_text().count(old) == 1
    changed.write_text(changed.read_text().replace(old, new))


def exported(call: Call, folder: Path, *arguments: str | Path) -> dict[str, Any]:
    """The plan that `infra-plan` exports, after a look at its text."""
    result = call("infra-plan", *arguments, "export", "--path", folder)
    assert result.code == 0, result.error
    assert "Plan: " in (folder / "plan.txt").read_text()
    plan: dict[str, Any] = json.loads((folder / "plan.json").read_text())
    return plan


def planned(plan: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """The resources of a kind that a plan makes, by their index."""
    return {
        each["index"]: each["change"]["after"]
        for each in plan["resource_changes"]
        if each["type"] == kind
    }


class TestCheck:
    def test_of_the_repository_finds_nothing(self, call: Call) -> None:
        """It says how much was looked at."""
        result = call("infra")
        assert result.code == 0, result.error
        assert result.stdout.startswith("Infra: fmt and validate found nothing; test: Success! ")
        assert " 0 failed. cloud-init takes the first start of 3 machines." in result.stdout

    @pytest.mark.soak
    def test_with_findings_of_several_tools(self, call: Call, checkout: Path) -> None:
        """All are shown, and named in one sentence."""
        change(checkout, "network.tf", "locals {\n", "locals {\n\n      stray = 1\n")
        change(checkout, "nodes.tf", '"ALL=(ALL) NOPASSWD:ALL"', "[1]")
        result = call("infra", cwd=checkout)
        assert result.code != 0
        assert "The infrastructure is not sound: cloud-init, fmt, test found" in result.error
        for found in ("-      stray = 1", "Cloud config schema errors: users.0", "and without a"):
            assert found in result.printed
        assert "Traceback" not in result.printed

    def test_with_a_reference_to_nothing(self, call: Call, checkout: Path) -> None:
        """What cannot be validated cannot be planned either, and both say where."""
        change(checkout, "outputs.tf", "= local.control_plane\n", "= local.no_such_thing\n")
        result = call("infra", cwd=checkout)
        assert result.code != 0
        assert "The infrastructure is not sound: plan, test, validate found" in result.error
        assert "Reference to undeclared local value" in result.printed
        assert "outputs.tf line " in result.printed

    def test_with_a_file_that_does_not_parse(self, call: Call, checkout: Path) -> None:
        """It is named with its line."""
        (checkout / "infra" / "broken.tf").write_text('resource "libvirt_domain" {')
        result = call("infra", cwd=checkout)
        assert result.code != 0
        assert "broken.tf line 1" in result.printed
        assert "Traceback" not in result.printed


class TestPlan:
    def test_without_variables(self, call: Call, tmp_path: Path) -> None:
        """Three machines of the architecture's size are made, and nothing else is touched."""
        plan = exported(call, tmp_path / "plan")
        machines = planned(plan, "libvirt_domain")
        assert sorted(machines) == MACHINES
        assert {(each["vcpu"], each["memory"]) for each in machines.values()} == {(2, 4096)}
        actions = [each["change"]["actions"] for each in plan["resource_changes"]]
        assert actions == [["create"]] * len(actions)

    def test_with_variables(self, call: Call, tmp_path: Path) -> None:
        """Machines are as large as a file says."""
        variables = tmp_path / "large.tfvars"
        sample = (REPOSITORY / "infra" / "tests" / "plan.tfvars").read_text()
        variables.write_text(f"{sample}\nvm_cpu_cores = 4\nvm_memory_gb = 8\n")
        plan = exported(call, tmp_path / "plan", "--variables", variables)
        machines = planned(plan, "libvirt_domain").values()
        assert {(each["vcpu"], each["memory"]) for each in machines} == {(4, 8192)}

    def test_with_a_variable_that_is_refused(self, call: Call, tmp_path: Path) -> None:
        """The variable's own sentence says what is wrong."""
        variables = tmp_path / "small.tfvars"
        sample = (REPOSITORY / "infra" / "tests" / "plan.tfvars").read_text()
        variables.write_text(f"{sample}\nvm_cpu_cores = 1\n")
        result = call("infra-plan", "--variables", variables, "entries")
        assert result.code != 0
        assert "vm_cpu_cores is 1: give a whole number from 2" in result.error
        assert "OpenTofu makes no plan" in result.error

    def test_with_a_password(self, call: Call, tmp_path: Path) -> None:
        """The address that has one is refused, and shown nowhere."""
        variables = tmp_path / "proxy.tfvars"
        sample = (REPOSITORY / "infra" / "tests" / "plan.tfvars").read_text()
        variables.write_text(f'{sample}\nproxy = "http://name:hunter2@proxy.example.com:3128"\n')
        result = call("infra-plan", "--variables", variables, "entries")
        assert result.code != 0
        assert "without a name and a password" in result.error
        assert "hunter2" not in result.printed

    @pytest.mark.parametrize(
        "more", ["", "worker_count = 0", BEHIND_A_PROXY], ids=["three", "alone", "behind-a-proxy"]
    )
    def test_holds_configuration_that_kubeadm_takes(
        self, more: str, call: Call, tmp_path: Path
    ) -> None:
        """kubeadm of the version that is installed validates what each machine hands to it."""
        variables = tmp_path / "more.tfvars"
        sample = (REPOSITORY / "infra" / "tests" / "plan.tfvars").read_text()
        variables.write_text(f"{sample}\n{more}\n")
        plan = exported(call, tmp_path / "plan", "--variables", variables)
        for machine, document in documents(json.dumps(plan)).items():
            written = {each["path"]: each for each in yaml.safe_load(document)["write_files"]}
            text = written["/etc/cluster/kubeadm.yaml"]["content"]
            # It looks for the invitation, which is there while a worker joins.
            invitation = tmp_path / "invitation"
            invitation.touch()
            config = tmp_path / f"{machine}.yaml"
            config.write_text(text.replace("/run/cluster/invitation", str(invitation)))
            validated = run(KUBERNETES.program("kubeadm"), "config", "validate", "--config", config)
            assert (validated.code, validated.stdout.strip()) == (0, "ok"), validated.printed


class TestOpenTofu:
    def test_says_its_version(self) -> None:
        """What the stack builds is a release."""
        nobodys = {"TF_CLI_CONFIG_FILE": os.devnull}
        told = run(OPENTOFU.program("tofu"), "version", env=nobodys)
        assert told.stdout.startswith("OpenTofu v1.12.6\n")


@pytest.fixture(scope="class")
def steps(stack: None, tmp_path_factory: pytest.TempPathFactory) -> Steps:
    """What each step of machines.sh did: its exit code, and what it printed."""
    given = tmp_path_factory.mktemp("given")
    results = tmp_path_factory.mktemp("results") / "results"
    install = (
        "apt-get -qq update && DEBIAN_FRONTEND=noninteractive "
        f"apt-get -qq install --yes --no-install-recommends {PACKAGES} >/dev/null"
    )
    version = LIBVIRT_PROVIDER.version.removeprefix("v")
    plugin = (
        "/usr/share/terraform/plugins/registry.opentofu.org/dmacvicar/libvirt/"
        f"{version}/linux_amd64/terraform-provider-libvirt_v{version}"
    )
    provider = LIBVIRT_PROVIDER.program("terraform-provider-libvirt")
    (given / "script").write_text((Path(__file__).parent / "machines.sh").read_text())
    ran = run(
        DAGGER.program("dagger"), "--progress=plain", "core", "container",
        "from", f"--address={images.PYTHON}",
        "with-exec", f"--args=sh,-c,{install}",
        "with-file", "--path=/usr/local/bin/tofu", f"--source={OPENTOFU.program('tofu')}",
        "with-file", f"--path={plugin}", f"--source={provider}",
        "with-directory", "--path=/given/infra", f"--source={REPOSITORY / 'infra'}",
        "with-file", "--path=/given/script", f"--source={given / 'script'}",
        "with-exec", "--args=sh,/given/script", "--insecure-root-capabilities",
        "directory", "--path=/results", "export", f"--path={results}",
    )  # fmt: skip
    assert ran.code == 0, ran.printed

    def step(name: str) -> tuple[int, str]:
        code = results / f"{name}.code"
        return int(code.read_text()) if code.exists() else 0, (results / name).read_text()

    return step


@pytest.mark.soak
class TestMachines:
    def test_are_made(self, steps: Steps) -> None:
        """Each runs, with a disk and a first start of its own, beside the image they share."""
        code, printed = steps("apply")
        assert code == 0, printed
        _, made = steps("made")
        for machine in MACHINES:
            assert {machine, f"{machine}.qcow2", f"{machine}-cloud-init.iso"} <= set(made.split())

    def test_let_workers_join_with_tokens_that_are_kept_nowhere(self, steps: Steps) -> None:
        """Each worker gets one, and neither OpenTofu nor a command line does."""
        assert steps("invitations")[1].split() == ["token:", TOKEN, "token:", TOKEN]
        for place in ("apply", "shown", "state", "ssh"):
            assert TOKEN not in steps(place)[1]

    def test_give_a_kubeconfig(self, steps: Steps) -> None:
        """It is an output that is not shown unasked; only their owner reads the files with it."""
        assert steps("kubeconfig")[1] == "a kubeconfig\n"
        assert set(steps("modes")[1].split()) == {"600"}
        assert "kubeconfig = <sensitive>" in steps("apply")[1]
        assert "a kubeconfig" not in steps("apply")[1]

    def test_are_left_alone_by_a_second_apply(self, steps: Steps) -> None:
        """There is nothing to change."""
        code, printed = steps("again")
        assert code == 0, printed
        assert "No changes." in printed

    def test_keep_the_document_that_they_started_with(self, steps: Steps) -> None:
        """Another version of Kubernetes is for machines that are yet to be made."""
        code, printed = steps("upgraded")
        assert code == 0, printed

    def test_give_their_kubeconfig_again(self, steps: Steps) -> None:
        """An apply brings it back where it is gone, and trusts no other host keys for that."""
        code, printed = steps("lost")
        assert code == 0, printed
        assert "1 added, 0 changed, 1 destroyed." in printed
        assert steps("found")[1] == "a kubeconfig\n"
        assert len(steps("keys")[1].split()) == len(MACHINES)

    def test_of_another_size_are_refused(self, steps: Steps) -> None:
        """A plan that would replace them all at once is none."""
        code, printed = steps("larger")
        assert code == 1
        assert "prevent_destroy" in printed

    def test_that_cannot_be_drained_are_left_alone(self, steps: Steps) -> None:
        """The machine is as it was, and takes pods again."""
        code, printed = steps("undrained")
        assert code == 1
        assert "apps-worker-1 cannot be drained" in printed
        assert "CPU(s):         2" in steps("as_before")[1]

    def test_are_resized_one_at_a_time(self, steps: Steps) -> None:
        """One is replaced, on the disk that it had; the others stay."""
        code, printed = steps("resize")
        assert code == 0, printed
        assert "1 added, 0 changed, 1 destroyed." in printed
        assert "CPU(s):         4" in steps("resized")[1]
        assert "CPU(s):         2" in steps("other")[1]

    def test_are_all_resized(self, steps: Steps) -> None:
        """Each is drained before and uncordoned after it, the control plane last."""
        code, printed = steps("rest")
        assert code == 0, printed
        assert "apps-worker-1 has that size." in printed
        calls = re.findall(r" (drain|uncordon) (apps-\S+)", steps("ssh")[1])
        order = ["apps-worker-1", "apps-worker-2", "apps-control-plane"]
        drained = [(verb, machine) for machine in order for verb in ("drain", "uncordon")]
        # The first was resized on its own, and is left alone now, but for what was interrupted.
        assert calls == [*drained[:2], drained[1], *drained[2:]]
        code, printed = steps("settled")
        assert code == 0, printed

    def test_keep_their_disks_while_they_are_resized(self, steps: Steps) -> None:
        """A plan that would replace a disk is refused then too."""
        code, printed = steps("disk")
        assert code == 1
        assert "module.machines.libvirt_volume.disk" in printed

    def test_are_protected_from_being_destroyed(self, steps: Steps) -> None:
        """That needs a word of its own."""
        code, printed = steps("destroy")
        assert code == 1
        assert "prevent_destroy" in printed

    def test_leave_nothing(self, steps: Steps) -> None:
        """Neither libvirt nor the work folder holds anything of theirs."""
        code, printed = steps("unprotected")
        assert code == 0, printed
        assert steps("left")[1].split() == []
