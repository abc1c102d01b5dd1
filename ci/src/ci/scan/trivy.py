"""Runs Trivy, which holds no secret. What it finds means, the gate decides."""

import json
import re
from datetime import datetime
from pathlib import Path

from dagger import (
    CacheSharingMode,
    CacheVolume,
    Container,
    Directory,
    ExecError,
    File,
    QueryError,
    dag,
)

from ci.registry.trust import trusting
from ci.run import images
from ci.run.errors import ScanBlocked, cause
from ci.scan import unseen

_REPORT = "/report.json"
_CONVERTED = "/converted"
# From a folder that is not the sources': Trivy obeys the settings and ignore files it is started
# beside, and those it is to look at have no say.
_FROM = "/tmp"
# One folder further down than what Trivy is told to look at: at the top it passes over folders with
# the names of a system's, and files with the name of its own settings.
_ROOT, _PREFIX = "/scanned", "repository/"
# Trivy's own rules pass over what is in a path with "test" or "example", and over many folders of
# an image; these know no exception. The file's name is one that nothing scanned has.
_RULES = "/pipeline/rules-for-secrets-of-the-pipeline.yaml"
_SECRETS = ["--scanners=vuln,secret", f"--secret-config={_RULES}"]
_EXCEPTIONS = [
    *("dist-info", "tests", "examples", "vendor", "usr-dirs", "locale-dir", "markdown"),
    *("node.js", "golang", "python", "rubygems", "wordpress", "anaconda-log"),
]
# What makes Trivy pass over a misconfiguration is a comment such as `trivy:ignore:ID`.
_COMMENT = r"(tfsec|trivy):([^[:space:]]*ignore:)"
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
    """The report on an image: packages of its system and of its languages, and secrets."""
    run = (
        _with_rules(_with_database(found_in))
        # By layer: of an image that changed, what did not is not read again.
        .with_mounted_cache(
            "/db/fanal", _seen(), sharing=CacheSharingMode.LOCKED
        ).with_mounted_file(f"{_FROM}/image", tarball)
    )
    command = ["trivy", "image", *_OPTIONS, *_SECRETS, "--image-config-scanners=secret"]
    return await _report("image", run, [*command, "--input=image"])


async def sources(tree: Directory, found_in: Directory) -> str:
    """The report on the sources: what their lock files name, and secrets."""
    run = _with_rules(_with_database(found_in)).with_mounted_directory(f"{_ROOT}/{_PREFIX}", tree)
    command = ["trivy", "fs", *_OPTIONS, *_SECRETS, f"--file-patterns=pip:{unseen.PINNED}"]
    return rooted(await _report("sources", run, [*command, _ROOT]))


async def known(tree: Directory, found_in: Directory) -> str:
    """The report on packages of which every whole database knows something."""
    run = _with_database(found_in).with_mounted_directory(_ROOT, tree)
    command = ["trivy", "fs", *_OPTIONS, "--scanners=vuln", _ROOT]
    return await _report("proof of the database", run, command)


async def configuration(tree: Directory, dockerfile: str) -> tuple[str, list[str]]:
    """The report on what the sources configure: the image, the cluster, the machines.

    `dockerfile` is looked at as one whatever it is called. Beside the report are the files with
    comments that would have kept Trivy from telling.
    """
    configuring, commented = await _outspoken(tree)
    run = _trivy().with_mounted_directory(f"{_ROOT}/{_PREFIX}", configuring)
    pattern = f"--file-patterns=dockerfile:^{re.escape(_PREFIX + dockerfile)}$"
    command = ["trivy", "fs", *_OPTIONS, "--scanners=misconfig", pattern, _ROOT]
    return rooted(await _report("configuration", run, command)), commented


async def unlooked(tree: Directory) -> str:
    """What Trivy does not look at in the sources, as `unseen` says it."""
    program = Path(unseen.__file__).read_text(encoding="utf-8")
    return await (
        dag.container()
        .from_(images.PYTHON)
        .with_new_file("/unseen.py", program)
        .with_mounted_directory("/tree", tree)
        .with_exec(["python3", "/unseen.py", "/tree"])
        .stdout()
    )


def rooted(report: str) -> str:
    """A report with the paths of the repository."""
    try:
        content = json.loads(report)
        for result in content.get("Results") or []:
            result["Target"] = result["Target"].removeprefix(_PREFIX)
    except (AttributeError, KeyError, TypeError, ValueError):
        return report  # Of which the gate says what it thinks.
    return json.dumps(content)


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


async def _outspoken(tree: Directory) -> tuple[Directory, list[str]]:
    """A tree in which no comment tells Trivy what to ignore, and the files in which one did."""
    find = f"{{ grep -rlE --null '{_COMMENT}' . || true; }} >/found"
    undo = f"xargs -0 --no-run-if-empty sed -Ei 's/{_COMMENT}/\\1.\\2/g' </found"
    run = (
        dag.container()
        .from_(images.PYTHON)
        .with_mounted_directory("/tree", tree)
        .with_workdir("/tree")
        .with_exec(["sh", "-ec", f"{find}; {undo}; tr '\\0' '\\n' </found"])
    )
    files = (await run.stdout()).splitlines()
    return run.directory("/tree"), sorted(each.removeprefix("./") for each in files)


def _with_rules(container: Container) -> Container:
    rules = {"disable-allow-rules": _EXCEPTIONS, "skip-patterns": []}
    return container.with_new_file(_RULES, json.dumps(rules))


def _seen() -> CacheVolume:
    """What this very Trivy saw in layers of images, which it knows by digest and by its rules."""
    return dag.cache_volume(f"seen by {images.TRIVY}")


def _trivy() -> Container:
    return dag.container().from_(images.TRIVY)
