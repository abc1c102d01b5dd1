"""The same wrapper for GitLab CI."""

import re

import pytest

from tests.project import ENVIRONMENTS
from tests.workflow.calls import Call, calls, load, verbs

PIPELINE = load("docs/gitlab-ci.yml")
KEYWORDS = {"default", "workflow"}
JOBS = {
    name: job for name, job in PIPELINE.items() if name not in KEYWORDS and not name.startswith(".")
}


def called(keyword: str, job: str) -> list[Call]:
    """What a job calls under one of its keywords."""
    scripts = JOBS[job].get(keyword, [])
    return [
        each
        for script in ([scripts] if isinstance(scripts, str) else scripts)
        for each in calls(script)
    ]


CALLS = [call for job in JOBS for key in ("script", "after_script") for call in called(key, job)]


def test_environment_of_each_branch() -> None:
    """It is the one that the pipeline itself chooses; a merge request has none."""
    table = {}
    for rule in PIPELINE["workflow"]["rules"]:
        if branch := re.fullmatch(r'\$CI_COMMIT_BRANCH == "(.+)"', rule["if"]):
            table[branch[1]] = rule["variables"]["ENVIRONMENT"]

    assert table == {each.branch: each.name for each in ENVIRONMENTS.values()}
    assert JOBS["deploy"]["rules"] == [{"if": "$ENVIRONMENT"}]


def test_two_pushes_to_a_branch() -> None:
    """They deploy one after the other, and neither ends the other half-way."""
    assert JOBS["deploy"]["resource_group"] == "$ENVIRONMENT"
    assert JOBS["deploy"]["interruptible"] is False


@pytest.mark.parametrize(
    ("job", "expected"),
    [
        ("plan", ["plan"]),
        ("scan", ["scan-reports", "scan"]),
        ("deploy", ["deploy"]),
    ],
)
def test_job_calls_the_pipeline(job: str, expected: list[str]) -> None:
    """The gate comes after the reports, so that they are there when it blocks."""
    assert [call.verb for call in called("script", job)] == expected


def test_merge_request() -> None:
    """Every check of the pipeline is made by one call, and nothing is deployed."""
    jobs = {name for name, job in JOBS.items() if "merge_request_event" in str(job.get("rules"))}
    assert jobs == {"check", "plan"}
    assert JOBS["check"]["script"] == "dagger check --no-generate"


def test_plan() -> None:
    """It is of a merge into a branch that feeds an environment, where there are credentials."""
    [rule] = JOBS["plan"]["rules"]
    assert " && $PLAN_KUBECONFIG && " in rule["if"]
    [branches] = re.findall(r"=~ /\^\((.+)\)\$/", rule["if"])
    assert branches.split("|") == [each.branch for each in ENVIRONMENTS.values()]


def test_commit_that_is_older_than_the_one_that_runs() -> None:
    """The whole history is checked out, so that the pipeline can tell."""
    assert JOBS["deploy"]["variables"] == {"GIT_DEPTH": 0}


def test_deploy_that_fails() -> None:
    """It is reported all the same, and no release of another job is."""
    assert [call.verb for call in called("after_script", "deploy")] == ["report"]
    [reported] = JOBS["deploy"]["after_script"]
    assert reported.endswith(' --run "$CI_JOB_URL"')
    assert JOBS["deploy"]["script"].endswith(' --run "$CI_JOB_URL"')


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.verb)
def test_call_is_one_of_the_pipeline(call: Call) -> None:
    """The verb exists, takes every argument that is given, and gets every one that it needs."""
    verb = verbs()[call.verb]
    assert set(call.arguments) <= verb.arguments
    assert set(call.arguments) >= verb.required
