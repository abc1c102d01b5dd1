"""The environment that releases are tried in, and what is asked of it."""

import json
import time
from collections.abc import Callable
from typing import Any

from local.paths import KUBECONFIG
from local.toolchain.catalogue import KUBERNETES
from tests.e2e.conftest import VERDICT, Result, run

ENV = "dev"
APP = f"{ENV}-fastapi"
Call = Callable[..., Result]
Kubectl = Callable[..., Any]


def report_of(call: Call, env: str = ENV) -> dict[str, Any]:
    """The environment's newest report."""
    told = call("report", "--env", env, "--format", "json")
    assert told.code == 0, told.error
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def failed_and_restored(
    call: Call,
    result: Result,
    good: str,
    reason: str,
    within: float,
    evidence: str = "",
    env: str = ENV,
) -> None:
    """It failed for that reason, was told of in time, and the good image serves again."""
    assert result.code != 0, result.stdout
    assert "Traceback" not in result.printed
    assert reason in result.error, result.error
    assert "The last good one is back and verified" in result.error
    report = report_of(call, env)
    seconds = report["seconds"]
    verdict = sum(seconds.get(step, 0) for step in ("apply", "rollout", "verify"))
    print(f"{reason}: {VERDICT} {verdict:.1f} s, restored {verdict + seconds['restore']:.1f} s")
    assert report["verdict"] == "failed"
    assert reason in report["reason"]
    assert evidence in report["evidence"], report["evidence"]
    assert verdict < within
    assert verdict + seconds["restore"] < 60
    serves(call, good, env)


def serves(call: Call, image: str, env: str = ENV) -> None:
    """The environment is well and runs this image."""
    verified = call("verify", "--env", env)
    assert verified.code == 0, verified.error
    assert image in verified.stdout


def lead_to(env: str, path: str) -> None:
    """Lead one more path through the gateway to an environment's service, until it is deployed."""
    match = {"path": {"type": "PathPrefix", "value": path}}
    change = json.dumps([{"op": "add", "path": "/spec/rules/0/matches/-", "value": match}])
    patch = ("-n", env, "patch", "httproute", f"{env}-fastapi-route", "--type=json", "-p", change)
    done = run(KUBERNETES.program("kubectl"), "--kubeconfig", KUBECONFIG, *patch)
    assert done.code == 0, done.printed
    time.sleep(3)  # The gateway hears of it a second or two later.


def pending(kubectl: Kubectl) -> list[Any]:
    """The releases that have begun and not ended."""
    found: list[Any] = kubectl("-n", ENV, "get", "secrets", "-l", "ci/release=pending")["items"]
    return found


def begun(kubectl: Kubectl) -> None:
    """Wait until a release has begun."""
    until = time.monotonic() + 120
    while not pending(kubectl):
        assert time.monotonic() < until, "no release begins"
        time.sleep(0.2)
