"""The pipeline in somebody else's repository: the one of the guide, file by file, line by line."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ci.records.history import OWNER_LABEL
from local.host.paths import KUBECONFIG, REGISTRY, REPOSITORY
from local.stack.defaults import defaults
from local.tools.catalogue import DAGGER, KUBERNETES
from tests.docs.commands import commands
from tests.e2e.commits import commit, git
from tests.e2e.conftest import Result, run
from tests.e2e.releases import ENV, Call, Kubectl

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("stack")]

GUIDE = (REPOSITORY / "docs" / "your-service.md").read_text()
FILE = re.compile(r"`([\w./-]+)`[^`]*?:\n\n```\w+\n(.*?)```", re.DOTALL)
# What both of them need, with hashes; whose it is does not matter.
LOCKS = {
    "requirements.txt": "service/requirements.txt",
    "tests/requirements.txt": "tests/service/requirements.txt",
}
# Where the guide says whose registry, cluster and token it is.
OURS = {
    "file://$HOME/.kube/config": f"file://{KUBECONFIG}",
    "ghcr.io/OWNER/shop": f"{REGISTRY}/shop",
    " --username OWNER --token env://GITHUB_TOKEN": "",
}
SHOP = f"{ENV}-shop"
WITHOUT_A_ROUTE = """patches:
  - target:
      kind: HTTPRoute
    patch: |
      $patch: delete
      apiVersion: gateway.networking.k8s.io/v1
      kind: HTTPRoute
      metadata:
        name: any
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of what the guide shows, and nothing else."""
    made = tmp_path_factory.mktemp("shop")
    git(made, "init", "--quiet", "--initial-branch=dev")
    for name, text in FILE.findall(GUIDE):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text)
    for name, ours in LOCKS.items():
        shutil.copy(REPOSITORY / ours, made / name)
    said = defaults().items()
    database = [f"{name}={value}" for name, value in said if name.startswith("CI_DEPLOY_DB")]
    (made / ".env").write_text("\n".join([*database, ""]))
    (made / ".gitignore").write_text(".env\n")
    commit(made, "A shop")
    return made


@pytest.fixture
def left_as_it_was(shop: Path) -> Iterator[None]:
    """Nothing of the shop stays in the environment."""
    yield
    kubectl = (KUBERNETES.program("kubectl"), "--kubeconfig", KUBECONFIG, "-n", ENV, "delete")
    run(*kubectl, f"deployment/{SHOP}", f"service/{SHOP}", f"lease/{SHOP}", "--ignore-not-found")
    run(*kubectl, "secret", "-l", f"{OWNER_LABEL}={SHOP}")


def typed(verb: str, cwd: Path) -> Result:
    """Types the guide's line with a verb, as it stands there but for whose cluster it is."""
    [line] = [
        each for each in commands(GUIDE) if each.startswith(f"dagger call -m $PIPELINE {verb}")
    ]
    for theirs, ours in OURS.items():
        line = line.replace(theirs, ours)
    env = {"PATH": f"{DAGGER.home}:/usr/local/bin:/usr/bin:/bin", "PIPELINE": str(REPOSITORY)}
    return run("bash", "-c", line, cwd=cwd, env=env)


