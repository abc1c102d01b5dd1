"""Anybody's service: three that are none of ours, from a table of a few lines to verified."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.clients import WITHOUT_A_ROUTE
from tests.e2e.conftest import Result
from tests.e2e.foreign import BESIDE, ENV, NAMES, SERVICES, Bring, Foreign, brought, removed
from tests.e2e.releases import Kubectl

MOST_LINES = 15
MIGRATION, WEB, WORKER = (f"{ENV}-orders-{part}" for part in ("migration", "web", "worker"))
OTHERS = "manifests/overlays/dev/others.yaml"
PAGES_WEB = CLOCK_WEB = "manifests/overlays/dev/web.yaml"
_PROGRAM = "          image: clock:replaced\n"


@pytest.fixture(scope="module")
def bring(stack: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bring]:
    """Brings a service to the environment, once; nothing of any is left in the end."""
    there: dict[str, Foreign] = {}

    def bring(name: str) -> Foreign:
        if name not in there:
            there[name] = brought(name, tmp_path_factory.mktemp("services"))
        return there[name]

    yield bring
    for each in there.values():
        removed(each)


@pytest.mark.parametrize("name", NAMES)
def test_lines_that_a_service_has_for_the_pipeline(name: str) -> None:
    """They are few, and in one file."""
    lines = [line for line in (SERVICES / name / BESIDE).read_text().splitlines() if line.strip()]
    assert 0 < len(lines) <= MOST_LINES


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("name", "pods"),
    [
        pytest.param(
            *("pages", "1 of 1 ready, asked through the gateway at .* as pages.example.com"),
            marks=pytest.mark.soak,
        ),
        ("orders", f"2 of 2 ready, {WITHOUT_A_ROUTE}"),
        pytest.param("clock", f"1 of 1 ready, {WITHOUT_A_ROUTE}", marks=pytest.mark.soak),
    ],
)
def test_service_that_is_none_of_ours(bring: Bring, name: str, pods: str) -> None:
    """It is tested, built, scanned, pushed, deployed and verified, from its own repository."""
    report = bring(name).report
    assert report["verdict"] == "deployed and verified"
    assert re.match(pods, report["pods"]), report["pods"]
    assert f"/{name}@sha256:" in report["image"]
    assert {"test", "build", "scan", "push", "rollout", "verify"} <= set(report["seconds"])
    assert any(check.startswith("Tests: ") for check in report["checks"])


@pytest.mark.e2e
def test_migration(bring: Bring, kubectl: Kubectl) -> None:
    """It came to its end before any pod of the service was made."""
    assert "before rollout" in bring("orders").report["seconds"]
    job = kubectl("-n", ENV, "get", "job", MIGRATION)
    sets = kubectl("-n", ENV, "get", "replicasets", "-l", "app in (orders-web, orders-worker)")
    made = [each["metadata"]["creationTimestamp"] for each in sets["items"]]
    assert len(made) == 2
    assert job["status"]["completionTime"] <= min(made)


@pytest.mark.e2e
@pytest.mark.soak
class TestBroken:
    def test_migration_that_fails(self, bring: Bring, kubectl: Kubectl) -> None:
        """It is told of with what it wrote, and no pod of the service was touched."""
        orders = bring("orders")
        before = _pods(kubectl)
        with orders.changed(OTHERS, "[migrate]", "[undo]"):
            result = orders.again()
        _told(orders, result, f"Job {MIGRATION} in {ENV} fails with BackoffLimitExceeded")
        assert "there is no task undo" in result.stderr
        assert _pods(kubectl) == before

    def test_migration_of_the_next_release(self, bring: Bring, kubectl: Kubectl) -> None:
        """It is made anew, and comes to its end first."""
        orders = bring("orders")
        with orders.changed(OTHERS, "[migrate]", "[migrate, again]"):
            result = orders.again()
        assert result.code == 0, result.error
        assert f"Job {MIGRATION} was made anew" in result.stdout
        assert _restored(orders)

    def test_worker_that_does_not_stay(self, bring: Bring) -> None:
        """It has no port to be asked at, and is told of all the same."""
        orders = bring("orders")
        with orders.changed(OTHERS, "[work]", "[rest]"):
            result = orders.again()
        _told(orders, result, f"Deployment {WORKER} in {ENV} fails with CrashLoopBackOff")

    def test_image_that_is_not_there(self, bring: Bring) -> None:
        """The workload that names it is told of."""
        pages = bring("pages")
        missing = f"image: {pages.image.partition('@')[0]}@sha256:{'0' * 64}"
        second = f"      initContainers:\n        - name: first\n          {missing}\n"
        with pages.changed(PAGES_WEB, "      containers:\n", second + "      containers:\n"):
            result = pages.again()
        _told(pages, result, f"Deployment pages in {ENV} fails with ")

    def test_health_that_fails(self, bring: Bring) -> None:
        """Pods that say that they are not well never count as there."""
        pages = bring("pages")
        with pages.changed(PAGES_WEB, "/health", "/nowhere"):
            result = pages.again("--timeout", "20s")
        _told(pages, result, f"Deployment pages in {ENV} is not there after")

    def test_static_program_that_does_not_start(self, bring: Bring) -> None:
        """It is told of and restored as any other."""
        clock = bring("clock")
        with clock.changed(CLOCK_WEB, _PROGRAM, f"{_PROGRAM}          command: [/nowhere]\n"):
            result = clock.again()
        _told(clock, result, f"Deployment {ENV}-clock in {ENV} fails with ")


def _told(service: Foreign, result: Result, reason: str) -> None:
    """It failed for that reason, and what ran before is back and verified."""
    assert result.code != 0, result.stdout
    assert "Traceback" not in result.stderr
    assert reason in result.error, result.error
    assert "The last good one is back and verified" in result.error
    assert _restored(service)


def _restored(service: Foreign) -> bool:
    """The environment runs the image of its first release, and is well."""
    verified = service.call("verify", "--env", ENV)
    return verified.code == 0 and service.image in verified.stdout


def _pods(kubectl: Kubectl) -> set[str]:
    found: Any = kubectl("-n", ENV, "get", "pods", "-l", "app in (orders-web, orders-worker)")
    return {each["metadata"]["uid"] for each in found["items"]}
