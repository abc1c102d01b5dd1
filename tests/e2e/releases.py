"""The environment that releases are tried in, and what is asked of it."""

import json
import time
from collections.abc import Callable
from typing import Any

import urllib3

from ci.records.history import Release
from local.host.paths import KUBECONFIG, NODE_ADDRESS
from local.tools.catalogue import KUBERNETES
from tests.e2e.conftest import VERDICT, Result, run
from tests.project import NAME

ENV = "dev"
APP = f"{ENV}-{NAME}"
Call = Callable[..., Result]
Kubectl = Callable[..., Any]


def objects(kind: str, *arguments: str, env: str = ENV) -> list[Any]:
    """The objects of a kind in an environment's namespace."""
    program = (KUBERNETES.program("kubectl"), "--kubeconfig", KUBECONFIG, "-n", env)
    asked = run(*program, "get", kind, "-o", "json", *arguments)
    assert asked.code == 0, asked.printed
    found: list[Any] = json.loads(asked.stdout)["items"]
    return found


def report_of(env: str = ENV) -> dict[str, Any]:
    """The report of the environment's newest release, as its namespace keeps it."""
    kept = map(Release.of_secret, objects("secrets", "-l", "ci/release", env=env))
    newest = max(kept, key=lambda each: each.number)
    found: dict[str, Any] = json.loads(newest.report.to_json())
    return found


def failed_and_restored(
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
    report = report_of(env)
    seconds = report["seconds"]
    verdict = sum(seconds.get(step, 0) for step in ("apply", "rollout", "verify"))
    print(f"{reason}: {VERDICT} {verdict:.1f} s, restored {verdict + seconds['restore']:.1f} s")
    assert report["verdict"] == "failed"
    assert reason in report["reason"]
    assert evidence in report["evidence"], report["evidence"]
    assert verdict < within
    assert verdict + seconds["restore"] < 60
    serves(good, env)


def serves(image: str, env: str = ENV) -> None:
    """All of the environment's pods run this image and are ready, and its clients are answered."""
    named = f"--field-selector=metadata.name={env}-{NAME}"
    [deployment] = objects("deployments", named, env=env)
    status, wanted = deployment["status"], deployment["spec"]["replicas"]
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == image
    assert status["observedGeneration"] == deployment["metadata"]["generation"]
    counts = [status.get(count) for count in ("replicas", "updatedReplicas", "readyReplicas")]
    assert counts == [wanted] * 3, status
    with urllib3.HTTPConnectionPool(NODE_ADDRESS, timeout=10) as pool:
        answer = pool.request("GET", "/", headers={"Host": f"{env}.{NAME}.local"})
    assert (answer.status, answer.json()["status"]) == (200, "ok")


def lead_to(env: str, path: str) -> None:
    """Lead one more path through the gateway to an environment's service, until it is deployed."""
    match = {"path": {"type": "PathPrefix", "value": path}}
    change = json.dumps([{"op": "add", "path": "/spec/rules/0/matches/-", "value": match}])
    patch = ("-n", env, "patch", "httproute", f"{env}-{NAME}-route", "--type=json", "-p", change)
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
