"""Runs Trivy, which holds no secret. What it finds means, the gate decides."""

import json
from datetime import datetime

from dagger import Container, Directory, ExecError, File, QueryError, dag

from ci import images
from ci.errors import ScanBlocked, cause
from ci.trust import trusting

_LOCKS = r"requirements\.(lock|txt)$"
_REPORT = "/report.json"
_CONVERTED = "/converted"
# From a folder that is not the sources': Trivy obeys the settings and ignore files it is started
# beside, and those it is to look at have no say.
_FROM = "/tmp"
_ALONE = [
    "--timeout=10m",
    "--offline-scan",
    "--skip-db-update",
    "--skip-java-db-update",
    "--skip-check-update",
    "--skip-version-check",
    "--disable-telemetry",
]
_OPTIONS = [
    "--quiet",
    "--format=json",
    f"--output={_REPORT}",
    "--cache-dir=/db",
    *_ALONE,
]


async def database(
    repository: str | None, now: datetime, authority: File | None = None
) -> Directory:
    """The vulnerability database, fetched anew every hour: a scan is as good as its age."""
    source = [f"--db-repository={repository}"] if repository else []
    fetched = (
        trusting(_trivy(), authority)
        .with_env_variable("HOUR", f"{now:%Y-%m-%dT%H}")
        .with_exec(["trivy", "image", "--download-db-only", "--quiet", "--cache-dir=/db", *source])
        .directory("/db")
    )
    try:
        return await fetched.sync()
    except ExecError as error:
        raise ScanBlocked(
            "The scan is blocked: Trivy cannot fetch its vulnerability database from "
            f"{repository or 'its own registry'}; is that reachable, and is it a database?",
            error.stderr,
        ) from None


async def image(tarball: File, found_in: Directory) -> str:
    """The report on an image: packages of its system and of its languages."""
    run = _with_database(found_in).with_mounted_file(f"{_FROM}/image", tarball)
    command = ["trivy", "image", *_OPTIONS, "--scanners=vuln", "--input=image"]
    return await _report("image", run, command)


async def sources(tree: Directory, found_in: Directory) -> str:
    """The report on the sources: what their lock files name, and secrets."""
    run = _with_database(found_in).with_mounted_directory("/src", tree)
    command = ["trivy", "fs", *_OPTIONS, "--scanners=vuln,secret", f"--file-patterns=pip:{_LOCKS}"]
    return await _report("sources", run, [*command, "/src"])


async def configuration(tree: Directory) -> str:
    """The report on what the sources configure: the image, the cluster, the machines.

    No configuration is written in Python, so a change to the program alone needs no new run.
    """
    run = _trivy().with_mounted_directory("/src", tree.filter(exclude=["**/*.py"]))
    return await _report(
        "configuration", run, ["trivy", "fs", *_OPTIONS, "--scanners=misconfig", "/src"]
    )


async def image_id(tarball: File) -> str:
    """The ID of the image in an archive, read without Trivy."""
    manifest = await (
        dag.container()
        .from_(images.PYTHON)
        .with_mounted_file("/image.tar", tarball)
        .with_exec(["tar", "--extract", "--to-stdout", "--file=/image.tar", "manifest.json"])
        .stdout()
    )
    config: str = json.loads(manifest)[0]["Config"]
    return f"sha256:{config.rpartition('/')[2]}"


async def sbom(tarball: File) -> str:
    """What an image is made of, as CycloneDX."""
    run = _trivy().with_mounted_file(f"{_FROM}/image", tarball)
    command = ["trivy", "image", "--quiet", "--format=cyclonedx", f"--output={_REPORT}"]
    return await _report("image", run, [*command, *_ALONE, "--input=image"])


async def convert(report: str, to: str) -> str:
    """A report in another of Trivy's formats."""
    command = ["trivy", "convert", "--quiet", f"--format={to}", f"--output={_CONVERTED}", _REPORT]
    run = _trivy().with_new_file(_REPORT, report).with_exec(command)
    return await run.file(_CONVERTED).contents()


async def _report(name: str, run: Container, command: list[str]) -> str:
    """The report of a Trivy that came to its end: one that did not is asked again next time."""
    try:
        return await run.with_workdir(_FROM).with_exec(command).file(_REPORT).contents()
    except QueryError as error:
        printed = error.stderr or error.stdout if isinstance(error, ExecError) else ""
        raise ScanBlocked(
            f"The scan is blocked: Trivy did not come to its end on the {name}.",
            printed or cause(str(error)),
        ) from None


def _with_database(found_in: Directory) -> Container:
    return _trivy().with_mounted_directory("/db", found_in)


def _trivy() -> Container:
    return dag.container().from_(images.TRIVY)
