"""Secrets: given to every verb that takes one, and to be seen nowhere."""

import base64
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from local import engine
from local.paths import KUBECONFIG
from local.toolchain.catalogue import DAGGER
from tests.e2e import broken, processes, registries
from tests.e2e.conftest import run
from tests.e2e.releases import ENV

pytestmark = pytest.mark.e2e

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
    plain = [gzip.decompress(each) if each[:2] == b"\x1f\x8b" else each for each in contents]
    return b"\n".join(plain).decode("latin-1")


class TestTokenAndKubeconfigKey:
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
            told = {
                name: run(DAGGER.program("dagger"), *LOUDEST, "call", *words)
                for name, words in calls.items()
            }
        failures = {name: result.error for name, result in told.items() if result.code}
        assert list(failures) == ["failed"], failures
        assert seen == []
        for name, result in told.items():
            assert found(result.printed, wanted) == [], name
        for secret in kubectl("-n", ENV, "get", "secrets", "-l", "ci/release")["items"]:
            for value in secret["data"].values():
                assert found(base64.b64decode(value).decode(), wanted) == []
        assert found(engine.service().log.read_text(errors="replace"), wanted) == []
        assert found(everything_in(good, tmp_path / "copied"), wanted) == []