class TestYourService:
    @pytest.mark.soak
    def test_passes_its_checks(self, shop: Path) -> None:
        """What is linted, tested and built is the shop, from wherever the pipeline is."""
        linted, tested = typed("lint", shop), typed("test", shop / "app")
        assert linted.code == 0, linted.error
        assert tested.code == 0, tested.error
        assert "Tests: 1 passed" in tested.stdout
        built = typed("build", shop)
        assert built.code == 0, built.error

    @pytest.mark.soak
    @pytest.mark.usefixtures("left_as_it_was")
    def test_is_deployed_and_verified(self, shop: Path, kubectl: Kubectl) -> None:
        """It runs beside what is there, of its own commit, and has a report of its own."""
        deployed = typed("deploy", shop)
        assert deployed.code == 0, deployed.error
        assert f"image   {REGISTRY}/shop@sha256:" in deployed.stdout
        assert git(shop, "rev-parse", "HEAD") in deployed.stdout
        pods = kubectl("-n", ENV, "get", "pods", "-l", "app=shop")["items"]
        assert [each["status"]["phase"] for each in pods] == ["Running"]
        verified = typed("verify", shop)
        assert verified.code == 0, verified.error
        assert f"{REGISTRY}/shop@sha256:" in verified.stdout
        assert typed("report", shop).stdout.startswith(f"{ENV}: deployed and verified")

    def test_is_checked_by_a_toolchain(self, shop: Path, tmp_path: Path) -> None:
        """Installed, the pipeline's checks are the repository's, and look at its sources."""
        installed = tmp_path / "installed"
        shutil.copytree(shop, installed)
        sdk = shutil.ignore_patterns("sdk", "__pycache__")
        shutil.copytree(REPOSITORY / "ci", installed / "tool" / "ci", ignore=sdk)
        shutil.copy(REPOSITORY / "dagger.json", installed / "tool" / "dagger.json")
        toolchains = '"toolchains": [{"name": "ci", "source": "tool"}]'
        (installed / "dagger.json").write_text(f'{{"name": "shop", {toolchains}}}\n')
        table = installed / "pyproject.toml"
        only = 'name = "shop"\nlint = ["app/**/*.py", "tests/**/*.py"]'
        table.write_text(table.read_text().replace('name = "shop"', only))
        (installed / "app" / "crooked.py").write_text("import os\n")

        checked = run(DAGGER.program("dagger"), "check", "ci:lint", "ci:test", cwd=installed)

        assert checked.code != 0
        assert "app/crooked.py" in checked.printed
        assert "1 passed" in checked.printed

    def test_that_says_nothing_of_itself(self, tmp_path: Path) -> None:
        """It is told what to write, and where to say that the sources are elsewhere."""
        nothing = run(DAGGER.program("dagger"), "call", "-m", REPOSITORY, "lint", cwd=tmp_path)
        assert nothing.code != 0
        assert "have no pyproject.toml, whose [tool.ci] says" in nothing.error
        assert "--source" in nothing.error


class TestFourthEnvironment:
    @pytest.mark.soak
    def test_is_an_entry_and_an_overlay(
        self, call: Call, kubectl: Kubectl, checkout: Path, published: str
    ) -> None:
        """Every verb knows it, and it is deployed to like the others."""
        table, overlays = checkout / "pyproject.toml", checkout / "manifests" / "overlays"
        fourth = 'dev = { branch = "dev" }\nqa = { branch = "qa" }'
        table.write_text(table.read_text().replace('dev = { branch = "dev" }', fourth))
        shutil.copytree(overlays / "dev", overlays / "qa")
        overlay = overlays / "qa" / "kustomization.yaml"
        # Its route would wait for the gateway to take routes of that namespace.
        text = overlay.read_text().replace("dev", "qa")
        overlay.write_text(text[: text.index("components:")] + WITHOUT_A_ROUTE)
        kubectl("create", "namespace", "qa")
        try:
            deployed = call("deploy", "--env", "qa", "--image", published, cwd=checkout)
            assert deployed.code == 0, deployed.error
            assert deployed.stdout.startswith("qa: deployed and verified")
            shown = call("status", cwd=checkout)
            assert [line.split()[0] for line in shown.stdout.splitlines()[1:]] == [
                *("dev", "qa", "stage", "prod")
            ]
        finally:
            kubectl("delete", "namespace", "qa", "--wait=false")

    def test_that_nobody_added(self, call: Call) -> None:
        """It is refused, with those that are and how to add it."""
        refused = call("status", "--env", "qa")
        assert refused.code != 0
        assert "There is no environment qa: name one of dev, stage, prod" in refused.error
        assert "[tool.ci.environments.qa]" in refused.error
