"""OpenTofu and its provider, with which the pipeline checks and plans the machines."""

from local.images.program import program_image
from local.images.stand_in import StandIn
from local.platform.part import Part
from local.tools.catalogue import LIBVIRT_PROVIDER, OPENTOFU

# OpenTofu looks here before it asks a provider's registry, without being told to.
_PROVIDERS = "usr/share/terraform/plugins"


def images() -> list[StandIn]:
    """OpenTofu, with the libvirt provider where it is found before its registry."""
    version = LIBVIRT_PROVIDER.version.removeprefix("v")
    folder = f"{_PROVIDERS}/registry.opentofu.org/dmacvicar/libvirt/{version}/linux_amd64"
    provider = LIBVIRT_PROVIDER.program("terraform-provider-libvirt")
    return [
        program_image(
            "opentofu/opentofu", OPENTOFU.version.removeprefix("v"), OPENTOFU.program("tofu"),
            "/usr/local/bin/tofu",
            beside=((f"{folder}/terraform-provider-libvirt_v{version}", provider),),
        ),
    ]  # fmt: skip


PART = Part(
    name="infrastructure",
    bring_up=lambda _: None,
    ready=lambda: True,
    words=("infra", "infra-plan"),
    tools=(OPENTOFU, LIBVIRT_PROVIDER),
    images=images,
)
