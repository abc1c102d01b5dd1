"""Runs the workflow of GitHub Actions as it is, whole, with act and on this machine.

What others wrote is replaced by the actions beside this file, which record what they are given.
Nothing of the caller's environment gets into a run: a job sees the secrets and variables of its
event, and no other.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from local.tools.catalogue import ACT, DAGGER
from tests.workflow.calls import load

FILE = ".github/workflows/pipeline.yml"
ACTIONS = Path(__file__).parent / "actions"
NAME = "owner/name"
LIMIT_SECONDS = 600


@dataclass(frozen=True)
class Event:
    """What GitHub starts a run for, and what it gives to it."""

    name: str
    payload: dict[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    variables: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def push(cls, branch: str, commit: str, **given: Mapping[str, str]) -> "Event":
        """A push to a branch."""
        payload = {"ref": f"refs/heads/{branch}", "after": commit, "deleted": False}
        return cls("push", payload, **given)

    @classmethod
    def pull_request(cls, base: str, head: str, **given: Mapping[str, str]) -> "Event":
        """A pull request to a branch, from a repository: another one than ours is a fork."""
        request = {
            "base": {"ref": base, "repo": {"full_name": NAME}},
            "head": {"ref": "change", "repo": {"full_name": head, "fork": head != NAME}},
        }
        return cls("pull_request", {"number": 7, "pull_request": request}, **given)


@dataclass
class Job:
    """What became of a job, and of each of its steps."""

    result: str = ""
    summary: str = ""
    matrix: dict[str, Any] = field(default_factory=dict)
    steps: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    @property
    def log(self) -> str:
        """What its steps printed."""
        return "\n".join(self.said)


@dataclass(frozen=True)
class Run:
    """One run of the workflow: the jobs that ran, and what the actions of others were given."""

    code: int
    jobs: dict[str, Job]
    recorded: Path
    printed: str

    @property
    def results(self) -> dict[str, str]:
        """What became of each job."""
        return {name: job.result for name, job in self.jobs.items()}


def run(event: Event, origin: Path, scratch: Path, number: str, dotenv: str, job: str = "") -> Run:
    """Runs the workflow that `origin` has checked out, or one job of it.

    `dotenv` is what a runner of one's own keeps above its work folder: defaults of `dagger call`.
    """
    recorded, work = scratch / "recorded", scratch / "work"
    for folder in (recorded, work):
        folder.mkdir(parents=True)
    (work / ".env").write_text(dotenv)
    payload, secrets = scratch / "event.json", scratch / "secrets.yml"
    payload.write_text(json.dumps({**event.payload, "repository": {"full_name": NAME}}))
    secrets.touch(mode=0o600)
    secrets.write_text(yaml.safe_dump(dict(event.secrets)))
    words: list[str | Path] = [
        *(ACT.program("act"), event.name, "--json", "--workflows", origin / FILE),
        *("--directory", origin, "--eventpath", payload, "--actor", "owner"),
        *("--platform", "ubuntu-24.04=-self-hosted", "--action-cache-path", work),
        *("--secret-file", secrets, "--env-file", os.devnull, "--no-skip-checkout"),
        *("--no-cache-server", "--action-offline-mode"),
        *("--env", f"GITHUB_REPOSITORY={NAME}", "--env", f"GITHUB_RUN_ID={number}"),
    ]
    for name, value in event.variables.items():
        words += ["--var", f"{name}={value}"]
    for used, folder in replaced().items():
        words += ["--local-repository", f"{used}={folder}"]
    if job:
        words += ["--job", job]
    done = subprocess.run(
        words,
        cwd=scratch,
        env={
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "token-of-its-identity-4711",
            "ACTIONS_ID_TOKEN_REQUEST_URL": "http://127.0.0.1:1/token",
            "DAGGER_NO_NAG": "1",
            "DAGGER_PROGRESS": "plain",  # act gives each step a terminal, where GitHub has none
            "DO_NOT_TRACK": "1",
            "HOME": str(Path.home()),
            "NO_COLOR": "1",
            "ORIGIN": origin.as_uri(),
            "PATH": f"{DAGGER.home}:/usr/local/bin:/usr/bin:/bin",
            "RECORDED": str(recorded),
            "XDG_CONFIG_HOME": str(scratch / "config"),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )
    return Run(done.returncode, jobs(done.stdout), recorded, done.stdout)


def replaced() -> dict[str, Path]:
    """The actions of others at their commits, each with the folder that takes its place."""
    uses = [
        str(step["uses"])
        for job in load(FILE)["jobs"].values()
        for step in job["steps"]
        if "uses" in step
    ]
    found = {}
    for used in uses:
        path, _, commit = used.partition("@")
        owner, name, *_ = path.split("/")
        found[f"{owner}/{name}@{commit}"] = ACTIONS / name
    return found


def jobs(printed: str) -> dict[str, Job]:
    """What act's log says of each job that ran, step by step."""
    found: dict[str, Job] = {}
    for line in printed.splitlines():
        if not line.startswith("{"):
            continue
        entry = json.loads(line)
        if "jobID" not in entry:
            continue
        job = found.setdefault(entry["jobID"], Job(matrix=entry.get("matrix") or {}))
        if "jobResult" in entry:
            job.result = entry["jobResult"]
        if entry.get("stage") == "Main" and "stepResult" in entry and len(entry["stepID"]) == 1:
            job.steps[entry["step"]] = entry["stepResult"]
        if entry.get("command") == "summary":
            job.summary += entry["content"]
        if entry.get("raw_output"):
            job.said.append(entry["msg"].rstrip("\n"))
    return found
