"""A cluster that shows what a test says, and answers for its service."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from ci.cluster.client import Cluster
from ci.cluster.entrance import Entrance
from ci.gateway.routing import Address
from ci.manifests.manifest import Manifest, Object
from ci.manifests.services import Endpoint
from ci.project.environments import Environment
from ci.records.history import Release, State
from ci.records.report import Report
from ci.rollout.deployments import Snapshot
from ci.run.errors import ClusterError, Conflict, NotFound, NothingChanged, Refused, Unreachable
from tests.ci.objects import IMAGE, ago, container, deployment, pod, snapshot

THERE = snapshot(pod(container()))
STARTING = snapshot(pod(container()), of=deployment(availableReplicas=0))
CRASHED = snapshot(
    pod(
        container(1, {"exitCode": 3}, waiting={"reason": "CrashLoopBackOff", "message": "back-off"})
    )
)
HEALTH = {"status": "ok"}
VERSION = {"version": "1", "revision": "abc"}
GOING = {"deletionTimestamp": "2026-05-09T12:00:00Z", "finalizers": ["example.com/hold"]}
SILENCE = Unreachable("The cluster does not answer.")


def condition(type_: str, status: str = "True", generation: int = 1, **more: str) -> Object:
    """What a controller says of a route in one respect."""
    return {"type": type_, "status": status, "observedGeneration": generation, **more}


def listener(protocol: str = "http", port: int = 80, **more: str) -> Object:
    """A listener that is called what it speaks."""
    return {"name": protocol, "protocol": protocol.upper(), "port": port, **more}


def gateway(*listeners: Object, addresses: Sequence[str] = ("10.0.0.2",)) -> Object:
    """The public Gateway, which says where it is."""
    return {
        "metadata": {"name": "public", "namespace": "envoy-gateway-system"},
        "spec": {"listeners": list(listeners) or [listener()]},
        "status": {"addresses": [{"value": each} for each in addresses]},
    }


def route(*conditions: Object, name: str = "stage-web-route") -> Object:
    """A route to the public Gateway; without conditions, nobody has said anything of it."""
    parent = {"name": "public", "namespace": "envoy-gateway-system"}
    parents = [{"parentRef": parent, "conditions": list(conditions)}] if conditions else []
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": {"name": name, "namespace": "stage", "generation": 1},
        "spec": {
            "parentRefs": [parent],
            "hostnames": ["stage.example.com"],
            "rules": [{"backendRefs": [{"name": "stage-web", "port": 8000}]}],
        },
        "status": {"parents": parents},
    }


ATTACHED = route(condition("Accepted"), condition("ResolvedRefs"))


def well(wanted: Object) -> Object:
    """A resource that is as it is wanted, for long."""
    metadata = {"uid": wanted["metadata"]["name"], "creationTimestamp": ago(days=1)}
    ended = {"status": {"conditions": [{"type": "Complete", "status": "True"}]}}
    more = ended if wanted["kind"] == "Job" else {}
    return more | wanted | {"metadata": metadata | wanted["metadata"]}


class Shown:
    """A cluster that shows one moment after another, the last for ever, and answers paths.

    Its service is asked through the API server and through the gateway alike; `ways` says which.
    """

    gateway: Address | None = None
    authority = ""
    hidden: Exception | None = None

    def __init__(
        self,
        *moments: Snapshot | Exception,
        health: Any = HEALTH,
        version: Any = VERSION,
        route: Object | Exception = ATTACHED,
    ):
        self.moments = list(moments)
        self.ways: list[str] = []
        self.failed_jobs: set[str] = set()
        self.looks: list[list[str]] = []
        self._route = route
        self.answers = {"/": health, "/version": version}

    async def snapshot(self, namespace: str, name: str) -> Snapshot | None:
        """The next moment, or what is raised instead."""
        assert (namespace, name) == ("stage", "stage-web")
        moment = self.moments.pop(0) if len(self.moments) > 1 else self.moments[0]
        if isinstance(moment, NotFound):
            return None
        if isinstance(moment, Exception):
            raise moment
        return moment

    async def snapshots(self, namespace: str, wanted: Sequence[Object]) -> list[Snapshot | None]:
        """The next moment for the Deployment; other resources as they are wanted, and well."""
        self.looks.append([each["metadata"]["name"] for each in wanted])
        return [
            (
                await self.snapshot(namespace, each["metadata"]["name"])
                if each["kind"] == "Deployment"
                else Snapshot(self._failed(each) or well(each))
            )
            for each in wanted
        ]

    def _failed(self, wanted: Object) -> Object | None:
        """A Job that has come to a bad end, where it is to."""
        if wanted["metadata"]["name"] not in self.failed_jobs:
            return None
        conditions = [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}]
        return well(wanted) | {"status": {"conditions": conditions}}

    async def ask(self, namespace: str, endpoint: Endpoint, path: str) -> str:
        """What the service answers."""
        assert (namespace, endpoint.service, endpoint.port) == ("stage", "stage-web", 8000)
        self.ways.append("API server")
        return self.answer(path)

    async def route(self, namespace: str, name: str) -> Object:
        """The environment's route, or what is raised instead."""
        assert (namespace, name) == ("stage", "stage-web-route")
        if isinstance(self._route, Exception):
            raise self._route
        return self._route

    def answer(self, path: str) -> str:
        """What the service answers, whoever asks."""
        answer = self.answers[path]
        if isinstance(answer, Exception):
            raise answer
        return json.dumps(answer)

    async def pods(self, namespace: str) -> list[Object]:
        """None was restarted since it was shown: none is there."""
        return []

    async def warnings(self, namespace: str) -> Sequence[Any]:
        """One event of the pod, one of another, both of just now."""
        now = datetime.now(UTC).isoformat()
        return [
            {
                "involvedObject": {"kind": "Pod", "name": "stage-web-new-x", "uid": uid},
                "message": message,
                "lastTimestamp": now,
            }
            for uid, message in (("p-new", "Back-off"), ("other", "Not ours"))
        ]

    async def log(self, namespace: str, name: str, container: str, previous: bool) -> str:
        """The last words of the container."""
        return f"boom {previous}\n"


