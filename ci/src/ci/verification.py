"""Finds out what an environment runs, and whether all of it is well and of one release."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import anyio

from ci import history, routing, running
from ci.cluster import Cluster
from ci.entrance import entrance
from ci.environments import Environment
from ci.errors import CiError, NotFound, NotVerified
from ci.records import Records
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
    cluster: Cluster,
    environment: Environment,
    image: str | None = None,
    revision: str = "",
    routes: Sequence[str] | None = None,
) -> Running:
    """What the environment runs, once all of it runs and answers from one release.

    Without an image and a revision, those that its Deployment names are what is looked for, and
    without routes, those of its last good release.
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
    if routes is None:
        routes = await _released_routes(cluster, environment)
    for name in routes:
        await _attached(cluster, namespace, name)
    through = await _answers(cluster, environment, revision or found.revision, routes)
    return replace(found, through=through)


async def _released_routes(cluster: Cluster, environment: Environment) -> Sequence[str]:
    """The routes of the last good release; without one, the one that it must have."""
    good = history.last_good(await Records(cluster, environment).read())
    return good.manifest.routes if good else [environment.route]


async def _attached(cluster: Cluster, namespace: str, name: str) -> None:
    """The route is there, and its gateway takes requests for it. Controllers lag a little."""

    async def attached() -> str:
        return routing.objection(await cluster.route(namespace, name))

    if objection := await _settled(attached):
        raise NotVerified(
            f"HTTPRoute {name} in {namespace} is not right: {objection}; "
            f"`kubectl --namespace {namespace} describe httproute {name}` tells more."
        )


async def _answers(
    cluster: Cluster, environment: Environment, revision: str, routes: Sequence[str]
) -> str:
    """The service is well, and is of this commit. Endpoints may lag behind the pods a little.

    It is asked through the gateway, or through the API server where no route leads to it; which of
    the two is what is given.
    """
    namespace = environment.namespace
    shown = [await cluster.route(namespace, name) for name in routes]
    way = await entrance(cluster, environment, shown)

    async def well() -> str:
        health = await way.ask("")
        return "" if health.get("status") == "ok" else f"its health is {health}"

    async def current() -> str:
        told = (await way.ask("version")).get("revision")
        return "" if told == revision else f"it answers for commit {told}, not for {revision}"

    for question in (well, current):
        if objection := await _settled(question):
            raise NotVerified(
                f"Service {environment.app} in {namespace} is not right, asked through {way}: "
                f"{objection}."
            )
    return str(way)


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
