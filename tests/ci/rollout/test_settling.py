"""Pods that stay ready, and those that do not."""

from datetime import timedelta
from typing import Any

from ci.rollout.settling import Lives
from ci.rollout.status import Object, Result, Status
from tests.ci.objects import NOW, container, moment, pod, ready

EXIT = {"exitCode": 1}
UP, FALLEN = container(), container(1, EXIT, waiting={"reason": "CrashLoopBackOff"})
NOT_READY = [ready("False", seconds=1)]


def seen(*looks: Object, apart: float = 1, settle: float = 15) -> Result:
    """What is said after looks at one pod, the last of them now."""
    lives = Lives()
    for place, found in enumerate(looks, start=1 - len(looks)):
        lives = lives.after([found], NOW + timedelta(seconds=place * apart))
    return lives.result(looks[-1:], moment(settle=settle))


def just_ready(**more: Any) -> Object:
    """A pod that became ready four seconds ago."""
    return pod(UP, conditions=[ready(seconds=4)], **more)


def test_pod_that_was_ready_before() -> None:
    """It is settled: a release that changes nothing waits for nothing."""
    assert seen(pod(UP)).status is Status.CURRENT


def test_pod_that_is_ready_for_a_moment() -> None:
    """How long it has to be is said."""
    result = seen(just_ready())
    assert (result.status, result.reason) == (Status.IN_PROGRESS, "Settling")
    assert result.message == "pod stage-web-new-x is ready, and has to be for 15s"
    assert seen(just_ready(), settle=4).status is Status.CURRENT


def test_pod_that_was_seen_to_become_ready() -> None:
    """Our clock counts, whatever that of its node says."""
    starting = pod(container(), conditions=NOT_READY)
    assert seen(starting, pod(UP)).status is Status.IN_PROGRESS
    assert seen(starting, *[pod(UP)] * 16).status is Status.CURRENT


def test_pod_that_is_not_ready() -> None:
    """It is waited for."""
    assert seen(pod(UP), pod(UP, conditions=NOT_READY)).reason == "NotReady"


def test_container_that_falls_after_it_was_ready() -> None:
    """One time is enough, also where it is up again, or has yet to be restarted."""
    for after in (FALLEN, container(1, EXIT), container(terminated=EXIT)):
        result = seen(just_ready(), pod(after))
        assert result.status is Status.FAILED
        assert "exits with 1 after it was ready" in result.message


def test_container_that_fell_before_it_was_ready() -> None:
    """An unlucky start is no failure."""
    falls = pod(container(terminated=EXIT), conditions=NOT_READY)
    assert seen(falls, pod(container(1, EXIT)), settle=0).status is Status.CURRENT


def test_container_that_was_restarted_before_the_release() -> None:
    """That was not this release's doing."""
    assert seen(pod(container(9, EXIT)), pod(container(9, EXIT))).status is Status.CURRENT


def test_pod_in_the_place_of_another() -> None:
    """It begins anew."""
    assert seen(pod(UP), just_ready(uid="another")).reason == "Settling"


def test_pod_that_is_to_come_to_an_end() -> None:
    """Whether it exits is for its Job to count."""
    job = {"restartPolicy": "Never", "containers": []}
    looks = [each | {"spec": job} for each in (just_ready(), pod(container(terminated=EXIT)))]
    assert seen(*looks).status is Status.CURRENT
