"""Asks the API server for resources of any kind, and what it would make of them."""

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
        path = await self._path(namespace, wanted)
        try:
            found: Object = await self._api.answer(Request(path))
        except NotFound:
            return None
        return found

    async def would_be(self, namespace: str, wanted: Object) -> Object:
        """What a resource would be once it is applied; raises NothingChanged where it may not be.

        What is said then has no value of a Secret.
        """
        try:
            path = await self._path(namespace, wanted)
            found: Object = await self._api.answer(Request(path, "PATCH", _DRY_RUN, wanted, APPLY))
        except Unreachable:
            raise
        except ClusterError as error:
            secrets = list(redaction.values(wanted))
            lines = [redacted(each, secrets) for each in error.answer or [error.sentence]]
            refused = refusals.refusal(namespace, [refusals.told(lines)])
            if isinstance(error, UnknownKind):
                raise NotServed(refused.sentence, reason=refused.reason) from None
            raise refused from None
        return found

    async def _path(self, namespace: str, wanted: Object) -> str:
        version, kind = wanted["apiVersion"], wanted["kind"]
        plural = await self._plural(version, kind)
        return requests.within(version, namespace, plural, wanted["metadata"]["name"])

    async def _plural(self, version: str, kind: str) -> str:
        """By which name the API server serves a kind; those of its own need not be asked for."""
        group = kinds.group(version)
        if (group, kind) not in self._plurals:
            try:
                listed = await self._api.answer(Request(requests.served(version)))
            except NotFound:
                listed = {"resources": []}
            self._plurals |= kinds.plurals(group, listed["resources"])
        try:
            return self._plurals[group, kind]
        except KeyError:
            raise UnknownKind(f"The cluster serves no {kind} of {version}.") from None
