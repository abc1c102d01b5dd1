"""The workflow of GitHub Actions: its own lint, and whole runs of it, by act and on the stack.

It is run as it is. The actions of others are replaced by some that record what they are given, and
what a repository sets (its registry, who signs) is set to the stack's.
"""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ci.project.environments import Environment
from local.host.paths import KUBECONFIG, REGISTRY, REPOSITORY
from local.pipeline import signing
from local.stack.defaults import defaults
from local.tools.catalogue import ACTIONLINT, KUBERNETES
from tests.e2e.commits import commit, git
from tests.e2e.conftest import Result, run
from tests.project import ENVIRONMENTS
from tests.project import NAME as SERVICE
from tests.project import STAGE
from tests.workflow import engine
from tests.workflow.engine import FILE, NAME, Event, Run

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("stack")]

Act = Callable[..., Run]
Kubectl = Callable[..., Any]
PLATFORM = REPOSITORY / "manifests" / "platform"
KUBECTL = KUBERNETES.program("kubectl")
SCAN_STEPS = {
    "Check out": "success",
    "Install Dagger": "success",
    "Export the reports": "success",
    "Summarise": "success",
    "Upload what was found in the image": "success",
    "Upload what was found in the sources": "success",
    "Gate": "success",
}
# One environment says of the workflow what there is to say; the other two take as long again.
PUSHED_TO = [
    pytest.param(each, id=name, marks=() if each == STAGE else pytest.mark.soak)
    for name, each in ENVIRONMENTS.items()
]
SETTINGS = {"REGISTRY": f"{REGISTRY}/{SERVICE}"}
TOKEN = "token-of-the-job-4711"


def actionlint(file: Path) -> Result:
    """What actionlint says, whatever else is installed that it could ask."""
    return run(ACTIONLINT.program("actionlint"), "-shellcheck=", "-pyflakes=", file)


def secrets() -> dict[str, str]:
    """What the environments of the repository keep, where a key signs."""
    return {
        "GITHUB_TOKEN": TOKEN,
        "KUBECONFIG": KUBECONFIG.read_text(),
        "SIGN_KEY": signing.KEY.read_text(),
        "SIGN_PASSWORD": signing.PASSWORD.read_text(),
    }


def settings() -> dict[str, str]:
    """What the repository sets, where a key signs."""
    return {**SETTINGS, "VERIFY_KEY": signing.PUBLIC_KEY.read_text()}


def of_the_runner() -> str:
    """The stack's defaults, without what the workflow gives itself."""
    of_the_workflow = re.compile("KUBECONFIG|REGISTRY|SIGN|VERIFYKEY")
    kept = {name: value for name, value in defaults().items() if not of_the_workflow.search(name)}
    return "".join(f"{name}={value}\n" for name, value in kept.items())


