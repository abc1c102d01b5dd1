"""Deploys that are interrupted: the client, the engine or the API server goes away half-way."""

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local import control_plane, engine
from local.toolchain.catalogue import DAGGER
from tests.e2e.conftest import LIMIT_SECONDS, Result, local, plain
from tests.e2e.releases import ENV, begun, pending, serves

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]
Kubectl = Callable[..., Any]

AWAY_SECONDS = 20
STEPS = {
    "lint": r"python3 -m flake8",
    "test": r"python -m pytest",
    "scan": r"trivy image .*--format=json",
    "push": r"Container\.publish",
    "render": r"kubectl kustomize",
    "apply": r"kubectl apply .*--dry-run=server",
    "rollout": r"kubectl apply (?!.*--dry-run)",
}
"""What the command line prints when a step of a deploy has begun."""


def deploy_until(step: str, checkout: Path, *arguments: str) -> None:
    """Begin a deploy, and kill its client when the step has begun."""
    words = [str(DAGGER.program("dagger")), "--progress=plain", "call", "deploy", *arguments]
    client = subprocess.Popen(
        words, cwd=checkout, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    overdue = threading.Timer(LIMIT_SECONDS, client.kill)
    overdue.start()
    try:
        assert client.stderr
        lines = (plain(line) for line in client.stderr)
        seen = any(re.search(STEPS[step], line) for line in lines)
    finally:
        overdue.cancel()
        client.kill()
        client.communicate()
    assert seen, f"the deploy ended before {step}"


class TestDeployThatIsKilled:
    @pytest.mark.parametrize("step", STEPS)
    def test_with_its_engine_is_finished_by_the_next(
        self, call: Call, checkout: Path, kubectl: Kubectl, step: str
    ) -> None:
        """At whatever step client and engine end, the same call deploys what was asked for."""
        main = checkout / "service" / "app" / "main.py"
        main.write_text(f"{main.read_text()}# {step} at {time.time_ns()}\n")
        deploy_until(step, checkout, "--env", ENV)
        process = engine.service().process
        assert process
        os.kill(process.pid, signal.SIGKILL)
        assert local("up").code == 0
        again = call("deploy", "--env", ENV, cwd=checkout)
        assert again.code == 0, again.error
        assert again.stdout.startswith(f"{ENV}: deployed and verified")
        assert not pending(kubectl)


class TestApiServer:
    def test_that_is_away_in_the_middle_of_a_deploy(
        self, call: Call, good: str, checkout: Path, kubectl: Kubectl
    ) -> None:
        """The deploy goes on when it is back, and succeeds."""
        [server] = [one for one in control_plane.services() if one.name == "kube-apiserver"]

        def leave() -> None:
            begun(kubectl)
            server.down()
            time.sleep(AWAY_SECONDS)
            server.up()

        away = threading.Thread(target=leave)
        away.start()
        try:
            result = call("deploy", "--env", ENV, "--image", good)
        finally:
            away.join()
        assert result.code == 0, result.error
        assert result.seconds > AWAY_SECONDS
        serves(call, good)
