"""The workflow of GitHub Actions: when it does what, with which rights."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ci.records.report import Format, Report
from tests.project import ENVIRONMENTS
from tests.workflow.calls import REPOSITORY, Call, calls, load, variables, verbs

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
    """Every check of the pipeline is made by one call, and the scan; nothing is deployed."""
    assert TRIGGERS["pull_request"] is None
    assert "pull_request_target" not in TRIGGERS
    assert step("check", "Check")["run"] == "dagger check --no-generate"
    called = {
        job: [call.verb for each in JOBS[job]["steps"] for call in calls(each.get("run", ""))]
        for job in JOBS
        if job not in ("deploy", "attest")
    }
    assert called == {"check": [], "plan": ["plan"], "scan": ["scan-reports", "scan"]}


def test_plan_of_a_pull_request() -> None:
    """It is of a merge into a branch that feeds an environment."""
    [branches] = re.findall(r"fromJSON\('(.+?)'\), github\.base_ref", JOBS["plan"]["if"])
    assert json.loads(branches) == [each.branch for each in ENVIRONMENTS.values()]
    assert step("plan", "Plan")["env"]["BRANCH"] == "${{ github.base_ref }}"


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
        ("plan", {"contents": "read"}),
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
    """Only the job that an environment protects sees any, but for what tries plans out."""
    used = {name: set(re.findall(r"secrets\.(\w+)", str(job))) for name, job in JOBS.items()}
    assert used["plan"] == {"PLAN_KUBECONFIG"}
    assert used["deploy"]
    assert not any(secrets for name, secrets in used.items() if name not in ("plan", "deploy"))


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
    assert not re.search(r'(?<!")\$[\w@]', step["run"])


@pytest.mark.parametrize("job", CALLING)
def test_dagger_is_the_one_of_the_repository(job: str) -> None:
    """Each job installs it in the same way, before it calls anything."""
    first, second = JOBS[job]["steps"][:2]
    assert first["uses"].startswith("actions/checkout@")
    assert second["run"] == '.ci/install-dagger "$HOME/.local/bin"'


@pytest.mark.parametrize("job", CALLING)
def test_credentials_of_the_checkout(job: str) -> None:
    """They are not left in .git, which the pipeline reads."""
    assert step(job, "Check out")["with"]["persist-credentials"] is False


def test_commit_that_is_older_than_the_one_that_runs() -> None:
    """The whole history is checked out, so that the pipeline can tell."""
    assert step("deploy", "Check out")["with"]["fetch-depth"] == 0


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.verb)
def test_call_is_one_of_the_pipeline(call: Call) -> None:
    """The verb exists, takes every argument that is given, and gets every one that it needs."""
    verb = verbs()[call.verb]
    assert set(call.arguments) <= verb.arguments
    assert set(call.arguments) >= verb.required


def test_deploy_is_one_call() -> None:
    """All it does is done by the pipeline, for the branch that was pushed."""
    deploy = step("deploy", "Deploy")
    assert deploy["run"].count("dagger ") == 1
    assert deploy["env"]["BRANCH"] == "${{ github.ref_name }}"


@pytest.mark.parametrize(
    ("variable", "setting", "default"),
    [
        ("REGISTRY", "vars.REGISTRY", "format('ghcr.io/{0}', github.repository)"),
        ("USERNAME", "vars.REGISTRY_USERNAME", "github.actor"),
        ("TOKEN", "secrets.REGISTRY_TOKEN", "secrets.GITHUB_TOKEN"),
    ],
)
def test_registry(variable: str, setting: str, default: str) -> None:
    """It is GHCR with the job's own token, unless the repository names another one."""
    given = step("deploy", "Deploy")["env"][variable]
    assert given == f"${{{{ {setting} || {default} }}}}"


def test_signer() -> None:
    """Exactly one signs, and exactly one is believed: a key, or this workflow without one."""
    by_key, keyless = (
        {each for each in call.arguments if each.startswith(("sign", "oidc", "verify"))}
        for call in calls(step("deploy", "Deploy")["run"])
    )
    assert by_key == {"sign-key", "sign-password", "verify-key"}
    assert keyless == {"oidc-url", "oidc-token", "verify-identity"}


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
    assert '>> "$GITHUB_STEP_SUMMARY"' in report["run"]
    assert "if" not in step("deploy", "Name the image")
    assert JOBS["attest"]["needs"] == "deploy"
    assert "if" not in JOBS["attest"]


def test_image_that_was_deployed(tmp_path: Path) -> None:
    """Its names are read from what the call gave, so that nothing else can be signed."""
    digest = f"sha256:{'a' * 64}"
    report = Report(environment="stage", image=f"ghcr.io/owner/name@{digest}", revision="b" * 40)
    (tmp_path / "deployed.json").write_text(report.show(Format.json))
    environment = {"RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(tmp_path / "output")}

    subprocess.run(
        ["bash", "-e", "-c", step("deploy", "Name the image")["run"]],
        check=True,
        env={**os.environ, **environment},
    )

    assert (tmp_path / "output").read_text() == f"digest={digest}\nname=ghcr.io/owner/name\n"
    assert '--format json "$@" > "$RUNNER_TEMP/deployed.json"' in step("deploy", "Deploy")["run"]


def test_signature() -> None:
    """It is of what was deployed, by digest, and the job that makes it runs nothing of ours."""
    (signed,) = JOBS["attest"]["steps"]
    assert signed["with"]["subject-digest"] == "${{ needs.deploy.outputs.digest }}"
    assert signed["with"]["subject-name"] == "${{ needs.deploy.outputs.name }}"
    assert JOBS["deploy"]["outputs"] == {
        "digest": "${{ steps.image.outputs.digest }}",
        "name": "${{ steps.image.outputs.name }}",
    }
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
