"""Releases that real requests judge, at what the gateway counts of them."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from local.tools.catalogue import DAGGER
from tests.e2e import broken
from tests.e2e.as_left import held
from tests.e2e.conftest import Result
from tests.e2e.load import Load, load_on
from tests.e2e.releases import APP, ENV, objects, report_of, serves
from tests.project import NAME

pytestmark = pytest.mark.e2e

Call = Callable[..., Result]
Kubectl = Callable[..., Any]
CLIENTS, PAUSE = 16, 0.075
"""About 200 requests a second."""

CANARY = ("--env", ENV, "--canary", "10%")


def requests() -> AbstractContextManager[Load]:
    """Real ones, as long as the block lasts."""
    return load_on(f"{ENV}.{NAME}.local", CLIENTS, PAUSE)


def nothing_left(kubectl: Kubectl) -> None:
    """No object of a canary is there, and requests lead to one backend."""
    kinds = "deployments,services,networkpolicies"
    assert not kubectl("-n", ENV, "get", kinds, "-l", "ci/canary")["items"]
    for rule in kubectl("-n", ENV, "get", "httproute", f"{APP}-route")["spec"]["rules"]:
        [backend] = rule["backendRefs"]
        assert (backend["name"], backend["weight"]) == (APP, 1)


def pods() -> set[str]:
    """Those that serve, and are to go on."""
    there = [each["metadata"] for each in objects("pods", "-l", f"app={NAME}")]
    return {each["name"] for each in there if "deletionTimestamp" not in each}


@pytest.fixture
def better(good: str, folder: Path) -> str:
    """An image that is another one, and as good."""
    return broken.image_that_runs(broken.slow(0), good, folder)


@pytest.fixture
def bad(good: str, folder: Path) -> str:
    """One that passes probes and `verify`, and fails a fifth of what people ask."""
    return broken.image_that_runs(broken.FAILS_A_FIFTH, good, folder)


class TestReleaseWithACanary:
    @pytest.mark.soak
    def test_that_is_good(self, call: Call, kubectl: Kubectl, better: str) -> None:
        """The whole rolls out, no request is lost, and nothing is left of the canary."""
        with requests() as load:
            result = call("deploy", *CANARY, "--image", better, "--watch", "10s")
        assert result.code == 0, result.error
        assert "Canary: good with 10% for 10s: 0 of " in result.stdout
        assert not load.failures
        serves(better)
        nothing_left(kubectl)

    def test_that_fails_real_requests(self, call: Call, kubectl: Kubectl, bad: str) -> None:
        """It is taken back within seconds, and all else is exactly as it was."""
        before, running = held(kubectl, ENV), pods()
        with requests() as load:
            result = call("deploy", *CANARY, "--image", bad)
        assert result.code != 0
        assert "is bad: it fails more requests" in result.error
        assert "which was not touched" in result.error
        assert pods() == running
        until = time.monotonic() + 45
        while held(kubectl, ENV) != before:
            assert time.monotonic() < until, "it is not as it was"
            time.sleep(1)
        nothing_left(kubectl)
        told = report_of()
        assert (told["verdict"], told["canary"]) == ("failed", "10%")
        assert _seconds(told["reason"]) < 20
        assert load.failures.keys() == {"status 500"}
        print(f"{told['reason']} {load.failures.total()} of {load.total} requests failed.")

    @pytest.mark.soak
    def test_whose_call_is_killed(self, call: Call, kubectl: Kubectl, better: str) -> None:
        """The next one leads the requests back, deletes what is there, and says so."""
        words = (DAGGER.program("dagger"), "call", "deploy", *CANARY, "--image", better)
        with subprocess.Popen(list(map(str, words)), stderr=subprocess.DEVNULL) as client:
            _wait(lambda: len(_backends(kubectl)) == 2)
            client.kill()
        result = call("rollback", "--env", ENV)
        assert result.code == 0, result.error
        assert re.search(r"Canary: release \d+ .* had left one: all requests were", result.stdout)
        nothing_left(kubectl)

    @pytest.mark.soak
    def test_that_nobody_asks(self, call: Call, kubectl: Kubectl, better: str) -> None:
        """Where nothing insists on a verdict, it is released, and the report says so."""
        brief = ("--watch", "1s", "--timeout", "10s")
        result = call("deploy", *CANARY, "--image", better, *brief)
        assert result.code == 0, result.error
        assert "Canary: not judged, and passed over" in result.stdout
        nothing_left(kubectl)


@pytest.mark.soak
class TestReleaseThatBakes:
    def test_that_is_good(self, call: Call, better: str) -> None:
        """It stays, the report has the figures of before and after, and no request is lost."""
        with requests() as load:
            result = call("deploy", "--env", ENV, "--image", better, "--bake", "30s")
        assert result.code == 0, result.error
        assert "Bake: good for 30s: 0 of " in result.stdout
        assert not load.failures
        serves(better)

    def test_that_fails_real_requests(self, call: Call, bad: str, good: str) -> None:
        """The last good release is back before the bake is over."""
        with requests() as load:
            result = call("deploy", "--env", ENV, "--image", bad, "--bake", "5m")
        assert result.code != 0
        assert "is bad by real requests: it fails more requests" in result.error
        assert "The last good one is back and verified" in result.error
        assert _seconds(result.error) < 20
        assert load.failures.keys() == {"status 500"}
        print(f"{report_of()['reason']} {load.failures.total()} of {load.total} requests failed.")
        serves(good)

    def test_that_is_twice_as_slow(self, call: Call, good: str, folder: Path) -> None:
        """It is told of, against one that is slow already."""
        slow, slower = (
            broken.image_that_runs(broken.slow(each), good, folder) for each in (30, 60)
        )
        with requests():
            assert call("deploy", "--env", ENV, "--image", slow).code == 0
            result = call("deploy", "--env", ENV, "--image", slower, "--bake", "60s")
        assert result.code != 0
        assert "is bad by real requests: it is slower at p99" in result.error
        print(report_of()["reason"])
        serves(slow)


@pytest.mark.soak
class TestAMinuteOfRequests:
    @pytest.fixture
    def asked(self) -> Iterator[Load]:
        """Requests all the time."""
        with requests() as load:
            yield load

    def test_costs_a_tenth_of_a_plain_update(self, call: Call, bad: str, good: str) -> None:
        """That is what a canary is for: failed requests of either, in the same time."""
        image = ("--env", ENV, "--image", bad)
        with requests() as canary:
            _for_a_minute(lambda: call("deploy", *image, "--canary", "10%"))
        with requests() as plain:
            _for_a_minute(lambda: call("deploy", *image))
        serves(bad)
        assert call("rollback", "--env", ENV).code == 0
        serves(good)
        failed, cost = canary.failures.total(), plain.failures.total()
        print(f"failed requests: {failed} with a canary, {cost} without")
        assert 0 < failed <= cost / 10

    def test_shows_one_that_is_twice_as_slow(
        self, call: Call, good: str, folder: Path, asked: Load
    ) -> None:
        """It is told of within the watch, against one that is slow already."""
        slow, slower = (
            broken.image_that_runs(broken.slow(each), good, folder) for each in (30, 60)
        )
        assert call("deploy", "--env", ENV, "--image", slow).code == 0
        result = call("deploy", *CANARY, "--image", slower)
        assert result.code != 0
        assert "is bad: it is slower at p99" in result.error
        assert _seconds(result.error) < 60
        print(report_of()["reason"])
        serves(slow)

    def test_raises_no_false_alarm(self, call: Call, good: str, folder: Path, asked: Load) -> None:
        """Of ten good releases each is let through, and no request fails."""
        better = broken.image_that_runs(broken.slow(0), good, folder)
        for image in (better, good) * 5:
            result = call("deploy", *CANARY, "--image", image)
            assert result.code == 0, result.error
            [told] = [each for each in report_of()["checks"] if each.startswith("Canary")]
            print(told)
        assert not asked.failures

    def test_raises_no_false_alarm_after_a_rollout(
        self, call: Call, good: str, folder: Path, asked: Load
    ) -> None:
        """Of five good releases each bakes to its end."""
        better = broken.image_that_runs(broken.slow(0), good, folder)
        for image in (better, good, better, good, better):
            result = call("deploy", "--env", ENV, "--image", image, "--bake", "60s")
            assert result.code == 0, result.error
            [told] = [each for each in report_of()["checks"] if each.startswith("Bake")]
            print(told)
        assert not asked.failures


def _backends(kubectl: Kubectl) -> list[Any]:
    route = kubectl("-n", ENV, "get", "httproute", f"{APP}-route")
    found: list[Any] = route["spec"]["rules"][0]["backendRefs"]
    return found


def _wait(happens: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not happens():
        assert time.monotonic() < until, "it does not happen"
        time.sleep(0.5)


def _for_a_minute(act: Callable[[], object]) -> None:
    began = time.monotonic()
    act()
    time.sleep(max(0, 60 - (time.monotonic() - began)))


def _seconds(told: str) -> float:
    """How long after its first request a canary was told of as bad."""
    [found] = re.findall(r"sure, ([\d.]+) s after its first request", told)
    return float(found)
