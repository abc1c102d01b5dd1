"""Asks the API server for resources of any kind, and what it would make of them."""

from collections.abc import Callable
from functools import partial

from ci.cluster.api import kinds, requests
from ci.cluster.api.connection import Api
from ci.cluster.api.requests import APPLY, Request
from ci.cluster.kubectl import FIELD_MANAGER
from ci.manifests import redaction, refusals
from ci.manifests.redaction import redacted
from ci.rollout.status import Object
from ci.run.errors import ClusterError, NotFound, NotServed, UnknownKind, Unreachable

_DRY_RUN = {
    "dryRun": "All",
    "fieldManager": FIELD_MANAGER,
    "fieldValidation": "Strict",
    "force": "true",
}


class Resources:
    """Resources as manifests name them: by version, kind, and name."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._plurals = dict(kinds.PLURALS)

    async def live(self, namespace: str, wanted: Object) -> Object | None:
        """A resource as it is, or None; raises UnknownKind where it can neither be nor not be."""
        try:
            return await self._answer(namespace, wanted, Request)
        except UnknownKind:
            raise
        except NotFound:
            return None

    async def would_be(self, namespace: str, wanted: Object) -> Object:
        """What a resource would be once it is applied; raises NothingChanged where it may not be.

        What is said then has no value of a Secret.
        """
        try:
            return await self._answer(namespace, wanted, partial(_tried, wanted))
        except Unreachable:
            raise
        except ClusterError as error:
            secrets = list(redaction.values(wanted))
            lines = [redacted(each, secrets) for each in error.answer or [error.sentence]]
            refused = refusals.refusal(namespace, [refusals.told(lines)])
            if isinstance(error, UnknownKind):
                raise NotServed(refused.sentence, reason=refused.reason) from None
            raise refused from None

    async def _answer(
        self, namespace: str, wanted: Object, asking: Callable[[str], Request]
    ) -> Object:
        version, kind = wanted["apiVersion"], wanted["kind"]
        try:
            plural = await self._plural(version, kind)
            path = requests.within(version, namespace, plural, wanted["metadata"]["name"])
            found: Object = await self._api.answer(asking(path))
        except UnknownKind:
            told = f"it serves no {kind} of {version} in a namespace"
            unknown = UnknownKind(f"The cluster does not have it: {told}.")
            unknown.answer = (told,)
            raise unknown from None
        return found

    async def _plural(self, version: str, kind: str) -> str:
        """By which name the API server serves a kind; those of its own need not be asked for."""
        group = kinds.group(version)
        if (group, kind) not in self._plurals:
            try:
                listed = await self._api.answer(Request(requests.served(version)))
            except NotFound:
                raise UnknownKind(version) from None
            self._plurals |= kinds.plurals(group, listed["resources"])
        if (group, kind) not in self._plurals:
            raise UnknownKind(kind)
        return self._plurals[group, kind]


def _tried(wanted: Object, path: str) -> Request:
    return Request(path, "PATCH", _DRY_RUN, wanted, APPLY)
