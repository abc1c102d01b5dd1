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

from local.cluster import control_plane
from local.engine import engine
from local.tools.catalogue import DAGGER
from tests.e2e import broken
from tests.e2e.conftest import LIMIT_SECONDS, Result, local, plain
from tests.e2e.releases import APP, ENV, begun, pending, serves

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

Call = Callable[..., Result]
Kubectl = Callable[..., Any]

AWAY_SECONDS = 20
BUILDING = {
    "lint": r"python3 -m flake8",
    "test": r"python -m pytest",
    "scan": r"trivy image .*--format=json",
    "push": r"Container\.publish",
}
RELEASING = {
    "render": r"kubectl kustomize",
    "apply": r"kubectl apply .*--dry-run=server",
    "rollout": r"kubectl apply (?!.*--dry-run)",
}
"""What the command line prints when a step of a deploy has begun."""


def kill_at(begins: str, checkout: Path, *arguments: str) -> None:
    """Begin a deploy, and kill its client when that is printed, and then the engine."""
    words = [str(DAGGER.program("dagger")), "--progress=plain", "call", "deploy", *arguments]
    client = subprocess.Popen(
        words, cwd=checkout, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    overdue = threading.Timer(LIMIT_SECONDS, client.kill)
    overdue.start()
    try:
        assert client.stderr
        lines = (plain(line) for line in client.stderr)
        seen = any(re.search(begins, line) for line in lines)
    finally:
        overdue.cancel()
        client.kill()
        client.communicate()
    assert seen, f"the deploy ended before it printed {begins}"
    process = engine.service().process
    assert process
    os.kill(process.pid, signal.SIGKILL)


def finished_by_the_next(call: Call, kubectl: Kubectl, checkout: Path, *arguments: str) -> None:
    """The same call deploys what was asked for, and leaves nothing open."""
    assert local("up").code == 0
    again = call("deploy", *arguments, cwd=checkout)
    assert again.code == 0, again.error
    assert again.stdout.startswith(f"{ENV}: deployed and verified")
    assert not pending(kubectl)


class TestDeployWhoseClientAndEngineAreKilled:
    @pytest.mark.parametrize("step", BUILDING)
    def test_before_it_changes_anything(
        self, call: Call, checkout: Path, kubectl: Kubectl, step: str
    ) -> None:
        """Whichever step that was, the next call does all of them."""
        main = checkout / "service" / "app" / "main.py"
        main.write_text(f"{main.read_text()}# {step} at {time.time_ns()}\n")
        kill_at(BUILDING[step], checkout, "--env", ENV)
        finished_by_the_next(call, kubectl, checkout, "--env", ENV)

    @pytest.mark.parametrize("step", RELEASING)
    def test_in_the_middle_of_the_release(
        self, call: Call, good: str, checkout: Path, kubectl: Kubectl, step: str
    ) -> None:
        """Whatever was applied by then, the next call finishes the job."""
        broken.patch_deployment(checkout, ENV, broken.add("revisionHistoryLimit", 7))
        image = ("--env", ENV, "--image", good)
        kill_at(RELEASING[step], checkout, *image)
        finished_by_the_next(call, kubectl, checkout, *image)
        deployment = kubectl("-n", ENV, "get", "deployment", APP)
        assert deployment["spec"]["revisionHistoryLimit"] == 7


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
            assert local("up").code == 0

        away = threading.Thread(target=leave)
        away.start()
        try:
            result = call("deploy", "--env", ENV, "--image", good)
        finally:
            away.join()
        assert result.code == 0, result.error
        assert result.seconds > AWAY_SECONDS
        serves(good)
