"""One release at a time: whoever releases to an environment holds its Lease meanwhile.

Whether a holder is alive is judged by whether its Lease changes while one looks, so the clocks of
two machines need not agree. A holder that was killed is thus followed within seconds.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any
from uuid import uuid4

import anyio

from ci.cluster.client import Cluster
from ci.project.environments import Environment
from ci.rollout.status import Object
from ci.run import durations
from ci.run.errors import CiError, Conflict, Held, LeaseLost, Unreachable
from ci.run.patience import patiently

DURATION = timedelta(seconds=10)
RENEW_SECONDS = 2.0
LOOK_SECONDS = 0.5
ALIVE_SECONDS = 5.0
"""Within this, a holder that lives is seen to renew its Lease."""
CLOCKS_DIFFER = timedelta(minutes=1)


@asynccontextmanager
async def held(cluster: Cluster, environment: Environment, purpose: str) -> AsyncIterator[str]:
    """Hold the environment's Lease meanwhile, and say as whom; raises Held where another does.

    Losing it ends what is done meanwhile at once.
    """
    user = await cluster.user()
    holder = f"{purpose} by {user} ({uuid4().hex[:8]})"
    lease = await patiently(partial(_acquire, cluster, environment, holder))
    failure: Exception | None = None
    async with anyio.create_task_group() as group:
        group.start_soon(_renew, cluster, environment, lease)
        try:
            yield user
        except Exception as error:
            failure = error
        group.cancel_scope.cancel()
    await _release(cluster, environment, holder)
    if failure is not None:
        raise failure


async def unheld(cluster: Cluster, environment: Environment) -> None:
    """Raise Held where somebody alive holds the Lease now, which may change at any time."""
    if found := await alive(cluster, environment):
        raise Held(taken(environment, found))


async def alive(cluster: Cluster, environment: Environment) -> Object | None:
    """The Lease, where its holder is seen to renew it; none where nobody does."""
    namespace, name = environment.namespace, environment.app
    first = found = await cluster.lease(namespace, name)
    if first is None or vacant(first, datetime.now(UTC), timedelta()):
        return None
    with anyio.move_on_after(ALIVE_SECONDS):
        while found and found["spec"].get("holderIdentity"):
            if changed(first, found):
                return found
            await anyio.sleep(LOOK_SECONDS)
            found = await cluster.lease(namespace, name)
    return None


async def _acquire(cluster: Cluster, environment: Environment, holder: str) -> Object:
    """Take the Lease as soon as nobody, or nobody alive, holds it."""
    namespace, name = environment.namespace, environment.app
    first: Object | None = None
    began = monotonic()
    while True:
        try:
            found = await cluster.lease(namespace, name)
            if found is None:
                return await cluster.create_lease(namespace, claimed(name, holder))
            if found["spec"].get("holderIdentity") == holder:  # The answer to our write was lost.
                return found
            first = first or found
            if changed(first, found):
                raise Held(taken(environment, first))
            if vacant(found, datetime.now(UTC), timedelta(seconds=monotonic() - began)):
                return await cluster.replace_lease(namespace, claimed(name, holder, found))
        except Conflict:  # Somebody was faster: look again.
            continue
        await anyio.sleep(LOOK_SECONDS)


async def _renew(cluster: Cluster, environment: Environment, lease: Object) -> None:
    holder = lease["spec"]["holderIdentity"]
    while True:
        await anyio.sleep(RENEW_SECONDS)
        spec = lease["spec"] | {"renewTime": _micro_time(datetime.now(UTC))}
        try:
            lease = await cluster.replace_lease(environment.namespace, lease | {"spec": spec})
        except Unreachable:  # Nobody else can take it either.
            continue
        except Conflict:  # Also where the answer to our own last write was lost.
            lease = await _still(cluster, environment, holder) or lease


async def _still(cluster: Cluster, environment: Environment, holder: str) -> Object | None:
    """The Lease as it is now, if `holder` still holds it."""
    try:
        found = await cluster.lease(environment.namespace, environment.app)
    except Unreachable:
        return None
    if not found or found["spec"].get("holderIdentity") != holder:
        raise LeaseLost(
            f"Another deploy has taken the Lease {environment.app} in {environment.namespace}, "
            "as this one had not renewed it for too long: see how that one ends."
        )
    return found


async def _release(cluster: Cluster, environment: Environment, holder: str) -> None:
    """Give the Lease back; one that cannot be given back runs out by itself."""
    try:
        found = await cluster.lease(environment.namespace, environment.app)
        if found and found["spec"].get("holderIdentity") == holder:
            await cluster.replace_lease(environment.namespace, released(found))
    except CiError:
        pass


def vacant(lease: Object, now: datetime, watched: timedelta) -> bool:
    """Nobody holds it, or whoever does is dead: silent while watched, or for long by any clock."""
    spec = lease["spec"]
    if not spec.get("holderIdentity"):
        return True
    allowed = timedelta(seconds=spec.get("leaseDurationSeconds", 0))
    renewed = spec.get("renewTime")
    silent = now - datetime.fromisoformat(renewed) if renewed else CLOCKS_DIFFER + allowed * 2
    return watched > allowed or silent > allowed + CLOCKS_DIFFER


def changed(before: Object, after: Object) -> bool:
    """Its holder lived between two looks at it: it was renewed, or given back."""
    fields = ("holderIdentity", "renewTime")
    return bool(before["spec"].get("holderIdentity")) and any(
        before["spec"].get(field) != after["spec"].get(field) for field in fields
    )


def claimed(name: str, holder: str, found: Object | None = None) -> Object:
    """The Lease as its new holder writes it."""
    now = _micro_time(datetime.now(UTC))
    before: dict[str, Any] = found["spec"] if found else {}
    return {
        "metadata": found["metadata"] if found else {"name": name},
        "spec": {
            "holderIdentity": holder,
            "leaseDurationSeconds": int(DURATION.total_seconds()),
            "acquireTime": now,
            "renewTime": now,
            "leaseTransitions": before.get("leaseTransitions", -1) + 1,
        },
    }


def released(lease: Object) -> Object:
    """The Lease as its holder leaves it."""
    kept = {"leaseTransitions": lease["spec"].get("leaseTransitions", 0)}
    return lease | {"spec": kept}


def taken(environment: Environment, lease: Object) -> str:
    """Who holds it, and since when."""
    spec = lease["spec"]
    since = datetime.fromisoformat(spec["acquireTime"]) if spec.get("acquireTime") else None
    when = f" since {since:%Y-%m-%d %H:%M:%S} UTC" if since else ""
    ago = f" ({durations.show(datetime.now(UTC) - since)} ago)" if since else ""
    return (
        f"{environment.name} is being released to: {spec['holderIdentity']}{when}{ago}; nothing "
        "was changed. Try again when that has ended."
    )


def _micro_time(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
