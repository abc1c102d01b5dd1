"""Looks at the manifests as they are applied: against schemas, scored, the alerts' rules tested."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial

from dagger import Container, Directory, ExecError, File, ReturnType, dag

from ci.manifests import applied, redaction, rendering
from ci.project.environments import Environment
from ci.run import images
from ci.run.errors import QualityError
from ci.run.steps import side_by_side
from ci.scan import gate, ignores, scanning, trivy
from ci.scan.findings import Report
from ci.source.sources import Repository

KUBERNETES = images.KUBECTL.rpartition(":")[2].rpartition(".")[0]
PLATFORM = (
    "ci-access",
    "engine",
    "gateway/base",
    "gateway/one-node",
    "metrics-server/base",
    "metrics-server/self-signed-kubelets",
    "monitoring/base",
    "namespaces",
    "plan-access",
    "policy-controller",
)
MONITORING = "monitoring/base"
SCHEMAS = "schemas"
_WELL = ("[OK]", "[SKIPPED]")


async def check(repository: Repository) -> str:
    """What kubeconform, kube-score, Trivy and promtool have to say, all even where one fails."""
    manifests = repository.manifests
    environments = repository.settings.environments.values()
    with rendering.there():
        known = await manifests.filter(include=["platform", f"{SCHEMAS}/*.json"]).glob("**")
    platform = [part for part in PLATFORM if f"platform/{part}/kustomization.yaml" in known]
    schemas = (
        manifests.directory(SCHEMAS)
        if any(path.startswith(f"{SCHEMAS}/") for path in known)
        else None
    )
    findings: dict[str, str] = {}

    async def resources() -> None:
        folder = await _render(manifests, environments, platform)
        if found := await _conforming(folder, schemas):
            findings["kubeconform"] = found
        if found := await _scored(folder):
            findings["kube-score"] = found

    async def rules() -> None:
        if MONITORING not in platform:
            return
        if found := await _tested(manifests.directory(f"platform/{MONITORING}")):
            findings["promtool"] = found

    async def configuration() -> None:
        if found := await _misconfigured(repository):
            findings["Trivy"] = found

    await side_by_side(resources, rules, configuration)
    if findings:
        raise QualityError(
            f"The manifests are not as they should be: {' and '.join(sorted(findings))} found "
            "something; correct it. What only scores badly may have an annotation that says why.",
            "\n\n".join(f"{name}:\n{findings[name]}" for name in sorted(findings)),
        )
    count = len(environments) + len(platform)
    return (
        f"Manifests: {count} kustomizations render; "
        "kubeconform, kube-score, Trivy and promtool found nothing."
    )


def faults(printed: str) -> str:
    """The lines of kube-score's output that are neither well nor skipped on purpose."""
    return "\n".join(
        line for line in printed.splitlines() if line.strip() and not line.startswith(_WELL)
    )


async def _render(
    manifests: Directory, environments: Iterable[Environment], platform: Iterable[str]
) -> Directory:
    """A file for each overlay and for each part of the platform."""
    wanted = {each.name: applied.kustomization(each) for each in environments}
    wanted |= {name.replace("/", "-"): _alone(f"../platform/{name}") for name in platform}
    files: dict[str, File] = {}

    async def render(name: str, kustomization: str) -> None:
        try:
            files[name] = await rendering.rendered(manifests, kustomization)
        except ExecError as error:
            raise QualityError(
                f"The manifests of {name} do not render: correct them.",
                redaction.without_quotes(error.stderr),
            ) from None

    await side_by_side(*(partial(render, *each) for each in wanted.items()))
    folder = dag.directory()
    for name, file in sorted(files.items()):
        folder = folder.with_file(f"{name}.yaml", file)
    return folder


def _alone(resource: str) -> str:
    import yaml

    kind = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    return yaml.safe_dump({**kind, "resources": [resource]})


async def _conforming(folder: Directory, schemas: Directory | None) -> str:
    """What is of no kind that is known, or has a field that its kind has not.

    Without schemas of the project's own, those that kubeconform fetches count.
    """
    where = "/schemas/{{.ResourceKind}}{{.KindSuffix}}.json" if schemas else "default"
    program = ["/kubeconform", "-strict", f"-schema-location={where}", "/src"]
    run = _in(images.KUBECONFORM, folder)
    run = run.with_mounted_directory("/schemas", schemas or dag.directory())
    run = run.with_exec(program, expect=ReturnType.ANY)
    if not await run.exit_code():
        return ""
    found = await run.combined_output()
    if "could not find schema" in found:
        found += "`make schemas` writes the schema of a kind that is new."
    return found


async def _scored(folder: Directory) -> str:
    files = [f"/src/{name}" for name in sorted(await folder.entries())]
    score = ["kube-score", "score", f"--kubernetes-version={KUBERNETES}", "--output-format=ci"]
    run = _in(images.KUBE_SCORE, folder).with_exec([*score, *files], expect=ReturnType.ANY)
    code, printed = await run.exit_code(), await run.stdout()
    if found := faults(printed):
        return found
    return "" if code == 0 and printed else f"it exits with {code}: {await run.stderr()}"


async def _misconfigured(repository: Repository) -> str:
    """What is dangerous, whatever its severity, and is no ignore of the scan."""
    source, settings = repository.files, repository.settings
    dockerfile = settings.dockerfile
    as_applied = await applied.applied(source, settings.environments.values(), dockerfile)
    report, _ = await trivy.configuration(as_applied, dockerfile)
    entries = await scanning.ignores(source, ignores.DEFAULT)
    found = Report("configuration", "filesystem", report)
    return "\n".join(gate.unexcused(found, entries, datetime.now(UTC)))


async def _tested(folder: Directory) -> str:
    programs = (
        ["promtool", "check", "config", "--syntax-only", "prometheus.yml"],
        ["promtool", "check", "rules", "rules/series.yml", "rules/alerts.yml"],
        ["promtool", "test", "rules", "rules/tests.yml"],
    )
    found = []
    for program in programs:
        run = _in(images.PROMETHEUS, folder).with_exec(program, expect=ReturnType.ANY)
        if await run.exit_code():
            found.append(await run.combined_output())
    return "\n".join(found)


def _in(image: str, folder: Directory) -> Container:
    container = dag.container().from_(image).with_user("0:0")
    return container.with_mounted_directory("/src", folder).with_workdir("/src")
