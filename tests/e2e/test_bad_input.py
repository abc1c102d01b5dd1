"""Bad input: one clear sentence, a non-zero exit, and a cluster that stays as it was."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.host.paths import KUBECONFIG, NODE_ADDRESS, REPOSITORY
from tests.certificates import certificate
from tests.e2e import registries
from tests.e2e.conftest import Result, run
from tests.project import NAME

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]
Kubectl = Callable[..., Any]
KINDS = "deployments,services,serviceaccounts,poddisruptionbudgets,httproutes"


@pytest.fixture(autouse=True)
def unchanged(kubectl: Kubectl) -> Iterator[None]:
    """No test here leaves an object of stage other than it was."""

    def objects() -> dict[str, tuple[str, int]]:
        found = kubectl("-n", "stage", "get", KINDS)["items"]
        return {
            f"{each['kind']} {each['metadata']['name']}": (
                each["metadata"]["uid"],
                each["metadata"].get("generation", 0),
            )
            for each in found
        }

    before = objects()
    yield
    assert objects() == before


def refused(result: Result, *words: str) -> None:
    """The call failed with a sentence that has these words, and without a traceback."""
    assert result.code != 0, result.stdout
    missing = [word for word in words if word not in result.error]
    assert not missing, f"{missing} not in: {result.error}"
    assert "Traceback" not in result.printed


def kubeconfig(folder: Path, change: Callable[[dict[str, Any]], object]) -> str:
    """The stack's kubeconfig with something changed in it, as an argument."""
    content = yaml.safe_load(KUBECONFIG.read_text())
    change(content)
    return secret(folder, yaml.safe_dump(content))


def secret(folder: Path, text: str) -> str:
    """A file that holds a secret, as an argument."""
    file = folder / "secret"
    file.touch(mode=0o600)
    file.write_text(text)
    return f"file:{file}"


class TestEnvironment:
    def test_that_is_unknown_is_refused_with_those_there_are(self, call: Call) -> None:
        """An environment that the table does not have is refused before anything else."""
        refused(call("deploy", "--env", "qa"), "no environment qa", "one of dev, stage, prod")


class TestKubeconfig:
    def test_that_is_missing(self, call: Call) -> None:
        """A file that is not there is named."""
        refused(call("deploy", "--env", "stage", "--kubeconfig", "file:/no/such/file"), "/no/such")

    def test_that_is_not_yaml(self, call: Call, tmp_path: Path) -> None:
        """What does not parse is said to be no YAML, with its line."""
        broken = secret(tmp_path, "kind: Config\n\t: {")
        refused(call("deploy", "--env", "stage", "--kubeconfig", broken), "not YAML", "line 2")

    def test_whose_certificate_has_expired(self, call: Call, tmp_path: Path) -> None:
        """An expired client certificate is named with its date, before anything is built."""

        def expire(content: dict[str, Any]) -> None:
            yesterday = datetime.now(UTC) - timedelta(days=1)
            content["users"][0]["user"]["client-certificate-data"] = certificate(yesterday)

        config = kubeconfig(tmp_path, expire)
        refused(call("deploy", "--env", "stage", "--kubeconfig", config), "expired on")

    def test_whose_server_does_not_answer(self, call: Call, tmp_path: Path) -> None:
        """A server that nobody listens at is named within seconds."""

        def elsewhere(content: dict[str, Any]) -> None:
            content["clusters"][0]["cluster"]["server"] = f"https://{NODE_ADDRESS}:6999"

        config = kubeconfig(tmp_path, elsewhere)
        result = call("deploy", "--env", "stage", "--kubeconfig", config)
        refused(result, f"{NODE_ADDRESS}:6999", "does not answer")
        assert result.seconds < 60

    def test_that_may_not_write_to_the_namespace(
        self, call: Call, kubectl: Kubectl, tmp_path: Path
    ) -> None:
        """Credentials without rights in the namespace are refused before anything is built."""
        token = kubectl("-n", "dev", "create", "token", "default")["status"]["token"]

        def as_stranger(content: dict[str, Any]) -> None:
            content["users"][0]["user"] = {"token": token}

        config = kubeconfig(tmp_path, as_stranger)
        result = call("deploy", "--env", "stage", "--kubeconfig", config)
        refused(result, "may not write to namespace stage")
        assert token not in result.printed

    def test_whose_token_ends_in_a_newline(
        self, call: Call, kubectl: Kubectl, tmp_path: Path
    ) -> None:
        """It is taken without, by both clients, and shown by nobody."""
        token = kubectl("-n", "dev", "create", "token", "default")["status"]["token"]

        def with_newline(content: dict[str, Any]) -> None:
            content["users"][0]["user"] = {"token": f"{token}\n"}

        result = call("verify", "--env", "dev", "--kubeconfig", kubeconfig(tmp_path, with_newline))
        refused(result, "system:serviceaccount:dev:default")
        assert token not in result.printed

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("client-key-data", "-----BEGIN EC PRIVATE KEY-----\n4711", "PEM as it is"),
            ("as", "system:admin", "impersonates somebody"),
            ("password", "4711", "a username and a password"),
        ],
    )
    def test_whose_credentials_cannot_be_used(
        self, call: Call, tmp_path: Path, field: str, value: str, said: str
    ) -> None:
        """What is wrong is named, before the cluster is asked anything, and not shown."""

        def change(content: dict[str, Any]) -> None:
            content["users"][0]["user"][field] = value

        result = call("verify", "--env", "dev", "--kubeconfig", kubeconfig(tmp_path, change))
        refused(result, said)
        assert "4711" not in result.printed

    def test_that_gives_the_server_a_name_it_has_not(self, call: Call, tmp_path: Path) -> None:
        """Its certificate is of the right authority, and that is not what is told."""

        def rename(content: dict[str, Any]) -> None:
            content["clusters"][0]["cluster"]["tls-server-name"] = "other.example"

        result = call("verify", "--env", "dev", "--kubeconfig", kubeconfig(tmp_path, rename))
        refused(result, "is not one for the tls-server-name other.example")


