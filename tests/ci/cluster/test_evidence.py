"""What is gathered of an object that fails, over a cluster that shows what a test says."""

from typing import cast

import anyio
import pytest

from ci.cluster.client import Cluster
from ci.cluster.evidence import evidence, spoken
from ci.rollout.status import Object
from ci.run.errors import Refused
from tests.ci.objects import NOW, container, pod, snapshot
from tests.ci.shown import Shown

ENDED = pod(container(0, terminated={"exitCode": 3}))
BEGUN_ANEW = pod(container(1, {"exitCode": 3}, running={}))


@pytest.mark.parametrize(
    ("found", "log"),
    [([ENDED], "boom False"), ([BEGUN_ANEW], "boom True"), ([], "boom False")],
    ids=["as it was", "restarted since", "gone since"],
)
def test_log_of_a_container_that_fell(found: list[Object], log: str) -> None:
    """It is of the life that ended, also where the next one has begun before it is asked for."""

    class Restarted(Shown):
        async def pods(self, namespace: str) -> list[Object]:
            return found

    async def gathered() -> str:
        shown = snapshot(ENDED)
        return await evidence(cast(Cluster, Restarted(shown)), "stage", shown, NOW)

    assert anyio.run(gathered).splitlines()[-1] == log


class Silent(Shown):
    """A cluster that gives no log."""

    async def log(self, namespace: str, name: str, container: str, previous: bool) -> str:
        """It is refused."""
        raise Refused("No log for you.")


@pytest.mark.parametrize(
    ("kind", "told"),
    [(Shown, "container web:\nboom False"), (Silent, "There may be more: No log for you.")],
)
def test_what_a_pod_wrote_that_has_not_fallen(kind: type[Shown], told: str) -> None:
    """It is shown as well, where it can be had."""
    shown = snapshot(pod(container()))
    cluster = cast(Cluster, kind(shown))
    assert anyio.run(spoken, cluster, "stage", shown).endswith(told)
    assert anyio.run(spoken, cluster, "stage", None) == ""