class Way(Entrance):
    """The gateway of a cluster that is shown."""

    url = "https://stage.example.com/"

    def __init__(self, shown: Shown, endpoint: Endpoint) -> None:
        super().__init__(cast(Cluster, shown), "stage", endpoint, None)
        self._shown = shown

    def __str__(self) -> str:
        return "the gateway"

    async def known(self) -> None:
        """Raises what hides the gateway, if anything does."""
        if self._shown.hidden:
            raise self._shown.hidden

    async def ask(self, path: str) -> str:
        """What the service answers."""
        self._shown.ways.append("gateway")
        return self._shown.answer(path)

    @classmethod
    async def into(
        cls, shown: Shown, namespace: str, endpoints: Sequence[Endpoint], routes: Sequence[Object]
    ) -> list[Entrance]:
        """Takes the place of looking for it."""
        if routes:
            return [cls(shown, each) for each in endpoints]
        cluster, why = cast(Cluster, shown), "it has no HTTPRoute"
        return [Entrance(cluster, namespace, each, None, why) for each in endpoints]


class FakeKubectl:
    """Keeps what is applied, by name, as our field manager, and is asked for it.

    It changes no Job, takes nothing of `refused`, tells nothing of `unseen`, and what is `held`
    does not go when it is deleted.
    """

    def __init__(self) -> None:
        self.objects: dict[str, Object] = {}
        self.failures: list[Exception] = []
        self.refused: dict[str, NothingChanged] = {}
        self.unseen: dict[str, ClusterError] = {}
        self.held: set[str] = set()
        self.done: list[tuple[str, list[str]]] = []

    async def apply(self, manifest: Manifest, namespace: str) -> None:
        """All resources are there, unless a failure is due."""
        if self.failures:
            raise self.failures.pop(0)
        self.done.append(("apply", _names(manifest)))
        self.objects |= {each["metadata"]["name"]: each for each in manifest.objects}

    async def live(self, namespace: str, wanted: Object) -> Object | None:
        """A resource that is there."""
        name = wanted["metadata"]["name"]
        if name in self.unseen:
            raise self.unseen[name]
        fields = [{"manager": "ci", "operation": "Apply"}]
        there = self.objects.get(name)
        return _with_metadata(there, managedFields=fields) if there else None

    async def would_be(self, namespace: str, wanted: Object) -> Object:
        """What is asked for, on its way out if it is."""
        if self.failures:
            raise self.failures.pop(0)
        name, there = wanted["metadata"]["name"], self.objects.get(wanted["metadata"]["name"], {})
        if name in self.refused:
            raise self.refused[name]
        if there and wanted["kind"] == "Job" and there["spec"] != wanted["spec"]:
            raise NothingChanged("No.", reason="spec.template: field is immutable")
        going = there.get("metadata", {}).keys() & GOING.keys()
        return _with_metadata(wanted, **GOING) if going else wanted

    async def delete(self, manifest: Manifest, namespace: str) -> None:
        """They are gone, but for those that are held."""
        self.done.append(("delete", _names(manifest)))
        for name in _names(manifest):
            if name in self.held:
                self.objects[name] = _with_metadata(self.objects[name], **GOING)
            else:
                del self.objects[name]


