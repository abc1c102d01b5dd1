"""What infra/ says, against what other parts of the repository say of the same."""

import re

import pytest

from ci.run import images
from local.cluster import node
from local.tools.catalogue import KUBERNETES, LIBVIRT_PROVIDER, OPENTOFU
from tests.test_repository import REPOSITORY

INFRA = REPOSITORY / "infra"
MODULE = INFRA / "modules" / "libvirt"
VARIABLES = {
    name: body
    for file in INFRA.glob("*variables.tf")
    for name, body in re.findall(r'^variable "(\w+)" \{\n(.*?)^\}$', file.read_text(), re.M | re.S)
}


def default(variable: str) -> str:
    """The default of a variable, as it is written."""
    (written,) = re.findall(r"^  default     = (.+)$", VARIABLES[variable], re.M)
    return str(written).strip('"')


@pytest.mark.parametrize("variable", sorted(VARIABLES))
def test_variable(variable: str) -> None:
    """It has a type and a description, and the guide has a line for it."""
    assert re.search(r"^  type        = ", VARIABLES[variable], re.M)
    assert re.search(r'^  description = "[A-Z].*\."$', VARIABLES[variable], re.M)
    assert f"| `{variable}` |" in (INFRA / "README.md").read_text()


@pytest.mark.parametrize("variable", sorted(VARIABLES))
def test_default_that_the_guide_names(variable: str) -> None:
    """It is the variable's own."""
    written = re.findall(r"^  default     = (.+)$", VARIABLES[variable], re.M)
    shown = {"": "to be given", '""': "none", "[]": "none", "{}": "none"}.get(
        "".join(written), f"`{''.join(written).strip(chr(34))}`"
    )

    assert f"| `{variable}` | {shown} |" in (INFRA / "README.md").read_text()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("vm_cpu_cores", "2"),
        ("vm_memory_gb", "4"),
        ("worker_count", "2"),
        ("protected", "true"),
        ("resizing", "false"),
        ("virtualization", "kvm"),
        ("kubernetes_version", KUBERNETES.version.removeprefix("v")),
    ],
)
def test_default(variable: str, value: str) -> None:
    """It is what the architecture and the laptop stack have."""
    assert default(variable) == value


def test_pause_image_is_the_laptop_stacks() -> None:
    """Both are of Kubernetes' own generation."""
    told = (INFRA / "node" / "containerd.toml").read_text()
    assert f'sandbox_image = "registry.k8s.io/{node.PAUSE_IMAGE.partition("/")[2]}"' in told


def test_mirrors_are_where_containerd_looks_for_them() -> None:
    """Each has its folder in the one that its configuration names."""
    told = (INFRA / "node" / "containerd.toml").read_text()
    (folder,) = re.findall(r'config_path = "(.+)"', told)
    assert f'"{folder}/${{registry}}/hosts.toml"' in (INFRA / "outside.tf").read_text()


def test_proxy_is_where_programs_look_for_it() -> None:
    """What downloads a file reads the one that is written, and so does containerd."""
    (read,) = set(re.findall(r"/etc/cluster/proxy\S*env", (INFRA / "outside.tf").read_text()))
    assert f". {read}\n" in (INFRA / "node" / "fetch.sh").read_text()


@pytest.mark.parametrize("folder", [INFRA, MODULE], ids=["root", "module"])
def test_provider_is_pinned(folder: object) -> None:
    """Both name the version that the stack builds, exactly."""
    asked = (REPOSITORY / str(folder) / "versions.tf").read_text()
    assert f'version = "{LIBVIRT_PROVIDER.version.removeprefix("v")}"' in asked


def test_opentofu_is_the_one_that_is_built() -> None:
    """The pipeline's image has the version of the stack's."""
    assert images.OPENTOFU.endswith(f":{OPENTOFU.version.removeprefix('v')}")


def test_provider_stays_in_its_module() -> None:
    """Outside of it, nothing but the provider's own block and one call name libvirt."""
    outside = [
        line
        for file in sorted(INFRA.glob("*.tf"))
        for line in file.read_text().splitlines()
        if re.match(r'\s*(resource|data) "libvirt', line)
    ]
    assert outside == []


def test_files_of_secrets_are_not_tracked() -> None:
    """State, kubeconfig and plans are ignored, and never reach the engine."""
    from ci.source.untracked import UNTRACKED

    ignored = (INFRA / ".gitignore").read_text().splitlines()
    assert {".local/", "*.tfstate", "*.tfstate.*", "*.tfplan"} <= set(ignored)
    assert {"infra/.local", "**/*.tfplan", "**/*.tfstate*"} <= set(UNTRACKED)
