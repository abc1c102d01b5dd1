"""Secrets: given to every verb that takes one, and to be seen nowhere."""

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from local.engine import engine
from local.host.paths import KUBECONFIG
from tests.e2e import broken, processes, registries
from tests.e2e.commits import commit
from tests.e2e.conftest import Result, call_in, run
from tests.e2e.releases import ENV

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]
Kubectl = Callable[..., Any]

LOUDEST = ("--progress=plain", "-vvv", "--debug")


def encoded(secret: str) -> list[str]:
    """A secret as it is, in base64 and in an address."""
    return [secret, base64.b64encode(secret.encode()).decode(), quote(secret, safe="")]


def canaries() -> list[str]:
    """The token and the key, in every form in which they might be seen."""
    user = yaml.safe_load(KUBECONFIG.read_text())["users"][0]["user"]
    key = base64.b64decode(user["client-key-data"]).decode()
    lines = [line for line in key.splitlines() if not line.startswith("-")]
    login = f"{registries.USER}:{registries.PASSWORD}"
    return [*encoded(registries.PASSWORD), *encoded(login)[1:], *encoded(key), *lines[:-1]]


def found(text: str, wanted: list[str]) -> list[str]:
    """Those of the canaries that a text has, cut short so that the failure does not show them."""
    return [f"{each[:6]}…" for each in wanted if each in text]


def everything_in(image: str, folder: Path) -> str:
    """All files of an image, its configuration and its labels."""
    copied = run("skopeo", "copy", "--src-tls-verify=false", f"docker://{image}", f"dir:{folder}")
    assert copied.code == 0, copied.printed
    contents = [file.read_bytes() for file in folder.iterdir()]
    return "\n".join(map(unpacked, contents))


def unpacked(content: bytes) -> str:
    """As it reads, also where it is kept compressed."""
    plain = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    return plain.decode("latin-1")


class TestTokenAndKubeconfigKey:
    @pytest.mark.soak
    def test_are_shown_nowhere(
        self, good: str, folder: Path, kubectl: Kubectl, tmp_path: Path
    ) -> None:
        """Neither output nor report, image, argument or log has them, plain or encoded."""
        ends = broken.image_that_runs(broken.EXITS_AT_ONCE, good, folder)
        wanted = canaries()
        seen: list[str] = []

        def look(process: Path) -> None:
            words = (process / "cmdline").read_bytes().decode(errors="replace")
            seen.extend(found(words, wanted))

        token = tmp_path / "token"
        token.touch(mode=0o600)
        token.write_text(registries.PASSWORD)
        login = ("--username", registries.USER, "--token", f"file:{token}")
        cluster = ("--kubeconfig", f"file:{KUBECONFIG}")
        with (
            registries.running(tmp_path, **registries.with_accounts(tmp_path)) as repository,
            processes.watched(look),
        ):
            calls = {
                "publish": ("publish", "--registry", repository, *login),
                "deploy": ("deploy", "--env", ENV, *cluster, "--registry", repository, *login),
                "plan": ("plan", "--env", ENV, *cluster, "--image", good, *login),
                "verify": ("verify", "--env", ENV, *cluster),
                "status": ("status", *cluster),
                "promote": ("promote", "--from-env", ENV, "--to-env", "stage", *cluster, *login),
                "rollback": ("rollback", "--env", ENV, *cluster),
                "failed": ("deploy", "--env", ENV, *cluster, "--image", ends, *login),
                "report": ("report", "--env", ENV, *cluster, "--format", "json"),
            }
            told = {name: call_in(*words, shown=LOUDEST) for name, words in calls.items()}
        failures = {name: result.error for name, result in told.items() if result.code}
        assert list(failures) == ["failed"], failures
        assert seen == []
        for name, result in told.items():
            assert found(result.printed, wanted) == [], name
        for secret in kubectl("-n", ENV, "get", "secrets", "-l", "ci/release")["items"]:
            for value in secret["data"].values():
                assert found(unpacked(base64.b64decode(value)), wanted) == []
        assert found(engine.service().log.read_text(errors="replace"), wanted) == []
        assert found(everything_in(good, tmp_path / "copied"), wanted) == []


GENERATED, PLAIN, LIVE = "generated-canary-4711", "plain-canary-4712", "live-canary-4713"
NUMBER = 47_114_712


class TestSecretOfTheOverlay:
    @pytest.fixture
    def with_secrets(self, good: str, checkout: Path, call: Call) -> Iterator[Path]:
        """A checkout whose overlay makes a Secret and has another; they are pruned afterwards."""
        overlay = checkout / "manifests" / "overlays" / ENV / "kustomization.yaml"
        content = yaml.safe_load(overlay.read_text())
        generator = {"name": "generated", "literals": [f"password={GENERATED}"]}
        overlay.write_text(yaml.safe_dump(content | {"secretGenerator": [generator]}))
        broken.add_resource(checkout, ENV, plain(password=PLAIN))
        yield checkout
        assert call("deploy", "--env", ENV, "--image", good).code == 0

    def test_has_values_that_are_shown_nowhere(
        self, with_secrets: Path, good: str, kubectl: Kubectl
    ) -> None:
        """Not in the loudest log of a deploy or a plan, whose keys are named where live differs."""
        wanted = [form for each in (GENERATED, PLAIN, LIVE) for form in encoded(each)]
        deployed = loudest("deploy", "--env", ENV, "--image", good, cwd=with_secrets)
        assert deployed.code == 0, deployed.error
        change = json.dumps({"stringData": {"password": LIVE}})
        kubectl("-n", ENV, "patch", "secret", f"{ENV}-plain", "--patch", change)
        planned = loudest("plan", "--env", ENV, "--image", good, cwd=with_secrets)
        assert "data.password: changed" in planned.stdout, planned.printed
        for result in (deployed, planned):
            assert found(result.printed, wanted) == []

    def test_is_scanned_and_shown_nowhere(self, checkout: Path) -> None:
        """The reports pass through the engine, which shows what it is given and what it reads."""
        broken.add_resource(checkout, ENV, plain(password=PLAIN))
        commit(checkout, "a Secret")
        scanned = loudest("scan-reports", "export", "--path=reports", cwd=checkout)
        assert scanned.code == 0, scanned.error
        assert found(scanned.printed, encoded(PLAIN)) == []

    def test_has_a_value_that_is_no_text(self, good: str, checkout: Path) -> None:
        """The API server repeats it in its complaint, which is shown without."""
        broken.add_resource(checkout, ENV, plain(pin=NUMBER))
        planned = loudest("plan", "--env", ENV, "--image", good, cwd=checkout)
        assert planned.code != 0
        assert "stringData.pin" in planned.error
        assert found(planned.printed, [str(NUMBER)]) == []


def plain(**values: Any) -> broken.Patch:
    """A Secret as it is written by hand."""
    metadata = {"name": "plain"}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": values}


def loudest(*words: str, cwd: Path) -> Result:
    """A call with all that can be logged of it."""
    return call_in(*words, cwd=cwd, shown=LOUDEST)
