"""What is gathered of an object that fails, over a cluster that shows what a test says."""

from typing import cast

import anyio
import pytest

from ci.cluster.client import Cluster
from ci.cluster.evidence import evidence
from ci.rollout.status import Object
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
