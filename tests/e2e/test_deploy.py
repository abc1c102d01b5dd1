"""The pipeline from end to end: what `dagger call deploy` leaves in the cluster."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from local.host.paths import REGISTRY, REPOSITORY
from tests.e2e.clients import get
from tests.e2e.conftest import Result, plain, run
from tests.project import NAME

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]
Kubectl = Callable[..., Any]

# Without a comma, at which the command line would split it.
DISTRIBUTIONS = (
    "import pathlib; [print(found.stem.lower().translate({ord('_'): '-'}))"
    " for root in '/usr /venv /srv /opt'.split()"
    " for kind in '*.dist-info *.egg-info *.whl ensurepip'.split()"
    " for found in pathlib.Path(root).rglob(kind)]"
)
"""A program that names what Python distributions lie in an image, and what would install one."""


def image_in(printed: str) -> str:
    """The image that a report names."""
    found = re.search(r"^ *image +(\S+)$", printed, re.MULTILINE)
    assert found, printed
    return found[1]


class TestEnvironmentThatWasDeployedTo:
    @pytest.mark.parametrize(("env", "replicas"), [("dev", 1), ("stage", 2), ("prod", 3)])
    def test_runs_the_published_digest_and_answers_from_this_commit(
        self, call: Call, kubectl: Kubectl, env: str, replicas: int
    ) -> None:
        """Every pod runs the digest that was pushed, and the service answers for HEAD."""
        deployed = call("deploy", "--env", env)
        assert deployed.code == 0, deployed.error
        image = image_in(deployed.stdout)
        assert re.fullmatch(rf"{re.escape(REGISTRY)}/{NAME}@sha256:[0-9a-f]{{64}}", image)

        pods = kubectl("-n", env, "get", "pods", "-l", f"app={NAME}")["items"]
        living = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
        assert {pod["spec"]["containers"][0]["image"] for pod in living} == {image}
        deployment = kubectl("-n", env, "get", "deployment", f"{env}-{NAME}")
        assert deployment["status"]["readyReplicas"] == replicas

        head = run("git", "rev-parse", "HEAD").stdout.strip()
        assert get(f"{env}.{NAME}.local", "/version")["revision"].startswith(head)

    def test_deployed_to_again_is_applied_again(self, call: Call, kubectl: Kubectl) -> None:
        """A second deploy of the same commit is no cached answer: it puts back what was changed."""
        first = call("deploy", "--env", "stage")
        kubectl("-n", "stage", "scale", f"deployment/stage-{NAME}", "--replicas=1")
        second = call("deploy", "--env", "stage")
        assert (first.code, second.code) == (0, 0), second.error
        assert image_in(first.stdout) == image_in(second.stdout)
        deployment = kubectl("-n", "stage", "get", "deployment", f"stage-{NAME}")
        assert deployment["spec"]["replicas"] == 2
        assert re.search("kubectl apply --server-side .*--output=name", plain(second.stderr))

    def test_verify_and_status_tell_of_the_release(self, call: Call) -> None:
        """Both name the digest that the deploy named; neither needs more than the environment."""
        image = image_in(call("deploy", "--env", "stage").stdout)
        digest = image.partition("@")[2]
        verified, shown = call("verify", "--env", "stage"), call("status", "--env", "stage")
        assert verified.code == 0, verified.error
        assert digest[:19] in verified.stdout
        assert digest[:19] in shown.stdout

    def test_env_follows_from_the_branch(self, call: Call) -> None:
        """Branch stage feeds environment stage; a branch that feeds none is refused."""
        assert call("deploy", "--branch", "stage").stdout.startswith("stage: deployed and verified")
        refused = call("deploy", "--branch", "feature/x")
        assert refused.code != 0
        assert "feature/x" in refused.error

    def test_image_is_deployed_by_digest_without_building(self, call: Call) -> None:
        """An image given by digest skips all that comes before the deploy; a tag is refused."""
        image = image_in(call("deploy", "--env", "stage").stdout)
        again = call("deploy", "--env", "stage", "--image", image)
        assert again.code == 0, again.error
        assert "lint" not in again.stdout
        refused = call("deploy", "--env", "stage", "--image", f"{REGISTRY}/{NAME}:main")
        assert refused.code != 0
        assert "digest" in refused.error


class TestPublishedImage:
    def test_is_tagged_with_commit_and_branch(self, call: Call) -> None:
        """Publish pushes the commit's and the branch's tag, and `latest` on main only."""
        published = call("publish", "--branch", "feature/x")
        assert published.code == 0, published.error
        listed = run("skopeo", "list-tags", "--tls-verify=false", f"docker://{REGISTRY}/{NAME}")
        head = run("git", "rev-parse", "HEAD").stdout.strip()
        assert re.search(r'"feature-x-[0-9a-f]{12}"', listed.stdout), listed.stdout
        assert head in listed.stdout

    def test_holds_no_build_tools_and_runs_as_an_unprivileged_user(self, call: Call) -> None:
        """Its Python distributions are those of the lock file, no other; its user is not root."""
        found = call("build", "with-exec", "--args", f"python,-c,{DISTRIBUTIONS}", "stdout")
        lock = (REPOSITORY / "service" / "requirements.txt").read_text()
        locked = re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE)
        assert sorted(found.stdout.split()) == sorted(
            f"{name}-{version}".replace("_", "-").lower() for name, version in locked
        ), found.error
        user = call("build", "user")
        assert user.stdout.strip() == "10001:10001"