def _names(manifest: Manifest) -> list[str]:
    return [each["metadata"]["name"] for each in manifest.objects]


def _with_metadata(resource: Object, **more: Any) -> Object:
    return resource | {"metadata": resource["metadata"] | more}


class Namespace(Shown):
    """A cluster that also keeps Secrets, and what is applied to it."""

    def __init__(self, *moments: Snapshot | Exception, **answers: Any) -> None:
        super().__init__(*moments, **answers)
        self.kubectl = self.resources = FakeKubectl()
        self.kept: dict[str, Object] = {}
        self.handed_over: list[Object] = []

    async def find(self, namespace: str, wanted: Object) -> Object | None:
        """What was applied by that name."""
        return self.kubectl.objects.get(wanted["metadata"]["name"])

    async def hand_over(self, namespace: str, fields: Object, manager: str) -> None:
        """It is noted."""
        self.handed_over.append(fields)

    async def secrets(self, namespace: str, labels: str) -> list[Object]:
        """The Secrets as the API gives them."""
        return list(self.kept.values())

    async def lease(self, namespace: str, name: str) -> Object | None:
        """Nobody holds it."""
        return None

    async def create_secret(self, namespace: str, secret: Object) -> None:
        """One more, if there is none of its name."""
        if secret["metadata"]["name"] in self.kept:
            raise Conflict("There is one.")
        await self.replace_secret(namespace, secret)

    async def replace_secret(self, namespace: str, secret: Object) -> None:
        """In the place of the one before."""
        self.kept[secret["metadata"]["name"]] = secret

    async def delete_secret(self, namespace: str, name: str) -> None:
        """One less."""
        del self.kept[name]

    def keep(self, *resources: Object, of: Environment) -> "Namespace":
        """Put a good release with these resources on record."""
        report, text = Report(of.name, IMAGE, "abc"), Manifest.of(resources).text
        kept = Release(1, State.DEPLOYED, report, text).to_secret(of)
        self.kept[kept["metadata"]["name"]] = kept
        return self

    @property
    def states(self) -> list[str]:
        """The states of the releases that are kept."""
        return [each["metadata"]["labels"]["ci/release"] for each in self.kept.values()]


class Unread(Namespace):
    """A namespace whose releases may not be read."""

    async def secrets(self, namespace: str, labels: str) -> list[Object]:
        """They are refused."""
        raise Refused("They may not be listed.")
