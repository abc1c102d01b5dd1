"""The workflow of GitHub Actions: its own lint, and its scripts, run on the stack as they are.

Left out are the actions of others and the download of Dagger, which is on the stack already.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from local.paths import KUBECONFIG, REGISTRY, REPOSITORY
from local.toolchain.catalogue import ACTIONLINT, DAGGER
from tests.e2e.conftest import Result, plain, run
from tests.workflow.calls import load

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("stack")]

Kubectl = Callable[..., Any]
Step = dict[str, Any]

FILE = ".github/workflows/pipeline.yml"
TOKEN = "token-of-the-job-4711"
OIDC_TOKEN = "token-of-its-identity-4711"
ISSUER = "http://127.0.0.1:1/token"
KEYLESS = re.compile(r" --(?:oidc-url|oidc-token|verify-identity) \S+")
EXPRESSION = re.compile(r"\$\{\{ (\S+) \}\}")
SHELLS = {None: ["bash", "-e"], "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"]}


def steps(job: str) -> dict[str, Step]:
    """The scripts of a job, by their names."""
    found = {each["name"]: each for each in load(FILE)["jobs"][job]["steps"] if "run" in each}
    del found["Install Dagger"]
    return found


def with_the_key_of_env(step: Step) -> Step:
    """The step without what only GitHub can vouch for."""
    script, taken_out = KEYLESS.subn("", step["run"])
    assert taken_out == 3
    return {**step, "run": script}


@dataclass(frozen=True)
class Runner:
    """A runner of GitHub's as far as a script sees it, after a push to stage of owner/name.

    The registry is the stack's, where GitHub has its own.
    """

    checkout: Path
    temp: Path
    run_id: str = field(default_factory=lambda: uuid4().hex)

    @property
    def summary(self) -> str:
        """What the job shows when it is over."""
        return (self.temp / "summary").read_text()

    @property
    def output(self) -> str:
        """What the job gives to the next."""
        return (self.temp / "output").read_text()

    def run(self, step: Step) -> Result:
        """Runs the script of a step, in its shell and with its variables."""
        shell = SHELLS[step.get("shell")]
        variables = {name: self._value(text) for name, text in step.get("env", {}).items()}
        if "REGISTRY" in variables:
            variables["REGISTRY"] = f"{REGISTRY}/fastapi"
        env = {**self._own, **variables}
        return run(*shell, "-c", step["run"], cwd=self.checkout, env=env)

    def _value(self, text: str) -> str:
        values = {
            "github.actor": "owner",
            "github.ref_name": "stage",
            "github.repository": "owner/name",
            "github.run_attempt": "1",
            "github.run_id": self.run_id,
            "github.server_url": "https://github.com",
            "github.workflow_ref": f"owner/name/{FILE}@refs/heads/stage",
            "matrix.environment": "stage",
            "secrets.GITHUB_TOKEN": TOKEN,
            "secrets.KUBECONFIG": KUBECONFIG.read_text(),
        }
        return EXPRESSION.sub(lambda found: values[found[1]], text)

    @property
    def _own(self) -> dict[str, str]:
        return {
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": OIDC_TOKEN,
            "ACTIONS_ID_TOKEN_REQUEST_URL": ISSUER,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(self.temp / "output"),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary"),
            "PATH": f"{DAGGER.home}:{os.environ['PATH']}",
            "RUNNER_TEMP": str(self.temp),
        }


@pytest.fixture
def runner(checkout: Path, tmp_path: Path) -> Runner:
    """A runner with a checkout of its own."""
    temp = tmp_path / "runner"
    temp.mkdir()
    return Runner(checkout, temp)


def actionlint(file: Path) -> Result:
    """What actionlint says, whatever else is installed that it could ask."""
    return run(ACTIONLINT.program("actionlint"), "-shellcheck=", "-pyflakes=", file)


class TestLint:
    def test_of_the_workflow_finds_nothing(self) -> None:
        """It examines the expressions, the keys and the permissions of every job."""
        done = actionlint(REPOSITORY / FILE)
        assert done.code == 0, done.printed

    def test_of_a_workflow_with_a_faulty_expression(self, tmp_path: Path) -> None:
        """It would find one in this file."""
        faulty = tmp_path / "faulty.yml"
        sound = (REPOSITORY / FILE).read_text()
        faulty.write_text(sound.replace("matrix.environment", "matrix.nothing"))
        done = actionlint(faulty)
        assert done.code == 1
        assert 'property "nothing" is not defined' in done.stdout


class TestPullRequest:
    def test_gets_every_check(self, runner: Runner) -> None:
        """Each line of the job is run as it is written, and finds nothing."""
        for name, step in steps("check").items():
            done = runner.run(step)
            assert done.code == 0, f"{name}: {done.error}"

    def test_is_scanned(self, runner: Runner) -> None:
        """What was found is there to upload, and its summary is the job's."""
        for name, step in steps("scan").items():
            done = runner.run(step)
            assert done.code == 0, f"{name}: {done.error}"
        uploads = [each["with"] for each in load(FILE)["jobs"]["scan"]["steps"] if "with" in each]
        files = [each["sarif_file"] for each in uploads if "sarif_file" in each]
        assert len(files) == 2
        assert all((runner.checkout / file).stat().st_size for file in files)
        assert runner.summary == (runner.checkout / "reports" / "summary.md").read_text()


