"""The scan from end to end: what is found, what is ignored, and what is never taken for clean."""

import json
import os
import re
import signal
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local.host.paths import NODE_ADDRESS, REGISTRY
from tests.e2e import broken, databases, processes, registries, sarif_schema
from tests.e2e.conftest import Result, plain, run

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]

JINJA = "CVE-2020-28493"
REQUESTS = "CVE-2018-18074"
ROLE = "manifests/platform/ci-access/base/role.yaml"
PLAN_ROLE = "manifests/platform/plan-access/base/role.yaml"
ENGINE = "manifests/platform/engine/access.yaml"
METRICS_SERVER = "manifests/platform/metrics-server/base/deployment.yaml"
MONITORING = {
    f"manifests/platform/monitoring/base/{n}.yaml" for n in ("alertmanager", "prometheus")
}
IGNORED = {
    *((rule, ROLE) for rule in ("KSV-0048", "KSV-0056", "KSV-0113")),
    *((rule, PLAN_ROLE) for rule in ("KSV-0048", "KSV-0056")),
    *((rule, file) for rule in ("KSV-0011", "KSV-0125") for file in {METRICS_SERVER, *MONITORING}),
    ("KSV-0110", METRICS_SERVER),
    ("KSV-0053", ENGINE),
    ("CVE-2026-24049", "local/tools/base-requirements.txt"),
}
OURS = 16
"""Findings in the repository's own files that are ignored; one rule finds two in each Role."""
CLEAN = rf"Scan: 0 that block, \d+ without a fix, {OURS} ignored\."
"""What is found in the repository itself: no version corrects some of what the base image has."""
ZLIB = "CVE-2023-45853"
# In pieces, so that no scan of this repository finds it.
AWS_KEY = "AKIA" + "IOSFODNN7ABCDEFG"
PRIVILEGED_POD = """
apiVersion: v1
kind: Pod
metadata:
  name: planted
  namespace: dev
spec:
  containers:
    - name: planted
      image: planted:1.0
      securityContext:
        privileged: true
"""
PRIVILEGED = {
    "op": "add",
    "path": "/spec/template/spec/containers/0/securityContext/privileged",
    "value": True,
}


@pytest.fixture
def vulnerable(checkout: Path) -> Path:
    """A checkout with an old jinja2 in its image and an old requests in a lock file."""
    dockerfile = checkout / "Dockerfile"
    install = "RUN /pip/bin/pip --python /venv/bin/python install --no-deps jinja2==2.11.2\n"
    next_stage = "\nFROM base AS application\n"
    assert next_stage in dockerfile.read_text()
    dockerfile.write_text(dockerfile.read_text().replace(next_stage, install + next_stage))
    (checkout / "tools").mkdir()
    (checkout / "tools" / "requirements.lock").write_text("requests==2.19.0\n")
    return checkout


def ignore(checkout: Path, **packages: date) -> None:
    """Ignores what is found in these packages as well, each until a day."""
    found = {"jinja2": JINJA, "requests": REQUESTS}
    entries = [
        f"- {{id: {found[package]}, package: {package}, reason: Not called., expires: {day}}}\n"
        for package, day in packages.items()
    ]
    with (checkout / "ci" / "ignores.yaml").open("a") as file:
        file.writelines(entries)


def blocked(result: Result, *words: str) -> None:
    """The call failed with a sentence that has these words, and without a traceback."""
    assert result.code != 0, result.stdout
    missing = [word for word in ("The scan is blocked: ", *words) if word not in result.error]
    assert not missing, f"{missing} not in: {result.error}"
    assert "Traceback" not in result.printed


def passed(result: Result, *words: str) -> None:
    """The call succeeded with a summary that has these words, or matches them."""
    assert result.code == 0, result.error
    missing = [word for word in words if not re.search(word, result.stdout)]
    assert not missing, f"{missing} not in: {result.stdout}"


