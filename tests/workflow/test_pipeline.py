"""The workflow of GitHub Actions: when it does what, with which rights."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ci.environments import ENVIRONMENTS
from ci.report import Report
from tests.workflow.calls import REPOSITORY, Call, calls, checks, load, variables, verbs

FILE = ".github/workflows/pipeline.yml"
WORKFLOW = load(FILE)
JOBS: dict[str, Any] = WORKFLOW["jobs"]
STEPS = [(job, step) for job, each in JOBS.items() for step in each["steps"]]
RUNS = [step for _, step in STEPS if "run" in step]
USES = [step for _, step in STEPS if "uses" in step]
CALLS = [call for step in RUNS for call in calls(step["run"])]
TRIGGERS = WORKFLOW[True]  # YAML reads `on` as a boolean
OF_THE_RUNNER = {
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "GITHUB_OUTPUT",
    "GITHUB_STEP_SUMMARY",
    "HOME",
    "RUNNER_TEMP",
}
CALLING = [job for job in JOBS if job != "attest"]


def named(step: dict[str, Any]) -> str:
    return str(step["name"])


def step(job: str, name: str) -> dict[str, Any]:
    """The one step of that name in a job."""
    (found,) = [each for each in JOBS[job]["steps"] if each["name"] == name]
    return dict(found)


def positions(job: str, *names: str) -> list[int]:
    """Where steps stand in a job."""
    order = [each["name"] for each in JOBS[job]["steps"]]
    return [order.index(name) for name in names]


def test_branches_that_deploy() -> None:
    """Each that feeds an environment, and no other."""
    assert TRIGGERS["push"]["branches"] == [each.branch for each in ENVIRONMENTS.values()]
    assert JOBS["deploy"]["if"] == "github.event_name == 'push'"


def test_environment_of_each_branch() -> None:
    """It is the one that the pipeline itself chooses, so its protection rules hold."""
    (chosen,) = JOBS["deploy"]["strategy"]["matrix"]["environment"]

    table = dict(re.findall(r"github\.ref_name == '([^']+)' && '([^']+)'", chosen))

    assert table == {each.branch: each.name for each in ENVIRONMENTS.values()}
    assert JOBS["deploy"]["environment"] == "${{ matrix.environment }}"


def test_pull_request() -> None:
    """Every check of the pipeline is called, and the scan; nothing is deployed."""
    assert TRIGGERS["pull_request"] is None
    assert "pull_request_target" not in TRIGGERS
    called = {
        job: [call.verb for each in JOBS[job]["steps"] for call in calls(each.get("run", ""))]
        for job in JOBS
        if job not in ("deploy", "attest")
    }
    assert set(called["check"]) == checks()
    assert called == {"check": called["check"], "scan": ["scan-reports", "scan"]}


def test_check_that_fails() -> None:
    """The others are called all the same, so that one run tells of everything."""
    _, *others = [each for each in JOBS["check"]["steps"] if list(calls(each.get("run", "")))]
    assert {each["if"] for each in others} == {"${{ !cancelled() }}"}


def test_two_pushes_to_a_branch() -> None:
    """They deploy one after the other, and neither ends the other half-way."""
    assert JOBS["deploy"]["concurrency"] == {
        "group": "deploy-${{ matrix.environment }}",
        "cancel-in-progress": False,
    }


def test_two_pushes_to_a_pull_request() -> None:
    """The newer run ends the older; a push to a branch is a group of its own."""
    group = WORKFLOW["concurrency"]["group"]
    assert "github.event.pull_request.number || github.run_id" in group
    assert WORKFLOW["concurrency"]["cancel-in-progress"] == (
        "${{ github.event_name == 'pull_request' }}"
    )


@pytest.mark.parametrize(
    ("job", "permissions"),
    [
        ("check", {"contents": "read"}),
        ("scan", {"actions": "read", "contents": "read", "security-events": "write"}),
        ("deploy", {"contents": "read", "id-token": "write", "packages": "write"}),
        ("attest", {"attestations": "write", "id-token": "write"}),
    ],
)
def test_permissions(job: str, permissions: dict[str, str]) -> None:
    """A job may what it does, and no more."""
    assert JOBS[job]["permissions"] == permissions


def test_permissions_of_a_job_that_names_none() -> None:
    """There is no such job, and it could do nothing."""
    assert WORKFLOW["permissions"] == {}
    assert all("permissions" in job for job in JOBS.values())


def test_secrets() -> None:
    """Only the job that an environment protects sees any."""
    assert "secrets." in str(JOBS["deploy"])
    assert "secrets." not in str([JOBS[name] for name in JOBS if name != "deploy"])


@pytest.mark.parametrize("step", USES, ids=named)
def test_actions_are_pinned_by_commit(step: dict[str, Any]) -> None:
    """A tag can be moved to other code; the version is a comment for the reader."""
    assert re.fullmatch(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}", step["uses"])
    line = rf"uses: {re.escape(step['uses'])} # v\d+\.\d+\.\d+\n"
    assert re.search(line, (REPOSITORY / FILE).read_text())


@pytest.mark.parametrize("step", RUNS, ids=named)
def test_nothing_is_spliced_into_a_shell(step: dict[str, Any]) -> None:
    """Values are environment variables, quoted where the shell reads them, and all are given."""
    assert "${{" not in step["run"]
    assert variables(step["run"]) - OF_THE_RUNNER == set(step.get("env", {}))
    assert not re.search(r'(?<!")\$\w', step["run"])


@pytest.mark.parametrize("job", CALLING)
def test_dagger_is_the_one_of_the_repository(job: str) -> None:
    """Each job installs it in the same way, before it calls anything."""
    first, second = JOBS[job]["steps"][:2]
    assert first["uses"].startswith("actions/checkout@")
    assert second["run"] == '.ci/install-dagger "$HOME/.local/bin"'


@pytest.mark.parametrize("job", CALLING)
def test_credentials_of_the_checkout(job: str) -> None:
    """They are not left in .git, which the pipeline reads."""
    assert step(job, "Check out")["with"] == {"persist-credentials": False}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.verb)
def test_call_is_one_of_the_pipeline(call: Call) -> None:
    """The verb exists, takes every argument that is given, and gets every one that it needs."""
    verb = verbs()[call.verb]
    assert set(call.arguments) <= verb.arguments
    assert set(call.arguments) >= verb.required


def test_deploy_is_one_call() -> None:
    """All it does is done by the pipeline, for the branch that was pushed."""
    deploy = step("deploy", "Deploy")
    assert len(deploy["run"].splitlines()) == 1
    assert deploy["env"]["BRANCH"] == "${{ github.ref_name }}"
    assert deploy["env"]["REGISTRY"] == "ghcr.io/${{ github.repository }}"
    assert deploy["env"]["TOKEN"] == "${{ secrets.GITHUB_TOKEN }}"


def test_report() -> None:
    """It is of the release that this very attempt has made: no other's success is shown."""
    deploy, report = step("deploy", "Deploy"), step("deploy", "Report")
    assert deploy["env"]["RUN"] == report["env"]["RUN"]
    assert {"github.run_id", "github.run_attempt"} <= set(
        re.findall(r"\$\{\{ (\S+) \}\}", report["env"]["RUN"])
    )
    assert all(' --run "$RUN" ' in each["run"] for each in (deploy, report))


