"""Finds out what an environment runs, and whether all of it is well and of one release."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import anyio

from ci import running
from ci.cluster import Cluster
from ci.environments import Environment
from ci.errors import CiError, NotFound, NotVerified
from ci.rollout import Status, compute
from ci.running import Running
from ci.watching import evidence

POLL_SECONDS = 0.5
SETTLE_SECONDS = 15


async def running_in(cluster: Cluster, environment: Environment) -> Running | None:
    """What one environment runs, or None."""
    try:
        snapshot = await cluster.snapshot(environment.namespace, environment.app)
    except NotFound:
        return None
    return Running.of(snapshot, datetime.now(UTC))


async def verify(
    cluster: Cluster, environment: Environment, image: str | None = None, revision: str = ""
) -> Running:
    """What the environment runs, once all of it runs and answers from one release.

    Without an image and a revision, those that its Deployment names are what is looked for.
    """
    namespace, app = environment.namespace, environment.app
    try:
        snapshot = await cluster.snapshot(namespace, app)
    except NotFound:
        raise NotFound(
            f"Nothing is deployed to {environment.name}: there is no Deployment {app} in "
            f"namespace {namespace}; `deploy --env {environment.name}` makes it."
        ) from None
    now = datetime.now(UTC)
    found = Running.of(snapshot, now)
    result = compute(snapshot, now)
    if result.status is not Status.CURRENT:
        raise NotVerified(
            f"Deployment {app} in {namespace} is {result.status.value}: {result.message}.",
            await evidence(cluster, namespace, snapshot),
        )
    if others := running.strangers(snapshot, image or found.image):
        raise NotVerified(
            f"Not every pod of {app} in {namespace} runs {image or found.image}.",
            "\n".join(others),
        )
    await _answers(cluster, environment, revision or found.revision)
    return found


async def _answers(cluster: Cluster, environment: Environment, revision: str) -> None:
    """The service is well, and is of this commit. Endpoints may lag behind the pods a little."""
    namespace, service = environment.namespace, f"{environment.app}:8000"

    async def well() -> str:
        health = await cluster.ask(namespace, service, "")
        return "" if health.get("status") == "ok" else f"its health is {health}"

    async def current() -> str:
        told = (await cluster.ask(namespace, service, "version")).get("revision")
        return "" if told == revision else f"it answers for commit {told}, not for {revision}"

    for question in (well, current):
        if objection := await _settled(question):
            raise NotVerified(
                f"Service {environment.app} in {namespace} is not right: {objection}."
            )


async def _settled(question: Callable[[], Awaitable[str]]) -> str:
    """The objection that is left when there was time enough for none to be."""
    objection = "it does not answer"
    with anyio.move_on_after(SETTLE_SECONDS):
        while True:
            try:
                objection = await question()
            except (CiError, AttributeError, ValueError) as error:
                objection = f"it does not answer ({error})"
            if not objection:
                return ""
            await anyio.sleep(POLL_SECONDS)
    return objection