@pytest.fixture
def exported(call: Call, tmp_path: Path) -> Callable[[Path], dict[str, Any]]:
    """Exports the reports on a checkout: what each file holds, parsed where it is JSON."""

    def export(checkout: Path) -> dict[str, Any]:
        folder = tmp_path / "reports"
        result = call("scan-reports", "export", "--path", folder, cwd=checkout)
        assert result.code == 0, result.error
        texts = {file.name: file.read_text() for file in folder.iterdir()}
        return {
            name: text if name.endswith(".md") else json.loads(text) for name, text in texts.items()
        }

    return export


def results(log: dict[str, Any]) -> list[dict[str, Any]]:
    """The results of a SARIF file that keeps to the schema."""
    assert sarif_schema.violations(log) == []
    (run,) = log["runs"]
    found: list[dict[str, Any]] = run["results"]
    return found


def fixable(log: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of the results that a version corrects."""
    return [each for each in results(log) if "properties" not in each]


def places(found: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Rule and file of each result."""
    return {
        (each["ruleId"], each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
        for each in found
    }


def trivy_runs(printed: str, option: str = "--format=json") -> int:
    """How often Trivy scanned something, and the engine had no answer from before."""
    told = plain(printed)
    scans = re.findall(rf"^(\d+) .*withExec trivy (?:image|fs) .*{option}", told, re.MULTILINE)
    done = re.findall(r"^(\d+) .*Container\.withExec DONE", told, re.MULTILINE)
    return len(set(scans) & set(done))


@contextmanager
def killing_trivy(marker: str) -> Iterator[list[int]]:
    """Kills every Trivy that looks at sources with this file; gives the processes it killed."""
    killed: list[int] = []

    def look(process: Path) -> None:
        if (process / "comm").read_text() == "trivy\n":
            if (process / "root" / "scanned" / "repository" / marker).exists():
                os.kill(int(process.name), signal.SIGKILL)
                killed.append(int(process.name))

    with processes.watched(look):
        yield killed


class TestOwnSources:
    def test_have_no_findings(
        self, call: Call, checkout: Path, exported: Callable[[Path], dict[str, Any]]
    ) -> None:
        """Nothing is found that is not ignored, and the files that are exported say so."""
        passed(
            call("scan", cwd=checkout),
            CLEAN,
            "allowed by --db-max-age any",
            f"CRITICAL {ZLIB}  zlib1g .*; no fix, will_not_fix",
        )
        files = exported(checkout)
        assert sorted(files) == [
            "filesystem.sarif",
            "image.sarif",
            "report.json",
            "sbom.cdx.json",
            "summary.md",
        ]
        for category in ("image", "filesystem"):
            log = files[f"{category}.sarif"]
            ignored = IGNORED if category == "filesystem" else set()
            assert places(fixable(log)) == ignored
            assert log["runs"][0]["automationDetails"]["id"] == f"{category}/"
        assert {"fastapi", "uvicorn"} <= {
            each["name"] for each in files["sbom.cdx.json"]["components"]
        }
        tagged = files["image.sarif"]["runs"][0]["properties"]["withoutAFix"]
        assert tagged == len(results(files["image.sarif"])) > 0
        assert files["report.json"]["blocked"] is False
        found = files["report.json"]["findings"]
        assert {each["outcome"] for each in found} == {"without a fix"}
        assert files["summary.md"].startswith("### Scan: passed, 0 that block, ")
        assert f"| CRITICAL | {ZLIB} |" in files["summary.md"]

    def test_are_scanned_once_for_both_verbs(
        self, call: Call, checkout: Path, tmp_path: Path
    ) -> None:
        """What `scan` had Trivy find, `scan-reports` converts."""
        (checkout / "unique").write_text(str(uuid.uuid4()))
        first = call("scan", cwd=checkout)
        second = call("scan-reports", "export", "--path", tmp_path / "r", cwd=checkout)
        assert (first.code, second.code) == (0, 0), second.error
        ran = [trivy_runs(each.stderr) for each in (first, second)]
        assert ran[0] >= 2
        assert ran[1] == 0

    def test_of_which_only_the_program_changed(self, call: Call, checkout: Path) -> None:
        """What they configure is not looked at again."""
        (checkout / "tests" / "unique.py").write_text(f'"""{uuid.uuid4()}"""\n')
        assert call("scan", cwd=checkout).code == 0
        (checkout / "tests" / "unique.py").write_text(f'"""{uuid.uuid4()}"""\n')
        again = call("scan", cwd=checkout)
        assert trivy_runs(again.stderr, "--scanners=vuln,secret") >= 1
        assert trivy_runs(again.stderr, "--scanners=misconfig") == 0


class TestVulnerabilities:
    def test_found_in_an_image_and_in_a_lock_file(
        self, call: Call, vulnerable: Path, exported: Callable[[Path], dict[str, Any]]
    ) -> None:
        """They block by name, and the reports that are exported all the same are valid."""
        blocked(call("scan", cwd=vulnerable), "2 HIGH found", JINJA, REQUESTS)
        files = exported(vulnerable)
        image, sources = fixable(files["image.sarif"]), fixable(files["filesystem.sarif"])
        assert places(image) == {(JINJA, "Dockerfile")}
        assert places(sources) == IGNORED | {(REQUESTS, "tools/requirements.lock")}
        assert all(each["partialFingerprints"] for each in image + sources)
        blocking = [e for e in files["report.json"]["findings"] if e["outcome"] == "blocks"]
        assert {each["id"] for each in blocking} == {JINJA, REQUESTS}
        assert "### Scan: blocked, 2 that block (2 high)" in files["summary.md"]

    def test_stop_a_deploy(self, call: Call, vulnerable: Path) -> None:
        """Nothing is pushed or applied, and the reason is the scan's."""
        result = call("deploy", "--env", "dev", cwd=vulnerable)
        blocked(result, "2 HIGH found", JINJA, REQUESTS)
        assert "withExec kubectl apply" not in plain(result.stderr)
        assert "Container.publish" not in plain(result.stderr)

    @pytest.mark.soak
    def test_that_are_ignored(self, call: Call, vulnerable: Path) -> None:
        """They pass until the day that the entry names, and are shown with the reason."""
        ignore(vulnerable, jinja2=date(2099, 1, 1), requests=date(2099, 1, 1))
        passed(
            call("scan", cwd=vulnerable),
            rf"Scan: 0 that block, \d+ without a fix, {OURS + 2} ignored",
            "Not called.",
            "2099-01-01",
        )

    @pytest.mark.soak
    def test_whose_ignore_expired(self, call: Call, vulnerable: Path) -> None:
        """They count again from the day after, and the entry is named."""
        yesterday = datetime.now(UTC).date() - timedelta(days=1)
        ignore(vulnerable, jinja2=date(2099, 1, 1), requests=yesterday)
        blocked(
            call("scan", cwd=vulnerable),
            "1 HIGH found",
            f"The ignore of {REQUESTS} in requests expired on {yesterday}",
            f"{OURS + 1} ignored",
        )

    def test_that_need_not_block(self, call: Call, vulnerable: Path) -> None:
        """With `--fail-on none` they are shown and pass."""
        passed(
            call("scan", "--fail-on", "none", cwd=vulnerable),
            rf"Scan: 0 that block, 2 high, \d+ without a fix, {OURS} ignored\.",
            JINJA,
            REQUESTS,
        )

    def test_that_trivy_was_told_to_ignore(self, call: Call, vulnerable: Path) -> None:
        """Ignore files of Trivy's own, which know neither reason nor day, have no say."""
        (vulnerable / ".trivyignore").write_text(f"{JINJA}\n{REQUESTS}\n")
        (vulnerable / "trivy.yaml").write_text("severity: [LOW]\n")
        blocked(call("scan", cwd=vulnerable), "2 HIGH found")


class TestUnfixed:
    def test_that_block(self, call: Call) -> None:
        """A team with a stricter rule is told how many of what blocks have no fix."""
        blocked(call("scan", "--unfixed", "block"), "CRITICAL", "of them without a fix", ZLIB)


class TestBlindSpots:
    @pytest.mark.soak
    def test_of_trivy(self, call: Call, checkout: Path) -> None:
        """Keys are found wherever git tracks them, and comments hide nothing."""
        hidden = [
            "service/app/testing.py",
            "dev/keys.py",
            "docs/examples/vendor/keys.md",
            "trivy-secret.yaml",
            ".env",
            "infra/terraform.tfstate",
        ]
        for name in hidden:
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            with (checkout / name).open("a") as file:
                file.write(f"\nKEY={AWS_KEY}\n")
        (checkout / "requirements-dev.txt").write_text("requests==2.19.0\nflask>=1\n")
        (checkout / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
        pod = PRIVILEGED_POD.replace("apiVersion", "# trivy:ignore:KSV-0017\napiVersion", 1)
        (checkout / "manifests" / "base" / "planted.yaml").write_text(pod)
        git = ("git", "-C", checkout, "-c", "user.name=a", "-c", "user.email=a@b")
        for command in (("add", "--force", *hidden), ("commit", "--quiet", "-m", "hidden")):
            done = run(*git, *command)
            assert done.code == 0, done.printed
        result = call("scan", cwd=checkout)
        blocked(
            result,
            *(f"aws-access-key-id  {name}" for name in hidden),
            "aws-access-key-id  /srv/app/testing.py",
            f"{REQUESTS}  requests 2.19.0 in requirements-dev.txt",
            "KSV-0017  manifests/base/planted.yaml",
            "Comments that tell Trivy what to ignore have no say, in manifests/base/planted.yaml",
            "Not looked at for secrets, for it is binary: logo.png.",
            "requirements-dev.txt (flask)",
        )
        assert AWS_KEY not in result.printed

    @pytest.mark.soak
    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ("rm -rf /system/var/lib/dpkg", "names none of its packages"),
            ("echo 10.13 >/system/etc/debian_version", "debian 10.13, which is past its end"),
            ("rm /system/etc/debian_version /system/etc/os-release", "no operating system"),
        ],
    )
    def test_of_the_image(self, call: Call, checkout: Path, change: str, why: str) -> None:
        """A system in which nothing can be found blocks, or is the first that is told."""
        dockerfile = checkout / "Dockerfile"
        before = "    && find /system -newer"
        assert before in dockerfile.read_text()
        dockerfile.write_text(
            dockerfile.read_text().replace(before, f"    && {change} \\\n{before}")
        )
        blocked(call("scan", cwd=checkout), why, "--unsupported-system report")
        if "10.13" not in change:  # Of which the stack's database does not know anything either.
            told = call("scan", "--unsupported-system", "report", cwd=checkout)
            assert why in told.stdout.splitlines()[0], told.error

    @pytest.mark.soak
    def test_dockerfile_by_a_name_of_its_own(self, call: Call, checkout: Path) -> None:
        """It is looked at as one, whatever the table says that it is called."""
        dockerfile = (checkout / "Dockerfile").rename(checkout / "service[1].md")
        dockerfile.write_text(f"{dockerfile.read_text()}USER root\n")
        table = checkout / "pyproject.toml"
        named = table.read_text().replace(
            "[tool.ci]\n", '[tool.ci]\ndockerfile = "service[1].md"\n'
        )
        table.write_text(named)
        blocked(call("scan", cwd=checkout), "DS-0002", "service[1].md")


class TestIgnoreFile:
    @pytest.mark.soak
    def test_with_an_entry_without_a_reason(self, call: Call, checkout: Path) -> None:
        """It blocks, whatever is found."""
        file = checkout / "ci" / "ignores.yaml"
        file.write_text(f"- {{id: {JINJA}, expires: 2099-01-01}}\n")
        blocked(
            call("scan", "--fail-on", "none", cwd=checkout),
            f"Entry 1 of ci/ignores.yaml ({JINJA}) has no reason.",
        )

    def test_that_is_not_there(self, call: Call) -> None:
        """It is named, for it may be a slip of the pen."""
        result = call("scan", "--ignore-file", "ci/ignore.yaml")
        assert result.code != 0
        assert "--ignore-file ci/ignore.yaml is not a file of the repository" in result.error


class TestSources:
    def test_with_a_key(
        self, call: Call, checkout: Path, exported: Callable[[Path], dict[str, Any]]
    ) -> None:
        """A key of AWS is found where it lies and in the image it got into, and shown nowhere."""
        (checkout / "service" / "app" / "keys.py").write_text(f'KEY = "{AWS_KEY}"\n')
        result = call("scan", cwd=checkout)
        blocked(result, "2 CRITICAL found", "service/app/keys.py", "srv/app/keys.py")
        assert AWS_KEY not in result.printed
        files = exported(checkout)
        found = fixable(files["filesystem.sarif"])
        assert places(found) == IGNORED | {("aws-access-key-id", "service/app/keys.py")}
        assert AWS_KEY not in json.dumps(files)

    def test_with_a_privileged_pod(self, call: Call, checkout: Path) -> None:
        """It is found, whether anything refers to its manifest or not, in a folder of any name."""
        (checkout / "manifests" / "base.md").mkdir()
        (checkout / "manifests" / "base.md" / "planted.yaml").write_text(PRIVILEGED_POD)
        found = ("HIGH found", "KSV-0017", "manifests/base.md/planted.yaml")
        blocked(call("scan", cwd=checkout), *found)

    @pytest.mark.soak
    def test_with_a_patch_that_makes_pods_privileged(
        self, call: Call, checkout: Path, exported: Callable[[Path], dict[str, Any]]
    ) -> None:
        """It is found in the overlay, which no file of its own shows."""
        broken.patch_deployment(checkout, "prod", PRIVILEGED)
        place = "manifests/overlays/prod/kustomization.yaml"
        blocked(call("scan", cwd=checkout), "HIGH found", "KSV-0017", place)
        found = results(exported(checkout)["filesystem.sarif"])
        assert ("KSV-0017", place) in places(found)

    def test_with_an_overlay_that_does_not_render(self, call: Call, checkout: Path) -> None:
        """What cannot be looked at is not taken for clean."""
        overlay = checkout / "manifests" / "overlays" / "dev" / "kustomization.yaml"
        overlay.write_text(overlay.read_text().replace("../../base", "../../bass"))
        blocked(call("scan", cwd=checkout), "manifests/overlays/dev does not render")


class TestDatabase:
    def test_older_than_allowed(self, call: Call) -> None:
        """The stack's own, of 2021, blocks where its age is not allowed."""
        blocked(call("scan", "--db-max-age", "48h"), "old, more than 2d")

    def test_whose_registry_is_down(self, call: Call) -> None:
        """It is named."""
        down = f"{NODE_ADDRESS}:5999/trivy-db:2"
        blocked(call("scan", "--db-repository", down), "cannot fetch", down)

    def test_that_is_none(self, call: Call) -> None:
        """An image in its place is refused."""
        other = f"{REGISTRY}/library/python:3.11-slim-bookworm"
        blocked(call("scan", "--db-repository", other), "cannot fetch", other)

    @pytest.mark.parametrize(
        ("write", "why"),
        [
            (databases.garbage, "Trivy did not come to its end"),
            (databases.empty, f"does not know {JINJA} in jinja2==2.11.2"),
            (databases.without_debian, "does not know CVE-2014-0160 in openssl 0.9.8 of debian 12"),
        ],
    )
    def test_that_holds_nothing(
        self, call: Call, tmp_path: Path, write: Callable[[Path], None], why: str
    ) -> None:
        """However new it is, what is found with it is not taken for all there is."""
        folder = tmp_path / "database"
        folder.mkdir()
        write(folder)
        with registries.running(tmp_path) as repository:
            # A name of its own: the engine remembers for an hour what it fetched from one.
            reference = databases.push(folder, f"{repository}/{write.__name__}")
            strict = ("--db-max-age", "48h", "--fail-on", "none")
            blocked(call("scan", "--db-repository", reference, *strict), why)


class TestTrivy:
    @pytest.mark.soak
    def test_that_is_killed(self, call: Call, checkout: Path) -> None:
        """It blocks, and is asked again at the next call."""
        marker = f"marker-{uuid.uuid4()}"
        (checkout / marker).touch()
        with killing_trivy(marker) as killed:
            blocked(call("scan", cwd=checkout), "Trivy did not come to its end on the")
        assert killed
        passed(call("scan", cwd=checkout), CLEAN)