class TestPushToStage:
    def test_is_deployed(self, runner: Runner, kubectl: Kubectl) -> None:
        """The job's summary is the report, and its output the digest that stage runs.

        The line signs and verifies with the stack's key, which `.env` names: a signature as the
        workflow itself takes GitHub and Sigstore, which the stack does not have.
        """
        scripts = steps("deploy")
        assert list(scripts) == ["Deploy", "Report", "Name the image"]

        deployed = runner.run(with_the_key_of_env(scripts["Deploy"]))
        assert deployed.code == 0, deployed.error
        assert deployed.stdout.startswith("stage: deployed and verified")
        assert "Signature: the image is signed with the key of --verify-key." in deployed.stdout
        for name in ("Report", "Name the image"):
            done = runner.run(scripts[name])
            assert done.code == 0, f"{name}: {done.error}"

        deployment = kubectl("-n", "stage", "get", "deployment", "stage-fastapi")
        [container] = deployment["spec"]["template"]["spec"]["containers"]
        assert runner.output == f"digest={container['image'].partition('@')[2]}\n"
        assert runner.summary.startswith("### stage: deployed and verified")
        assert container["image"] in runner.summary
        assert TOKEN not in deployed.printed

    def test_that_fails_before_its_release(self, runner: Runner) -> None:
        """The job's summary says so, and what stage runs; no other run's success is in it."""
        scripts = steps("deploy")
        (runner.checkout / "service" / "app" / "unused.py").write_text("import os\n")
        failed = runner.run(with_the_key_of_env(scripts["Deploy"]))
        assert failed.code != 0
        assert "flake8" in failed.error

        done = runner.run(scripts["Report"])

        assert done.code == 0, done.error
        assert runner.summary.startswith("### stage: not released to")
        assert f"/actions/runs/{runner.run_id}/attempts/1 has begun no release" in runner.summary
        assert "stage is as it was, and runs " in runner.summary
        assert "verified" not in runner.summary

    def test_that_cannot_be_signed(self, runner: Runner) -> None:
        """The line as it is pushes the image, and is told who did not answer; nothing is applied.

        As on GitHub, no key is named in `.env`.
        """
        dotenv = runner.checkout / ".env"
        kept = [
            line for line in dotenv.read_text().splitlines() if not re.search("SIGN|VERIFY", line)
        ]
        dotenv.write_text("\n".join(kept) + "\n")

        refused = runner.run(steps("deploy")["Deploy"])

        assert refused.code != 0
        assert re.search(
            rf"{re.escape(REGISTRY)}/fastapi@sha256:\S+ was not signed: ", refused.error
        )
        assert "sigstore.dev" in refused.error or ISSUER in refused.error
        assert "it is pushed, and the next call signs it." in refused.error
        assert "withExec kubectl apply" not in plain(refused.stderr)
        assert "Traceback" not in refused.printed
        assert OIDC_TOKEN not in refused.printed
