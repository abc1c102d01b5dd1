"""The cluster, as the pipeline asks it: in this process, and with kubectl for whole manifests."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from dagger import File, Secret

from ci.cluster import api, kinds, kubeconfig
from ci.cluster.api import Api
from ci.cluster.kubeconfig import Kubeconfig
from ci.cluster.kubectl import Kubectl
from ci.gateway import authority
from ci.gateway.routing import Address
from ci.manifests.services import Endpoint
from ci.rollout import ownership
from ci.rollout.deployments import Snapshot
from ci.rollout.status import Object
from ci.run.errors import NotFound, Refused
from ci.run.together import gather

LOG_BYTES = 16_000


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
        self._plurals = dict(kinds.PLURALS)

    @classmethod
    async def of(
        cls, secret: Secret, gateway: str = "", gateway_ca: File | None = None
    ) -> "Cluster":
        """The cluster that a kubeconfig names; a sentence where it cannot be used."""
        address = Address.parse(gateway) if gateway else None
        trusted = authority.parse(await gateway_ca.contents()) if gateway_ca else ""
        config = kubeconfig.parse(await secret.plaintext(), datetime.now(UTC))
        api.prepare()
        return cls(config, address, trusted)

    async def admits(self, namespace: str) -> None:
        """Fail unless the namespace is there and these credentials may release to it."""
        attributes = {
            "verb": "patch",
            "group": "apps",
            "resource": "deployments",
            "namespace": namespace,
        }
        review = await self._api.call(
            "AuthorizationV1Api",
            "create_self_subject_access_review",
            {"spec": {"resourceAttributes": attributes}},
        )
        if not review["status"].get("allowed"):
            raise Refused(
                f"The kubeconfig's context {self._config.context} may not write to namespace "
                f"{namespace}: use credentials that may patch its Deployments."
            )
        try:
            await self._core("read_namespace", namespace)
        except NotFound:
            raise NotFound(
                f"The cluster at {self._config.server} has no namespace {namespace}: "
                "bring up its platform first."
            ) from None
        except Refused:  # Credentials for one namespace need not see it from outside.
            pass

    async def user(self) -> str:
        """Whom the cluster takes these credentials for."""
        review = await self._api.call("AuthenticationV1Api", "create_self_subject_review", {})
        return str(review["status"]["userInfo"]["username"])

    async def snapshots(self, namespace: str, wanted: Sequence[Object]) -> list[Snapshot | None]:
        """Each resource as it is, with its ReplicaSets and pods; None where it is not there."""
        live = await gather(*(partial(self.find, namespace, each) for each in wanted))
        # Afterwards, so that no pod is missing that a resource's status counts.
        sets, pods, scalers = await gather(
            partial(self._list, "AppsV1Api", "replica_set", namespace),
            partial(self.pods, namespace),
            partial(self._list, "AutoscalingV2Api", "horizontal_pod_autoscaler", namespace),
        )
        return ownership.snapshots(live, sets, pods, scalers)

    async def pods(self, namespace: str, labels: str = "") -> list[Object]:
        """All of a namespace's pods, or those that carry some labels."""
        return await self._list("CoreV1Api", "pod", namespace, labels)

    async def nodes(self) -> list[Object]:
        """All nodes of the cluster."""
        found: list[Object] = (await self._core("list_node"))["items"]
        return found

    async def find(self, namespace: str, wanted: Object) -> Object | None:
        """A resource of any kind as it is, or None."""
        group, _, version = wanted["apiVersion"].rpartition("/")
        kind, name = wanted["kind"], wanted["metadata"]["name"]
        try:
            if not group:
                found: Object = await self._core(
                    f"read_namespaced_{kinds.method(kind)}", name, namespace
                )
            else:
                plural = await self._plural(group, version, kind)
                where = (group, version, namespace, plural, name)
                found = await self._custom("get_namespaced_custom_object", *where)
        except NotFound:
            return None
        return found

    async def hand_over(self, namespace: str, fields: Object, manager: str) -> None:
        """Let another field manager own some fields of a workload as well, as it says them."""
        await self._api.call(
            "AppsV1Api",
            f"patch_namespaced_{kinds.method(fields['kind'])}",
            fields["metadata"]["name"],
            namespace,
            fields,
            field_manager=manager,
            force=True,
            _content_type="application/apply-patch+yaml",
        )

    async def warnings(self, namespace: str) -> list[Object]:
        """The namespace's events of type Warning."""
        events = await self._core("list_namespaced_event", namespace, field_selector="type=Warning")
        found: list[Object] = events["items"]
        return found

    async def log(self, namespace: str, pod: str, container: str, previous: bool) -> str:
        """The last lines that a container wrote, in the life before this one if asked for."""
        return await self._api.text(
            "CoreV1Api",
            "read_namespaced_pod_log",
            pod,
            namespace,
            container=container,
            previous=previous,
            tail_lines=20,
            limit_bytes=LOG_BYTES,
        )

    async def ask(self, namespace: str, endpoint: Endpoint, path: str) -> str:
        """What a Service answers to GET, where that is a success, by way of the API server."""
        secure = "https:" if endpoint.scheme == "https" else ""
        return await self._api.text(
            "CoreV1Api",
            "connect_get_namespaced_service_proxy_with_path",
            f"{secure}{endpoint.service}:{endpoint.port}",
            namespace,
            path.removeprefix("/"),
        )

    async def route(self, namespace: str, name: str) -> Object:
        """An HTTPRoute, with what its gateways say of it."""
        return await self._gateway_api("httproutes", namespace, name)

    async def change_route(
        self, namespace: str, name: str, patch: Sequence[Object], manager: str
    ) -> None:
        """Change an HTTPRoute by a JSON patch, as a field manager."""
        where = ("gateway.networking.k8s.io", "v1", namespace, "httproutes", name, patch)
        await self._custom(
            "patch_namespaced_custom_object",
            *where,
            field_manager=manager,
            _content_type="application/json-patch+json",
        )

    async def metrics(self, namespace: str, pod: str, port: int, query: Mapping[str, str]) -> str:
        """What an Envoy has counted, by way of the API server, asked once."""
        path = f"/api/v1/namespaces/{namespace}/pods/{pod}:{port}/proxy/stats/prometheus"
        return await self._api.page(path, query)

    async def gateway_object(self, namespace: str, name: str) -> Object:
        """A Gateway, with its addresses."""
        return await self._gateway_api("gateways", namespace, name)

    async def secrets(self, namespace: str, labels: str) -> Sequence[Object]:
        """The Secrets that carry some labels."""
        found = await self._core("list_namespaced_secret", namespace, label_selector=labels)
        items: Sequence[Object] = found["items"]
        return items

    async def create_secret(self, namespace: str, secret: Object) -> None:
        """Add a Secret; there must be none of that name."""
        await self._core("create_namespaced_secret", namespace, secret)

    async def replace_secret(self, namespace: str, secret: Object) -> None:
        """Put a Secret in the place of the one that has its name."""
        name = secret["metadata"]["name"]
        await self._core("replace_namespaced_secret", name, namespace, secret)

    async def delete_secret(self, namespace: str, name: str) -> None:
        """Delete a Secret."""
        await self._core("delete_namespaced_secret", name, namespace)

    async def lease(self, namespace: str, name: str) -> Object | None:
        """A Lease, or None."""
        try:
            found: Object = await self._lease("read_namespaced_lease", name, namespace)
        except NotFound:
            return None
        return found

    async def create_lease(self, namespace: str, lease: Object) -> Object:
        """Add a Lease; raises Conflict where there is one."""
        made: Object = await self._lease("create_namespaced_lease", namespace, lease)
        return made

    async def replace_lease(self, namespace: str, lease: Object) -> Object:
        """Change a Lease; raises Conflict where it changed since it was read."""
        name = lease["metadata"]["name"]
        made: Object = await self._lease("replace_namespaced_lease", name, namespace, lease)
        return made

    async def _core(self, method: str, *args: object, **options: object) -> Any:
        return await self._api.call("CoreV1Api", method, *args, **options)

    async def _list(self, api: str, kind: str, namespace: str, labels: str = "") -> list[Object]:
        wanted = {"label_selector": labels} if labels else {}
        listed = await self._api.call(api, f"list_namespaced_{kind}", namespace, **wanted)
        found: list[Object] = listed["items"]
        return found

    async def _plural(self, group: str, version: str, kind: str) -> str:
        """By which name the API server serves a kind; those of its own need not be asked for."""
        if (group, kind) not in self._plurals:
            served = await self._custom("get_api_resources", group, version)
            self._plurals |= kinds.plurals(group, served["resources"])
        try:
            return self._plurals[group, kind]
        except KeyError:
            raise NotFound(f"The cluster serves no {kind} of {group}/{version}.") from None

    async def _gateway_api(self, plural: str, namespace: str, name: str) -> Object:
        where = ("gateway.networking.k8s.io", "v1", namespace, plural, name)
        found: Object = await self._custom("get_namespaced_custom_object", *where)
        return found

    async def _custom(self, method: str, *args: object, **options: object) -> Any:
        return await self._api.call("CustomObjectsApi", method, *args, **options)

    async def _lease(self, method: str, *args: object) -> Any:
        """Once, as whoever holds a Lease or waits for one looks again by a clock of their own."""
        return await self._api.once("CoordinationV1Api", method, *args)
