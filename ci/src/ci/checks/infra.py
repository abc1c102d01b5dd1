"""Checks the infrastructure with OpenTofu, and plans it against a libvirt that has no machines."""

from collections.abc import Mapping
from functools import partial

from dagger import Container, Directory, ExistsType, File, ReturnType, dag

from ci.checks import first_starts
from ci.run import images
from ci.run.errors import InfraError
from ci.run.steps import side_by_side

FOLDER = "infra"
SAMPLE = "infra/tests/plan.tfvars"
"""Values for the variables without a default, for a plan of nobody's in particular."""

# OpenTofu reads these unasked: whoever's they are, they have no say in what is checked.
_UNASKED = ["terraform.tfvars*", "*.auto.tfvars*"]
_CHECKS = {
    "fmt": ["tofu", "fmt", "-check", "-diff", "-recursive", "-no-color"],
    "init": ["tofu", "init", "-backend=false", "-input=false", "-no-color"],
    "validate": ["tofu", "validate", "-no-color"],
    "test": ["tofu", "test", "-no-color"],
}
_PLUGINS = "usr/share/terraform"
# Its drivers start without KVM; of machines it has none, and a plan makes none.
_INSTALL = """
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends \\
    cloud-init libvirt-daemon >/dev/null
useradd --system --user-group libvirt-qemu
mkdir -p /var/log/libvirt
"""
_PLAN = """
tofu init -backend=false -input=false -no-color >/dev/null
libvirtd --daemon
tofu plan -input=false -lock=false -no-color -var-file=/variables.tfvars \\
    -var=libvirt_uri=qemu:///system -out=/tmp/plan >/dev/null
mkdir /plan
tofu show -no-color /tmp/plan >/plan/plan.txt
tofu show -no-color -json /tmp/plan >/plan/plan.json
"""
_SCHEMA = """
failed=0
for file in *; do
    echo "$file"
    cloud-init schema --config-file "$file" || failed=1
done
exit $failed
"""


async def check(source: Directory) -> str:
    """What OpenTofu and cloud-init have to say, all of it even where the first fails."""
    if not await source.exists(FOLDER, expected_type=ExistsType.DIRECTORY_TYPE):
        return f"Infra: there is no folder {FOLDER}, and so no machines to look at."
    findings: dict[str, str] = {}
    last: dict[str, str] = {}

    async def run(name: str, container: Container) -> Container:
        done = container.with_exec(_CHECKS[name], expect=ReturnType.ANY)
        printed = await done.combined_output()
        if await done.exit_code():
            findings[name] = printed
        last[name] = printed.strip().rpartition("\n")[2]
        return done

    async def first_start() -> None:
        try:
            documents = first_starts.documents(
                await (await plan(source)).file("plan.json").contents()
            )
        except InfraError as error:
            findings["plan"] = error.evidence or error.sentence
            return
        last["cloud-init"] = str(len(documents))
        if found := await _schema(documents):
            findings["cloud-init"] = found

    async def initialised() -> None:
        opentofu = dag.container().from_(images.OPENTOFU)
        ready = await run("init", _beside(opentofu, source))
        if "init" not in findings:
            await side_by_side(partial(run, "validate", ready), partial(run, "test", ready))

    await side_by_side(
        partial(run, "fmt", _beside(_with_opentofu(_debian()), source)), initialised, first_start
    )
    if findings:
        raise InfraError(
            f"The infrastructure is not sound: {', '.join(sorted(findings))} found something; "
            "correct it, `tofu fmt -recursive infra` does its part.",
            "\n\n".join(f"{name}:\n{findings[name]}" for name in sorted(findings)),
        )
    return (
        f"Infra: fmt and validate found nothing; test: {last['test']} "
        f"cloud-init takes the first start of {last['cloud-init']} machines."
    )


async def plan(source: Directory, variables: File | None = None) -> Directory:
    """What OpenTofu would make where nothing is, as its provider and a real libvirt see it."""
    planned = (
        _beside(_libvirt(), source)
        .with_mounted_file("/variables.tfvars", variables or source.file(SAMPLE))
        .with_exec(["sh", "-euc", _PLAN], expect=ReturnType.ANY)
    )
    if await planned.exit_code():
        raise InfraError(
            "OpenTofu makes no plan: the output above says of which variable or resource.",
            await planned.combined_output(),
        )
    return planned.directory("/plan")


async def _schema(documents: Mapping[str, str]) -> str:
    """What cloud-init finds wrong with documents, against its own schema."""
    folder = dag.directory()
    for name, text in documents.items():
        folder = folder.with_new_file(name, text)
    done = (
        _libvirt()
        .with_mounted_directory("/first-starts", folder)
        .with_workdir("/first-starts")
        .with_exec(["sh", "-c", _SCHEMA], expect=ReturnType.ANY)
    )
    return await done.combined_output() if await done.exit_code() else ""


def _beside(container: Container, source: Directory) -> Container:
    infra = source.directory("infra").filter(exclude=_UNASKED)
    return container.with_directory("/src/infra", infra).with_workdir("/src/infra")


def _libvirt() -> Container:
    """A Debian with libvirt, cloud-init and OpenTofu."""
    return _with_opentofu(_debian().with_exec(["sh", "-euc", _INSTALL]))


def _with_opentofu(debian: Container) -> Container:
    """The container with the program of OpenTofu's image, and with the providers that are there.

    The image on its own has no package manager, and may have no `diff` for `fmt` to show.
    """
    image = dag.container().from_(images.OPENTOFU).rootfs()
    return debian.with_directory("/", image.filter(include=["usr/local/bin/tofu", _PLUGINS]))


def _debian() -> Container:
    return dag.container().from_(images.PYTHON)