@pytest.fixture(scope="module")
def origin(stack: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as it is on GitHub, with two commits of these sources on every branch."""
    made = tmp_path_factory.mktemp("origin")
    git(made, "clone", "--quiet", "--no-hardlinks", str(REPOSITORY), ".")
    changed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    for name in filter(None, changed.stdout.split("\0")):
        source, target = REPOSITORY / name, made / name
        target.unlink(missing_ok=True)
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            target.chmod(source.stat().st_mode)
    commit(made, "Older")
    commit(made, "Newer")
    git(made, "checkout", "--quiet", "--detach")
    for environment in ENVIRONMENTS.values():
        git(made, "branch", "--force", str(environment.branch))
    return made


@pytest.fixture
def act(origin: Path, tmp_path: Path) -> Act:
    """Runs the workflow for an event."""

    def act(event: Event, repository: Path = origin, job: str = "") -> Run:
        scratch = tmp_path / uuid4().hex
        scratch.mkdir()
        return engine.run(event, repository, scratch, uuid4().hex, of_the_runner(), job)

    return act


@pytest.fixture
def plan_kubeconfig(kubectl: Kubectl) -> str:
    """The kubeconfig for plans of pull requests, made as the documentation says."""
    # Whoever followed the guide has applied it before, as another manager of its fields.
    kubectl("apply", "--server-side", "--force-conflicts", "-k", str(PLATFORM / "plan-access"))
    as_administrator = {
        "KUBECONFIG": str(KUBECONFIG),
        "PATH": f"{KUBECTL.parent}:{os.environ['PATH']}",
    }
    made = run(PLATFORM / "ci-access" / "kubeconfig.sh", "dev", "1h", "plan", env=as_administrator)
    assert made.code == 0, made.printed
    return made.stdout


def uploaded(done: Run) -> None:
    """Both reports were uploaded, as they are."""
    for category in ("image", "filesystem"):
        report = json.loads((done.recorded / f"{category}.sarif").read_text())
        assert report["version"] == "2.1.0"


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


class TestPush:
    @pytest.mark.parametrize("environment", PUSHED_TO)
    def test_is_deployed(
        self, act: Act, kubectl: Kubectl, origin: Path, environment: Environment
    ) -> None:
        """Scanned, deployed to the environment of its branch, and attested by the digest that runs.

        The summary is the report, which is in the log as well; what is secret is in neither.
        """
        newest = git(origin, "rev-parse", str(environment.branch))
        event = Event.push(str(environment.branch), newest, secrets=secrets(), variables=settings())

        done = act(event)

        assert done.code == 0, done.printed[-5000:]
        assert done.results == dict.fromkeys(("scan", "deploy", "attest"), "success")
        uploaded(done)
        deploy = done.jobs["deploy"]
        assert deploy.matrix == {"environment": environment.name}
        assert set(deploy.steps.values()) == {"success"}
        deployment = kubectl("-n", environment.namespace, "get", "deployment", environment.app)
        [container] = deployment["spec"]["template"]["spec"]["containers"]
        assert deployment["metadata"]["labels"]["app.kubernetes.io/version"] == newest
        assert (done.recorded / "attested").read_text().strip() == container["image"]
        assert deploy.summary.startswith(f"### {environment.name}: deployed and verified")
        assert container["image"] in deploy.summary
        assert "Signature: the image is signed with the key of --verify-key." in deploy.summary
        assert f"{environment.name}: deployed and verified in " in deploy.log
        for secret in secrets().values():
            assert secret.strip().splitlines()[-1] not in deploy.summary + deploy.log

    @pytest.mark.soak
    def test_that_comes_late(self, act: Act, kubectl: Kubectl, origin: Path) -> None:
        """The newer commit that runs is left alone, the run is red, and nothing is attested."""
        newest = git(origin, "rev-parse", "dev")
        given: Any = {"secrets": secrets(), "variables": settings()}
        assert act(Event.push("dev", newest, **given), job="deploy").code == 0

        late = act(Event.push("dev", git(origin, "rev-parse", "dev~1"), **given), job="deploy")

        assert late.code != 0
        assert late.results == {"deploy": "failure"}
        steps = late.jobs["deploy"].steps
        assert (steps["Deploy"], steps["Report"]) == ("failure", "success")
        assert "--allow-older" in late.jobs["deploy"].log
        assert late.jobs["deploy"].summary.startswith("### dev: not released to")
        deployment = kubectl("-n", "dev", "get", "deployment", f"dev-{SERVICE}")
        assert deployment["metadata"]["labels"]["app.kubernetes.io/version"] == newest

    @pytest.mark.soak
    def test_that_the_gate_blocks(self, act: Act, origin: Path, tmp_path: Path) -> None:
        """What was found is uploaded all the same, nothing is released, and both jobs are red."""
        vulnerable = tmp_path / "vulnerable"
        git(tmp_path, "clone", "--quiet", str(origin), "vulnerable")
        (vulnerable / "tools").mkdir()
        (vulnerable / "tools" / "requirements.lock").write_text("requests==2.19.0\n")
        newest = commit(vulnerable, "An old requests")
        git(vulnerable, "branch", "--force", "stage")

        done = act(Event.push("stage", newest, secrets=secrets(), variables=settings()), vulnerable)

        assert done.code != 0
        assert done.results == {"scan": "failure", "deploy": "failure"}
        assert done.jobs["scan"].steps == {**SCAN_STEPS, "Gate": "failure"}
        uploaded(done)
        assert "requests" in (done.recorded / "filesystem.sarif").read_text()
        assert "requests" in done.jobs["scan"].summary
        assert done.jobs["deploy"].summary.startswith("### stage: not released to")
        assert not (done.recorded / "attested").exists()

    @pytest.mark.soak
    def test_without_a_key(self, act: Act, origin: Path) -> None:
        """The workflow signs as itself: as nobody vouches for it here, nothing is released.

        It says who did not answer, and the job's summary what runs.
        """
        keyless = {name: value for name, value in secrets().items() if "SIGN" not in name}
        newest = git(origin, "rev-parse", "stage")

        done = act(Event.push("stage", newest, secrets=keyless, variables=SETTINGS), job="deploy")

        assert done.results == {"deploy": "failure"}
        job = done.jobs["deploy"]
        assert re.search(rf"/{SERVICE}@sha256:\S+ was not signed: ", job.log)
        assert "it is pushed, and the next call signs it." in job.log
        assert "token-of-its-identity" not in job.log
        assert job.summary.startswith("### stage: not released to")

    @pytest.mark.soak
    def test_with_a_key_that_nobody_is_told_to_believe(self, act: Act, origin: Path) -> None:
        """It ends before it calls anything, and says what the repository has to set."""
        event = Event.push(
            "stage", git(origin, "rev-parse", "stage"), secrets=secrets(), variables=SETTINGS
        )
        done = act(event, job="deploy")
        assert done.results == {"deploy": "failure"}
        assert "VERIFY_KEY: is no variable of the repository yet" in done.jobs["deploy"].log

    @pytest.mark.soak
    def test_with_a_kubeconfig_that_is_none(self, act: Act, origin: Path) -> None:
        """The job is red and says in its summary that there is no report, and where to look."""
        newest = git(origin, "rev-parse", "stage")
        broken = {**secrets(), "KUBECONFIG": "not a kubeconfig"}

        done = act(Event.push("stage", newest, secrets=broken, variables=settings()), job="deploy")

        assert done.results == {"deploy": "failure"}
        assert done.jobs["deploy"].summary.startswith("stage cannot be asked for a report: ")
        assert "Traceback" not in done.jobs["deploy"].log


class TestPullRequest:
    def test_is_checked_scanned_and_planned(self, act: Act, plan_kubeconfig: str) -> None:
        """Its summary shows what a merge would change, with credentials that change nothing."""
        given = {"GITHUB_TOKEN": TOKEN, "PLAN_KUBECONFIG": plan_kubeconfig}

        done = act(Event.pull_request("stage", NAME, secrets=given))

        assert done.code == 0, done.printed[-5000:]
        assert done.results == dict.fromkeys(("check", "plan", "scan"), "success")
        uploaded(done)
        summary = done.jobs["plan"].summary
        assert re.match(r"### stage: \d+ of \d+ resources would change\n", summary)
        assert "Without what would be pruned" in summary
        assert f"Deployment stage-{SERVICE}" in summary

    @pytest.mark.soak
    def test_from_a_fork(self, act: Act) -> None:
        """It gets every check and the scan without any secret; its summary says why no plan."""
        done = act(Event.pull_request("stage", "someone/name", secrets={"GITHUB_TOKEN": TOKEN}))
        assert done.code == 0, done.printed[-5000:]
        assert done.results == dict.fromkeys(("check", "plan", "scan"), "success")
        assert done.jobs["plan"].summary.startswith("No plan: ")
        uploaded(done)

    def test_to_a_branch_that_feeds_no_environment(self, act: Act) -> None:
        """There is nothing to plan for."""
        event = Event.pull_request("feature", NAME, secrets={"GITHUB_TOKEN": TOKEN})
        assert act(event, job="plan").results == {}


class TestAccountForPlans:
    @pytest.mark.parametrize(
        ("words", "may"),
        [
            (f"get deployment dev-{SERVICE}", True),
            (f"annotate deployment dev-{SERVICE} trial=1 --dry-run=server", True),
            (f"annotate deployment dev-{SERVICE} trial=1", False),
            ("create service clusterip trial --tcp=80", False),
            ("create service clusterip trial --tcp=80 --dry-run=server", True),
            ("get secrets", False),
            (f"delete deployment dev-{SERVICE} --dry-run=server", False),
        ],
    )
    def test_tries_out_and_changes_nothing(
        self, plan_kubeconfig: str, tmp_path: Path, words: str, may: bool
    ) -> None:
        """The cluster itself denies it whatever is no dry run."""
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.touch(mode=0o600)
        kubeconfig.write_text(plan_kubeconfig)
        asked = run(KUBECTL, "--kubeconfig", kubeconfig, "--namespace", "dev", *words.split())
        assert (asked.code == 0) == may, asked.printed
