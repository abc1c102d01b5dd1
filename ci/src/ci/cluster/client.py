"""The cluster, as the pipeline asks it: in this process, and with kubectl for what it changes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from urllib.parse import quote

from dagger import File, Secret

from ci.cluster import kubeconfig
from ci.cluster.api import connection, kinds, requests
from ci.cluster.api.connection import Api
from ci.cluster.api.requests import APPLY, JSON_PATCH, Request
from ci.cluster.kubeconfig import Kubeconfig
from ci.cluster.kubectl import Kubectl
from ci.cluster.resources import Resources
from ci.gateway import authority
from ci.gateway.routing import Address
from ci.manifests.services import Endpoint
from ci.rollout import ownership
from ci.rollout.deployments import Snapshot
from ci.rollout.status import Object
from ci.run.errors import NotFound, Refused, UnknownKind
from ci.run.together import gather

LOG_LINES, LOG_BYTES = 20, 16_000

_GATEWAY_API = "gateway.networking.k8s.io/v1"
_LEASES = "coordination.k8s.io/v1"


class Cluster:
    """The cluster and the credentials that one kubeconfig names.

    `gateway` is where its gateway answers, where that was said, and `authority` the certificate of
    whom it is believed, or nothing for those of the system.
    """

    def __init__(
        self, config: Kubeconfig, gateway: Address | None = None, authority: str = ""
    ) -> None:
        self.gateway = gateway
        self.authority = authority
        self.kubectl = Kubectl(config)
        self._config = config
        self._api = Api(config)
        self.resources = Resources(self._api)

    @classmethod
    async def of(
        cls, secret: Secret, gateway: str = "", gateway_ca: File | None = None
    ) -> "Cluster":
        """The cluster that a kubeconfig names; a sentence where it cannot be used."""
        address = Address.parse(gateway) if gateway else None
        trusted = authority.parse(await gateway_ca.contents()) if gateway_ca else ""
        config = kubeconfig.parse(await secret.plaintext(), datetime.now(UTC))
        connection.prepare()
        return cls(config, address, trusted)

    async def admits(self, namespace: str) -> None:
        """Fail unless the namespace is there and these credentials may release to it."""
        attributes = {
            "verb": "patch",
            "group": "apps",
            "resource": "deployments",
            "namespace": namespace,
        }
        reviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        asked = {"spec": {"resourceAttributes": attributes}}
        review = await self._api.answer(Request(reviews, "POST", body=asked))
        if not review["status"].get("allowed"):
            raise Refused(
                f"The kubeconfig's context {self._config.context} may not write to namespace "
                f"{namespace}: use credentials that may patch its Deployments."
            )
        try:
            await self._api.answer(Request(f"/api/v1/namespaces/{namespace}"))
        except NotFound:
            raise NotFound(
                f"The cluster at {self._config.server} has no namespace {namespace}: "
                "bring up its platform first."
            ) from None
        except Refused:  # Credentials for one namespace need not see it from outside.
            pass

    async def user(self) -> str:
        """Whom the cluster takes these credentials for."""
        reviews = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
        review = await self._api.answer(Request(reviews, "POST", body={}))
        return str(review["status"]["userInfo"]["username"])

    async def snapshots(self, namespace: str, wanted: Sequence[Object]) -> list[Snapshot | None]:
        """Each resource as it is, with its ReplicaSets and pods; None where it is not there."""
        live = await gather(*(partial(self.find, namespace, each) for each in wanted))
        # Afterwards, so that no pod is missing that a resource's status counts.
        sets, pods, scalers = await gather(
            partial(self._list, "apps/v1", "replicasets", namespace),
            partial(self.pods, namespace),
            partial(self._list, "autoscaling/v2", "horizontalpodautoscalers", namespace),
        )
        return ownership.snapshots(live, sets, pods, scalers)

    async def pods(self, namespace: str, labels: str = "") -> list[Object]:
        """All of a namespace's pods, or those that carry some labels."""
        return await self._list("v1", "pods", namespace, labelSelector=labels)

    async def policies(self, namespace: str) -> list[Object]:
        """The NetworkPolicies of a namespace, whoever made them."""
        return await self._list("networking.k8s.io/v1", "networkpolicies", namespace)

    async def nodes(self) -> list[Object]:
        """All nodes of the cluster."""
        found: list[Object] = (await self._api.answer(Request("/api/v1/nodes")))["items"]
        return found

    async def find(self, namespace: str, wanted: Object) -> Object | None:
        """A resource of any kind as it is, or None."""
        try:
            return await self.resources.live(namespace, wanted)
        except UnknownKind:
            return None

    async def hand_over(self, namespace: str, fields: Object, manager: str) -> None:
        """Let another field manager own some fields of a workload as well, as it says them."""
        plural = kinds.PLURALS[kinds.group(fields["apiVersion"]), fields["kind"]]
        path = requests.within(fields["apiVersion"], namespace, plural, fields["metadata"]["name"])
        query = {"fieldManager": manager, "force": "true"}
        await self._api.answer(Request(path, "PATCH", query, fields, APPLY))

    async def warnings(self, namespace: str) -> list[Object]:
        """The namespace's events of type Warning."""
        return await self._list("v1", "events", namespace, fieldSelector="type=Warning")

    async def log(self, namespace: str, pod: str, container: str, previous: bool) -> str:
        """The last lines that a container wrote, in the life before this one if asked for."""
        query = {
            "container": container,
            "previous": str(previous).lower(),
            "tailLines": str(LOG_LINES),
            "limitBytes": str(LOG_BYTES),
        }
        path = requests.within("v1", namespace, "pods", pod, "log")
        return await self._api.text(Request(path, query=query))

    async def ask(self, namespace: str, endpoint: Endpoint, path: str) -> str:
        """What a Service answers to GET, where that is a success, by way of the API server."""
        secure = "https:" if endpoint.scheme == "https" else ""
        service = f"{secure}{endpoint.service}:{endpoint.port}"
        proxy = requests.within("v1", namespace, "services", service, "proxy")
        return await self._api.text(Request(f"{proxy}/{quote(path.removeprefix('/'))}"))

    async def route(self, namespace: str, name: str) -> Object:
        """An HTTPRoute, with what its gateways say of it."""
        return await self._read(_GATEWAY_API, namespace, "httproutes", name)

    async def change_route(
        self, namespace: str, name: str, patch: Sequence[Object], manager: str
    ) -> None:
        """Change an HTTPRoute by a JSON patch, as a field manager."""
        path = requests.within(_GATEWAY_API, namespace, "httproutes", name)
        query = {"fieldManager": manager}
        await self._api.answer(Request(path, "PATCH", query, list(patch), JSON_PATCH))

    async def metrics(self, namespace: str, pod: str, port: int, query: Mapping[str, str]) -> str:
        """What an Envoy has counted, by way of the API server, asked once."""
        path = requests.within("v1", namespace, "pods", f"{pod}:{port}", "proxy")
        return await self._api.text(Request(f"{path}/stats/prometheus", query=query))

    async def gateway_object(self, namespace: str, name: str) -> Object:
        """A Gateway, with its addresses."""
        return await self._read(_GATEWAY_API, namespace, "gateways", name)

    async def secrets(self, namespace: str, labels: str) -> Sequence[Object]:
        """The Secrets that carry some labels."""
        return await self._list("v1", "secrets", namespace, labelSelector=labels)

    async def create_secret(self, namespace: str, secret: Object) -> None:
        """Add a Secret; there must be none of that name."""
        path = requests.within("v1", namespace, "secrets")
        await self._api.answer(Request(path, "POST", body=secret))

    async def replace_secret(self, namespace: str, secret: Object) -> None:
        """Put a Secret in the place of the one that has its name."""
        path = requests.within("v1", namespace, "secrets", secret["metadata"]["name"])
        await self._api.answer(Request(path, "PUT", body=secret))

    async def delete_secret(self, namespace: str, name: str) -> None:
        """Delete a Secret."""
        path = requests.within("v1", namespace, "secrets", name)
        await self._api.answer(Request(path, "DELETE"))

    async def lease(self, namespace: str, name: str) -> Object | None:
        """A Lease, or None.

        It is asked for once, as whoever holds one or waits for one looks again by their own clock;
        so it is created and replaced.
        """
        path = requests.within(_LEASES, namespace, "leases", name)
        try:
            found: Object = await self._api.once(Request(path))
        except NotFound:
            return None
        return found

    async def create_lease(self, namespace: str, lease: Object) -> Object:
        """Add a Lease; raises Conflict where there is one."""
        path = requests.within(_LEASES, namespace, "leases")
        made: Object = await self._api.once(Request(path, "POST", body=lease))
        return made

    async def replace_lease(self, namespace: str, lease: Object) -> Object:
        """Change a Lease; raises Conflict where it changed since it was read."""
        path = requests.within(_LEASES, namespace, "leases", lease["metadata"]["name"])
        made: Object = await self._api.once(Request(path, "PUT", body=lease))
        return made

    async def _read(self, version: str, namespace: str, plural: str, name: str) -> Object:
        path = requests.within(version, namespace, plural, name)
        found: Object = await self._api.answer(Request(path))
        return found

    async def _list(
        self, version: str, plural: str, namespace: str, **selectors: str
    ) -> list[Object]:
        query = {name: selector for name, selector in selectors.items() if selector}
        path = requests.within(version, namespace, plural)
        found: list[Object] = (await self._api.answer(Request(path, query=query)))["items"]
        return found
