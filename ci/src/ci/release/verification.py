"""Finds out whether all that an environment runs is well, and of one release."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import anyio

from ci.cluster.client import Cluster
from ci.cluster.entrance import Entrance, entrances
from ci.cluster.watching import Watch
from ci.gateway import expected, routing
from ci.manifests import containers, services, waves
from ci.manifests.manifest import Manifest, Object, name_of
from ci.project.environments import Environment
from ci.records import history
from ci.records.presence import running_in
from ci.records.store import Records
from ci.rollout import running
from ci.rollout.judgement import Found
from ci.rollout.limits import Limits
from ci.rollout.running import Part, Running
from ci.run.errors import CiError, KeptOut, NotFound, NotVerified
from ci.run.steps import side_by_side
from ci.run.together import gather

POLL_SECONDS = 0.5
SETTLE_SECONDS = 15
ON_ITS_WAY = Limits(rollout=timedelta(seconds=15), settle=timedelta())
"""For an environment that nobody releases to: pods may move, and come back."""


async def verify(cluster: Cluster, environment: Environment) -> Running:
    """What the environment runs, once all of its last good release is there and answers."""
    releases = await Records(cluster, environment).read()
    standing = history.standing_release(releases)
    runs = await running_in(cluster, environment, releases)
    if standing is None or runs is None:
        raise NotFound(
            f"Nothing is deployed to {environment.name}: no workload of a release of "
            f"{environment.app} is in namespace {environment.namespace}; "
            f"`deploy --env {environment.name}` makes it."
        )
    manifest = waves.lasting(standing.manifest)
    watch = Watch(cluster, environment.namespace, manifest.objects, ON_ITS_WAY)
    of = (standing.report.image, runs.image, runs.revision)
    return await verified(cluster, environment, watch, manifest, *of)


async def verified(
    cluster: Cluster,
    environment: Environment,
    watch: Watch,
    manifest: Manifest,
    rendered: str,
    image: str,
    revision: str,
) -> Running:
    """What the environment runs, once all that is watched is settled and answers as this release.

    Ours are the containers of the manifest with the image `rendered`; they have to run `image`. The
    way to the pods is tried while they settle.
    """
    found: list[Found] = []
    ways: list[str] = []
    kept_out: list[str] = []
    asked = services.asked(manifest.objects, rendered, environment.service)

    async def settle() -> None:
        found.append(await watch.settled())

    async def ask() -> None:
        namespace = environment.namespace
        routes = [await _attached(cluster, namespace, name) for name in manifest.routes]
        into = await entrances(cluster, namespace, asked.endpoints, routes)
        await gather(*(partial(answer, each) for each in into))

    async def answer(entrance: Entrance) -> None:
        try:
            ways.append(await _answers(entrance, environment, revision))
        except KeptOut:
            kept_out.append(
                f"{entrance.endpoint} is not asked, as no route leads there and a NetworkPolicy "
                "keeps the API server out"
            )

    await side_by_side(settle, ask)
    [settled] = found
    parts = _parts(settled, rendered)
    for part in parts:
        if others := list(running.strangers(part, image)):
            who = f"{name_of(part.snapshot.resource)} in {environment.namespace}"
            raise NotVerified(f"Not every pod of {who} runs {image}.", "\n".join(others))
    if not parts:
        raise NotVerified(
            f"No workload of the release to {environment.namespace} runs {rendered}: name "
            f"{environment.service.name} as the image of a container."
        )
    runs = Running.of(parts, datetime.now(UTC))
    notes = (*runs.notes, *asked.notes, *kept_out, *watch.not_understood(settled))
    return replace(runs, through=" and ".join(dict.fromkeys(ways)), notes=notes)


def _parts(found: Found, image: str) -> list[Part]:
    shown = {id(resource): snapshot for resource, snapshot in found}
    wanted = containers.workloads([resource for resource, _ in found], image)
    return running.parts(wanted, [shown[id(each)] for each in wanted], image)


async def _attached(cluster: Cluster, namespace: str, name: str) -> Object:
    """The route, once its gateway takes requests for it. Controllers lag a little."""
    found: list[Object] = []

    async def attached() -> str:
        found.append(await cluster.route(namespace, name))
        return routing.objection(found[-1])

    if objection := await _settled(attached):
        raise NotVerified(
            f"HTTPRoute {name} in {namespace} is not right: {objection}; "
            f"`kubectl --namespace {namespace} describe httproute {name}` tells more."
        )
    return found[-1]


async def _answers(entrance: Entrance, environment: Environment, revision: str) -> str:
    """Which way an endpoint was asked that is well, and of this commit where it tells.

    It is asked through the gateway, or through the API server where no route leads to it. Endpoints
    may lag behind the pods a little.
    """
    endpoint, service = entrance.endpoint, environment.service

    async def well() -> str:
        text = await entrance.ask(endpoint.health)
        return expected.is_ill(text, service.health) if endpoint.is_ours else ""

    async def current() -> str:
        if service.commit is None or not endpoint.commit:
            return ""
        text = await entrance.ask(endpoint.commit)
        return expected.is_of_another(text, service.commit, revision)

    for question in (well, current):
        if objection := await _settled(question):
            raise NotVerified(
                f"{endpoint} in {environment.namespace} is not right, asked through {entrance}: "
                f"{objection}."
            )
    return str(entrance)


async def _settled(question: Callable[[], Awaitable[str]]) -> str:
    """The objection that is left when there was time enough for none to be.

    Raises KeptOut where there was no answer in all that time, for that reason.
    """
    objection = "it does not answer"
    kept_out: KeptOut | None = None
    with anyio.move_on_after(SETTLE_SECONDS):
        while True:
            try:
                objection, kept_out = await question(), None
            except CiError as error:
                objection = f"it does not answer ({error})"
                kept_out = error if isinstance(error, KeptOut) else None
            if not objection:
                return ""
            await anyio.sleep(POLL_SECONDS)
    if kept_out:
        raise kept_out
    return objection