class TestRegistry:
    @pytest.mark.soak
    def test_that_is_down(self, call: Call) -> None:
        """A registry that nobody listens at is named."""
        down = f"{NODE_ADDRESS}:5999/{NAME}"
        refused(call("deploy", "--env", "stage", "--registry", down), "5999", "does not answer")

    @pytest.mark.soak
    def test_that_refuses_to_be_written(self, call: Call, tmp_path: Path) -> None:
        """A registry that takes no push is named, and nothing is deployed."""
        with registries.running(tmp_path, **registries.READ_ONLY) as repository:
            refused(call("deploy", "--env", "stage", "--registry", repository), repository)

    def test_whose_token_is_not_set(self, call: Call) -> None:
        """A variable that is not there is told of by the argument, before anything is built."""
        login = ("--username", registries.USER, "--token", "env://NO_SUCH_TOKEN")
        result = call("publish", "--registry", f"{NODE_ADDRESS}:5999/{NAME}", *login)
        refused(result, "--token cannot be read", "secret env var not found")

    def test_that_does_not_know_the_token(self, call: Call, tmp_path: Path) -> None:
        """A wrong token is refused as a login, and the token is not printed."""
        token = secret(tmp_path, "wrong-token-4711")
        login = ("--username", registries.USER, "--token", token)
        with registries.running(tmp_path, **registries.with_accounts(tmp_path)) as repository:
            result = call("publish", "--registry", repository, *login)
        refused(result, "refuses the login")
        assert "wrong-token-4711" not in result.printed

    def test_that_knows_the_token(self, call: Call, tmp_path: Path) -> None:
        """The right token pushes, also with a newline at its end, and is not printed either."""
        token = secret(tmp_path, f"{registries.PASSWORD}\n")
        login = ("--username", registries.USER, "--token", token)
        with registries.running(tmp_path, **registries.with_accounts(tmp_path)) as repository:
            result = call("publish", "--registry", repository, *login)
        assert registries.PASSWORD not in result.printed
        assert result.code == 0, result.error
        assert result.stdout.startswith(f"{repository}@sha256:")


