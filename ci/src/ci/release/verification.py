"""Finds out what an environment runs, and whether all of it is well and of one release."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import anyio

from ci.cluster.client import Cluster
from ci.cluster.entrance import entrance
from ci.cluster.watching import Watch
from ci.gateway import routing
from ci.manifests.manifest import Manifest
from ci.project.environments import Environment
from ci.records import history
from ci.records.store import Records
from ci.rollout import running
from ci.rollout.deployments import Snapshot
from ci.rollout.judgement import Found
from ci.rollout.limits import Limits
from ci.rollout.running import Running
from ci.run.errors import CiError, NotFound, NotVerified
from ci.run.steps import side_by_side

POLL_SECONDS = 0.5
SETTLE_SECONDS = 15
ON_ITS_WAY = Limits(rollout=timedelta(seconds=15), settle=timedelta())
"""For an environment that nobody releases to: pods may move, and come back."""


async def running_in(cluster: Cluster, environment: Environment) -> Running | None:
    """What one environment runs, or None."""
    try:
        snapshot = await cluster.snapshot(environment.namespace, environment.app)
    except NotFound:
        return None
    return Running.of(snapshot, datetime.now(UTC))


async def verify(cluster: Cluster, environment: Environment) -> Running:
    """What the environment runs, once all of its last good release is there and answers."""
    namespace, app = environment.namespace, environment.app
    runs = await running_in(cluster, environment)
    if runs is None:
        raise NotFound(
            f"Nothing is deployed to {environment.name}: there is no Deployment {app} in "
            f"namespace {namespace}; `deploy --env {environment.name}` makes it."
        )
    good = history.last_good(await Records(cluster, environment).read())
    manifest = good.manifest if good else _least(environment)
    watch = Watch(cluster, namespace, manifest.objects, ON_ITS_WAY)
    return await verified(cluster, environment, watch, runs.image, runs.revision, manifest.routes)


async def verified(
    cluster: Cluster,
    environment: Environment,
    watch: Watch,
    image: str,
    revision: str,
    routes: Sequence[str],
) -> Running:
    """What the environment runs, once all that is watched is settled and answers as this release.

    The way to the pods is tried while they settle.
    """
    namespace, app = environment.namespace, environment.app
    found: list[Found] = []
    ways: list[str] = []

    async def settle() -> None:
        found.append(await watch.settled())

    async def ask() -> None:
        for name in routes:
            await _attached(cluster, namespace, name)
        ways.append(await _answers(cluster, environment, revision, routes))

    await side_by_side(settle, ask)
    [settled], [through] = found, ways
    snapshot = _of(settled, app)
    if others := running.strangers(snapshot, image):
        raise NotVerified(f"Not every pod of {app} in {namespace} runs {image}.", "\n".join(others))
    runs = Running.of(snapshot, datetime.now(UTC))
    return replace(runs, through=through, notes=watch.not_understood(settled))


def _least(environment: Environment) -> Manifest:
    """What there must be where no release is on record."""
    workload = ("apps/v1", "Deployment", environment.app)
    route = ("gateway.networking.k8s.io/v1", "HTTPRoute", environment.route)
    return Manifest.of(
        {"apiVersion": version, "kind": kind, "metadata": {"name": name}}
        for version, kind, name in (workload, route)
    )


def _of(found: Found, deployment: str) -> Snapshot:
    for resource, snapshot in found:
        if (resource["kind"], resource["metadata"]["name"]) == ("Deployment", deployment):
            if snapshot:
                return snapshot
    raise NotVerified(f"The release has no Deployment {deployment}, which is what answers.")


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
