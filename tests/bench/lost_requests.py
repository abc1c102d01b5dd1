"""Counts what is lost without each of the settings that keep requests from being lost.

    python tests/bench/lost_requests.py

The laptop stack is up, and stage is deployed to. Each row takes one setting away from stage's
Deployment, or from the gateway, and replaces every pod three times under load on 32 connections; or
kills a pod without a warning. In the end stage is as it was.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from local.cluster.kubectl import kubectl  # noqa: E402
from tests.e2e.load import Load, load_on  # noqa: E402
from tests.project import NAME  # noqa: E402

ENV = "stage"
APP = f"deployment/{ENV}-{NAME}"
UPDATES = 3
Patch = dict[str, Any]


def container(**change: Any) -> Patch:
    """A change to the Deployment's container."""
    return {"spec": {"template": {"spec": {"containers": [{"name": NAME, **change}]}}}}


def env(**values: str) -> Patch:
    """Settings of the service."""
    return container(env=[{"name": name, "value": value} for name, value in values.items()])


NO_PRE_STOP = container(lifecycle=None)
NO_DRAIN = env(DRAIN_SECONDS="0")
NEITHER = container(lifecycle=None, env=[{"name": "DRAIN_SECONDS", "value": "0"}])
SHORT_KEEP_ALIVE = env(KEEP_ALIVE_SECONDS="1")
AT_ONCE: Patch = {
    "spec": {"strategy": {"rollingUpdate": {"maxUnavailable": "100%", "maxSurge": 0}}}
}


@dataclass(frozen=True)
class Row:
    """One setting that is taken away, and how the load is put on."""

    name: str
    patch: Patch
    retries: bool = True
    pause: float = 0
    killed: bool = False


ROWS = (
    Row("all settings", {}),
    Row("without retries", {}, retries=False),
    Row("without preStop", NO_PRE_STOP),
    Row("without preStop, without retries", NO_PRE_STOP, retries=False),
    Row("without the drain after SIGTERM", NO_DRAIN),
    Row("without preStop and drain", NEITHER),
    Row("without preStop, drain and retries", NEITHER, retries=False),
    Row("maxUnavailable 100% instead of 0", AT_ONCE),
    Row("keep-alive of 1 s, a request a second", SHORT_KEEP_ALIVE, pause=0.995),
    Row("the same without retries", SHORT_KEEP_ALIVE, retries=False, pause=0.995),
    Row("a pod killed, all settings", {}, killed=True),
    Row("a pod killed, without retries", {}, retries=False, killed=True),
)


def main() -> None:
    """Measures every row, and prints a table."""
    print("| setting | requests | failed | how |\n| --- | ---: | ---: | --- |")
    for row in ROWS:
        load = measured(row)
        how = ", ".join(f"{count} {what}" for what, count in load.failures.items()) or "-"
        print(f"| {row.name} | {load.total} | {load.failures.total()} | {how} |", flush=True)


def measured(row: Row) -> Load:
    """What the load comes to with one setting taken away."""
    with changed(row.patch), without_retries(not row.retries):
        with load_on(f"{ENV}.{NAME}.local", pause=row.pause) as load:
            if row.killed:
                for _ in range(UPDATES):
                    kill_a_pod()
                    settle()
            else:
                for _ in range(UPDATES):
                    in_namespace("rollout", "restart", APP)
                    settle()
    return load


def kill_a_pod() -> None:
    """As the kernel does where memory is short: without a signal that could be heeded."""
    pod = in_namespace(
        "get", "pods", "-l", f"app={NAME}", "-o", "jsonpath={.items[0].metadata.name}"
    )
    in_namespace("delete", "pod", pod, "--force", "--grace-period=0", "--wait=false")


@contextmanager
def changed(patch: Patch) -> Iterator[None]:
    """The Deployment with a change, and as it was in the end."""
    before = json.loads(in_namespace("get", APP, "-o", "json"))["spec"]
    if patch:
        in_namespace("patch", APP, "-p", json.dumps(patch))
        settle()
    try:
        yield
    finally:
        if patch:
            restored = [{"op": "replace", "path": "/spec", "value": before}]
            in_namespace("patch", APP, "--type=json", "-p", json.dumps(restored))
            settle()


@contextmanager
def without_retries(gone: bool) -> Iterator[None]:
    """The gateway without its retries where these are to be gone, and with them in the end."""
    if gone:
        set_retries(0)
    try:
        yield
    finally:
        if gone:
            set_retries(2)


def set_retries(count: int) -> None:
    """Changes the gateway's policy, and gives it time to hear of that."""
    change = json.dumps([{"op": "replace", "path": "/spec/retry/numRetries", "value": count}])
    policy = ("-n", "envoy-gateway-system", "patch", "backendtrafficpolicy", "retries")
    kubectl(*policy, "--type=json", "-p", change)
    time.sleep(3)


def settle() -> None:
    """Waits until all pods are there, and those before them have ended."""
    in_namespace("rollout", "status", APP, "--timeout=120s")
    time.sleep(8)


def in_namespace(*arguments: str) -> str:
    """What kubectl prints in the environment's namespace."""
    return kubectl("-n", ENV, *arguments)


if __name__ == "__main__":
    main()
