"""Scans an image and its sources: a verdict of the gate, and the reports that it rests on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from dagger import Container, Directory, File, QueryError, dag

from ci.manifests import applied
from ci.run.errors import InvalidInput, ScanBlocked
from ci.run.steps import side_by_side
from ci.scan import gate, proof, sarif, trivy, unseen
from ci.scan.findings import Report
from ci.scan.gate import Database, Policy
from ci.scan.ignores import DEFAULT, Ignores
from ci.scan.verdict import Verdict
from ci.source import tracked
from ci.source.sources import Repository


@dataclass(frozen=True)
class Scanner:
    """Which database Trivy reads, what its findings may not be, and which do not count."""

    policy: Policy
    database: str | None
    ignore_file: str
    authority: File | None = None
    """Who vouches for the registry of the database, beside the system's authorities."""


@dataclass(frozen=True)
class Scan:
    """What Trivy found in an image and its sources, and what the gate says to it."""

    image: Container
    repository: Repository
    reports: Mapping[str, Report]
    verdict: Verdict


async def passed(image: Container, repository: Repository, scanner: Scanner) -> Verdict:
    """The gate's verdict, where it lets the image and the sources pass."""
    verdict = (await scan(image, repository, scanner)).verdict
    if verdict.blocked:
        raise ScanBlocked(f"The scan is blocked: {' '.join(verdict.reasons)}", verdict.summary)
    return verdict


async def scan(image: Container, repository: Repository, scanner: Scanner) -> Scan:
    """What Trivy finds in an image and in the sources it was built from, and the verdict."""
    source, environments = repository.files, repository.settings.environments.values()
    now = datetime.now(UTC)
    entries = await ignores(source, scanner.ignore_file)
    found_in = await trivy.database(scanner.database, now, scanner.authority)
    tarball = image.as_tarball()
    identity: list[str] = []
    texts: dict[str, str] = {}
    remarks: dict[str, list[str]] = {}

    async def on_image() -> None:
        texts["image"] = await trivy.image(tarball, found_in)

    async def on_sources() -> None:
        complete = await tracked.complete(source, repository.history)
        texts["sources"] = await trivy.sources(complete, found_in)

    async def on_configuration() -> None:
        dockerfile = repository.settings.dockerfile
        as_applied = await applied.applied(source, environments, dockerfile)
        report, commented = await trivy.configuration(as_applied, dockerfile)
        texts["configuration"] = report
        remarks["comments"] = [
            f"Comments that tell Trivy what to ignore have no say, in {', '.join(commented)}: "
            f"write entries in {scanner.ignore_file}."
        ] * bool(commented)

    async def on_proof() -> None:
        known = dag.directory()
        for name, text in proof.files(await releases(image)).items():
            known = known.with_new_file(name, text)
        texts["proof"] = await trivy.known(known, found_in)

    async def on_the_rest() -> None:
        remarks["unseen"] = unseen.remarks(await trivy.unlooked(source))

    async def identify() -> None:
        identity.append(await trivy.image_id(tarball))

    await side_by_side(on_image, on_sources, on_configuration, on_proof, on_the_rest, identify)
    reports = {
        "image": Report("image", "container_image", texts["image"], identity[0]),
        "sources": Report("sources", "filesystem", texts["sources"]),
        "configuration": Report("configuration", "filesystem", texts["configuration"]),
    }
    database = Database(
        await found_in.file("db/metadata.json").contents(),
        Report("proof of the database", "filesystem", texts["proof"]),
    )
    told = [remark for name in sorted(remarks) for remark in remarks[name]]
    verdict = gate.judge(list(reports.values()), database, entries, scanner.policy, now, told)
    return Scan(image, repository, reports, verdict)


async def releases(image: Container) -> dict[str, str]:
    """What an image says of its release, where it is of a system of which something is known."""
    for family, file in proof.RELEASES.items():
        try:
            return {family: await image.file(f"/{file}").contents()}
        except QueryError:  # Which has no such file.
            continue
    return {}


async def export(done: Scan) -> Directory:
    """The scan as files: SARIF for code scanning, an SBOM, and the verdict."""
    settings = done.repository.settings
    sources = joined(done.reports["sources"].text, done.reports["configuration"].text)
    files = {"report.json": done.verdict.to_json(), "summary.md": done.verdict.to_markdown()}

    async def of_image() -> None:
        found = await trivy.convert(done.reports["image"].text, "sarif")
        files["image.sarif"] = sarif.complete(
            found, "image", made_from=settings.dockerfile, unfixed=done.verdict.unfixed
        )

    async def of_sources() -> None:
        found = await trivy.convert(sources, "sarif")
        rendered = [applied.path(each) for each in settings.environments.values()]
        files["filesystem.sarif"] = sarif.complete(
            found, "filesystem", rendered=rendered, unfixed=done.verdict.unfixed
        )

    async def parts() -> None:
        files["sbom.cdx.json"] = await trivy.sbom(done.image.as_tarball())

    await side_by_side(of_image, of_sources, parts)
    folder = dag.directory()
    for name, text in sorted(files.items()):
        folder = folder.with_new_file(name, text)
    return folder


def joined(first: str, second: str) -> str:
    """Two reports of Trivy on the same files as one."""
    one, other = json.loads(first), json.loads(second)
    return json.dumps({**one, "Results": (one.get("Results") or []) + (other.get("Results") or [])})


async def ignores(source: Directory, path: str) -> Ignores:
    """What does not count, as a file of the sources says; nothing where none has the usual name."""
    try:
        return Ignores.parse(await source.file(path).contents(), path)
    except QueryError:
        if path == DEFAULT:
            return Ignores.parse("", path)
        raise InvalidInput(
            f"--ignore-file {path} is not a file of the repository: write its path from the "
            "repository's root, an empty file ignores nothing."
        ) from None