def test_deploy_that_fails() -> None:
    """Its report is the job's summary all the same; its image is not signed."""
    report = step("deploy", "Report")
    assert report["if"] == "always()"
    assert report["run"].endswith('>> "$GITHUB_STEP_SUMMARY"')
    assert "if" not in step("deploy", "Name the image")
    assert JOBS["attest"]["needs"] == "deploy"
    assert "if" not in JOBS["attest"]


def test_image_that_was_deployed(tmp_path: Path) -> None:
    """Its digest is read from what the call printed, so that nothing else can be signed."""
    digest = f"sha256:{'a' * 64}"
    report = Report(
        environment="stage",
        image=f"ghcr.io/owner/name@{digest}",
        revision="b" * 40,
        previous="a" * 40,
        url="http://stage.fastapi.local/",
        pods="2 of 2 ready",
        checks=(),
        seconds={},
        total=12.5,
    )
    (tmp_path / "deployed").write_text(report.to_text())
    environment = {"RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(tmp_path / "output")}

    subprocess.run(
        ["bash", "-e", "-c", step("deploy", "Name the image")["run"]],
        check=True,
        env={**os.environ, **environment},
    )

    assert (tmp_path / "output").read_text() == f"digest={digest}\n"
    assert step("deploy", "Deploy")["run"].endswith('| tee "$RUNNER_TEMP/deployed"')
    assert step("deploy", "Deploy")["shell"] == "bash"


def test_signature() -> None:
    """It is of what was deployed, by digest, and the job that makes it runs nothing of ours."""
    (signed,) = JOBS["attest"]["steps"]
    assert signed["with"]["subject-digest"] == "${{ needs.deploy.outputs.digest }}"
    assert JOBS["deploy"]["outputs"] == {"digest": "${{ steps.image.outputs.digest }}"}
    assert "uses" in signed


@pytest.mark.parametrize("of", ["image", "sources"])
def test_scan_that_the_gate_blocks(of: str) -> None:
    """What was found is uploaded before the gate decides."""
    exported, uploaded, decided = positions(
        "scan", "Export the reports", f"Upload what was found in the {of}", "Gate"
    )
    assert exported < uploaded < decided


def test_image_and_sources_are_categories() -> None:
    """Neither upload takes the place of the other."""
    uploads = [each["with"] for each in USES if "upload-sarif@" in each["uses"]]
    assert uploads == [
        {"sarif_file": "reports/image.sarif", "category": "image"},
        {"sarif_file": "reports/filesystem.sarif", "category": "filesystem"},
    ]
