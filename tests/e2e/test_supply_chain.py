"""What is beside an image in the registry: its SBOM, its signature, and who refuses it without."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.host.paths import REGISTRY
from local.pipeline import signing
from local.tools.catalogue import COSIGN, ORAS
from tests.e2e import broken
from tests.e2e.conftest import Result, plain, run
from tests.e2e.releases import ENV
from tests.project import NAME

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]

SBOM = "application/vnd.cyclonedx+json"
SIGNATURE = "application/vnd.dev.sigstore.bundle.v0.3+json"


def oras(*arguments: str | Path, cwd: Path = Path("/")) -> str:
    """What oras prints about something in the stack's registry."""
    done = run(ORAS.program("oras"), *arguments, "--plain-http", cwd=cwd)
    assert done.code == 0, done.printed
    return done.stdout


def referrers(image: str) -> list[dict[str, Any]]:
    """What refers to an image in the registry."""
    found: list[dict[str, Any]] = json.loads(oras("discover", "--format=json", image))["referrers"]
    return found


def kinds(image: str) -> list[str]:
    """The kinds of what refers to an image."""
    return sorted(each["artifactType"] for each in referrers(image))


@pytest.fixture
def unsigned(published: str, folder: Path) -> str:
    """An image that nobody signed, and that works."""
    return broken.unsigned_image_that_runs(broken.EXITS_ONCE, published, folder)


@pytest.fixture
def another_key(tmp_path: Path) -> Path:
    """A public key that signed nothing."""
    password = {"COSIGN_PASSWORD": "another"}
    made = run(COSIGN.program("cosign"), "generate-key-pair", cwd=tmp_path, env=password)
    assert made.code == 0, made.printed
    return tmp_path / "cosign.pub"


class TestPublishedImage:
    def test_says_what_it_was_made_from(self, published: str) -> None:
        """Its labels name version, commit and time, so that it can be traced to its sources."""
        labels = json.loads(oras("manifest", "fetch-config", published))["config"]["Labels"]
        head = run("git", "log", "-1", "--format=%H %cI").stdout.split()
        prefix = "org.opencontainers.image."
        assert labels[f"{prefix}revision"].startswith(head[0])
        assert labels[f"{prefix}version"].startswith(head[0])
        assert labels[f"{prefix}created"].endswith("Z")
        assert f"{prefix}source" in labels

    def test_has_its_sbom_beside_it(self, published: str, tmp_path: Path) -> None:
        """A referrer lists what the image is made of."""
        [sbom] = [each for each in referrers(published) if each["artifactType"] == SBOM]
        repository = published.partition("@")[0]
        oras("pull", f"{repository}@{sbom['digest']}", cwd=tmp_path)
        listed = json.loads((tmp_path / "sbom.cdx.json").read_text())
        assert {"fastapi", "uvicorn"} <= {each["name"] for each in listed["components"]}

    def test_is_signed(self, published: str) -> None:
        """cosign itself verifies the signature with the stack's public key."""
        how = ("verify", "--key", signing.PUBLIC_KEY, "--insecure-ignore-tlog")
        verified = run(COSIGN.program("cosign"), *how, published)
        assert verified.code == 0, verified.printed

    def test_pushed_again_is_the_same(self, call: Call) -> None:
        """The same sources are the same digest, and neither SBOM nor signature is added."""
        first, again = call("publish"), call("publish")
        assert first.code == 0, first.error
        assert again.stdout == first.stdout, again.error
        assert kinds(first.stdout.strip()) == [SBOM, SIGNATURE]

    def test_holds_nothing_of_the_machine_it_was_built_on(self, published: str) -> None:
        """Above its base it has the service and its packages, and no file of the engine's."""
        manifest = json.loads(oras("manifest", "fetch", published))
        repository = published.partition("@")[0]
        names: set[str] = set()
        for layer in manifest["layers"][1:]:
            blob = f"{repository}@{layer['digest']}"
            fetch = f"{ORAS.program('oras')} blob fetch --plain-http --output - {blob} | tar -tz"
            listed = run("sh", "-c", fetch)
            names |= {name.partition("/")[0] for name in listed.stdout.split()}
        assert names == {"srv", "venv"}


class TestDeployThatVerifies:
    def test_takes_what_the_key_signed(self, call: Call, published: str) -> None:
        """The report says whose signature it is."""
        result = call("deploy", "--env", ENV, "--image", published)
        assert result.code == 0, result.error
        assert "Signature: the image is signed with the key of --verify-key." in result.stdout

    def test_refuses_what_another_key_signed(
        self, call: Call, published: str, another_key: Path
    ) -> None:
        """Nothing is applied."""
        verify = ("--verify-key", another_key)
        result = call("deploy", "--env", ENV, "--image", published, *verify)
        assert result.code != 0
        assert f"{published} is not signed with the key of --verify-key" in result.error
        assert "withExec kubectl apply" not in plain(result.stderr)

    def test_refuses_what_nobody_signed(self, call: Call, unsigned: str) -> None:
        """Nothing is applied."""
        result = call("deploy", "--env", ENV, "--image", unsigned)
        assert result.code != 0
        assert f"{unsigned} is not signed with the key of --verify-key" in result.error
        assert "no signatures found" in result.error
        assert "withExec kubectl apply" not in plain(result.stderr)


class TestDeployThatDoesNotVerify:
    @pytest.fixture
    def checkout(self, checkout: Path) -> Path:
        """A checkout whose defaults name no key."""
        dotenv = checkout / ".env"
        kept = [line for line in dotenv.read_text().splitlines() if "VERIFY" not in line]
        dotenv.write_text("\n".join(kept) + "\n")
        return checkout

    def test_takes_what_nobody_signed(self, call: Call, checkout: Path, unsigned: str) -> None:
        """Outside of prod, signatures count where they are asked for."""
        result = call("deploy", "--env", ENV, "--image", unsigned, cwd=checkout)
        assert result.code == 0, result.error

    def test_is_none_to_prod(self, call: Call, checkout: Path, published: str) -> None:
        """Prod wants to know whose signature counts, before anything is built."""
        for verb in (
            ("deploy", "--env", "prod", "--image", published),
            ("deploy", "--env", "prod"),
            ("promote", "--from-env", "stage", "--to-env", "prod"),
        ):
            result = call(*verb, cwd=checkout)
            assert result.code != 0
            assert "prod only takes signed images" in result.error


class TestSigner:
    def test_with_a_wrong_password(self, call: Call, checkout: Path, tmp_path: Path) -> None:
        """The image is pushed and not signed, which fails the call; the password is not shown."""
        password = tmp_path / "password"
        password.touch(mode=0o600)
        password.write_text("not-the-password-4711")
        main = checkout / "service" / "app" / "main.py"
        main.write_text(f"{main.read_text()}# {os.urandom(8).hex()}\n")
        result = call("publish", "--sign-password", f"file:{password}", cwd=checkout)
        assert result.code != 0
        assert f"{REGISTRY}/{NAME}@sha256:" in result.error
        assert "was not signed" in result.error
        assert "decryption failed" in result.error
        assert "not-the-password-4711" not in result.printed