class TestSources:
    def test_with_lint_findings_of_all_three(self, call: Call, checkout: Path) -> None:
        """Findings of flake8, black and isort are all shown, and nothing is deployed."""
        (checkout / "service" / "app" / "untidy.py").write_text("import sys\nimport os\nx = {1 :2}")
        result = call("deploy", "--env", "stage", cwd=checkout)
        refused(result, "Lint fails: black, flake8, isort found something")
        refused(result, "F401", "untidy.py", "x = {1: 2}")

    def test_with_a_failing_test(self, call: Call, checkout: Path) -> None:
        """A failing test of the service is shown with its assertion."""
        failing = (
            '"""Fails."""\n\n\ndef test_fails() -> None:\n    """Fails."""\n    assert 40 == 2\n'
        )
        (checkout / "tests" / "service" / "test_failing.py").write_text(failing)
        result = call("deploy", "--env", "stage", cwd=checkout)
        refused(result, "The service's tests fail", "1 failed", "assert 40 == 2")

    @pytest.mark.soak
    def test_with_folders_named_like_patterns(self, call: Call, checkout: Path) -> None:
        """Each is linted, whatever its name is made of."""
        names = ("[x]", "!y", "a b", "*", "{c}", "-q")
        for name in names:
            (checkout / name).mkdir()
            (checkout / name / "untidy.py").write_text("import sys\n")
        result = call("lint", cwd=checkout)
        refused(result, "Lint fails: flake8 found something")
        refused(result, *(f"flake8 in {name}:" for name in names))

    def test_with_patterns_that_name_no_file(self, call: Call, checkout: Path) -> None:
        """A misspelt folder is no reason to pass."""
        table = checkout / "pyproject.toml"
        table.write_text(
            table.read_text().replace('lint = ["**/*.py"]', 'lint = ["servce/**/*.py"]')
        )
        refused(call("lint", cwd=checkout), "tool.ci.lint in pyproject.toml names no Python file")

    def test_without_manifests(self, call: Call, checkout: Path) -> None:
        """What a release is made of is asked for by its name."""
        shutil.rmtree(checkout / "manifests")
        refused(call("scan", cwd=checkout), "The sources have no folder manifests")

    @pytest.mark.soak
    def test_with_a_test_that_hangs(self, call: Call, checkout: Path) -> None:
        """It is stopped at the limit, and the line where it was is shown."""
        hanging = '"""Hangs."""\n\nimport time\n\n\ndef test_it() -> None:\n    time.sleep(3600)\n'
        (checkout / "tests" / "service" / "test_hanging.py").write_text(hanging)
        steps = checkout / "ci" / "src" / "ci" / "run" / "steps.py"
        limit = "PROGRAM_LIMIT: Final = timedelta("
        assert limit in steps.read_text()
        steps.write_text(steps.read_text().replace(f"{limit}minutes=5", f"{limit}seconds=20"))
        result = call("test", cwd=checkout)
        refused(result, "did not end within 20s, the limit", "test_hanging.py:7: KeyboardInterrupt")

    def test_with_a_dockerfile_that_does_not_build(self, call: Call, checkout: Path) -> None:
        """The step that fails is named with what it printed."""
        dockerfile = checkout / "Dockerfile"
        broken = dockerfile.read_text().replace(
            "USER 10001", "RUN echo no-such-thing; false\nUSER 10001"
        )
        dockerfile.write_text(broken)
        refused(call("deploy", "--env", "stage", cwd=checkout), "does not build", "no-such-thing")


class TestMachine:
    def test_with_a_nearly_full_disk_is_refused_before_anything_is_touched(
        self, tmp_path: Path
    ) -> None:
        """Set-up says which folder lacks how much, and leaves it empty."""
        small = tmp_path / "small"
        small.mkdir()
        run("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", small)
        try:
            wrapped = {"XDG_CACHE_HOME": str(small), "DAGGERW": "laptop"}
            result = run(REPOSITORY / "daggerw", "call", "lint", env=wrapped)
            assert list(small.iterdir()) == []
        finally:
            run("umount", small)
        assert result.code == 1
        assert "0.1 GiB free where the laptop stack needs 20 GiB" in result.stderr
