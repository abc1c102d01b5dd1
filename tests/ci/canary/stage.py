"""A namespace behind a gateway whose Envoy counts what a test says."""

from collections.abc import Mapping, Sequence
from typing import Any

from ci.rollout.deployments import Snapshot
from ci.run.errors import ClusterError, NotFound
from tests.ci.canary.made import backend, metrics, route, rule
from tests.ci.objects import ready
from tests.ci.shown import THERE, Namespace, condition, well

Object = dict[str, Any]
BACKEND = "httproute/stage/stage-web-route/rule/0/backend"
ENVOY: Object = {
    "metadata": {"name": "envoy-x", "uid": "e1"},
    "status": {"phase": "Running", "conditions": [ready(minutes=1)]},
}


class Stage(Namespace):
    """Each look at its Envoy shows so many more requests to the running release and to a canary.

    Of those to the canary some fail.
    """

    def __init__(self, running: int = 90, canary: int = 10, failing: int = 0) -> None:
        super().__init__(THERE)
        self.more = (running, canary, failing)
        self.rules: list[Object] = [rule(backend(filters=[]))]
        self.envoys = [ENVOY]
        self.managers: set[str] = set()
        self.hides: Exception | None = None
        self.silent = False
        self.faster = 0
        self.moments = [THERE]
        self._counts = (0, 0, 0)

    @property
    def weights(self) -> list[int]:
        """Of what the route leads to."""
        return [each["weight"] for each in self.rules[0]["backendRefs"]]

    @property
    def done(self) -> list[tuple[str, list[str]]]:
        """What was done, in order."""
        return self.kubectl.done

    async def route(self, namespace: str, name: str) -> Object:
        """The route, which its gateway has taken."""
        if not self.rules:
            raise NotFound("There is none.")
        parent = {"name": "public", "namespace": "envoy-gateway-system"}
        found = route(*self.rules, name=name)
        conditions = [condition("Accepted"), condition("ResolvedRefs")]
        found["spec"]["parentRefs"] = [parent]
        return found | {"status": {"parents": [{"parentRef": parent, "conditions": conditions}]}}

    async def change_route(
        self, namespace: str, name: str, patch: Sequence[Object], manager: str
    ) -> None:
        """Change it, unless it is another one by now."""
        test, replace = patch
        if self.faster:
            self.faster -= 1
            self.rules = [*self.rules, rule(path=f"/{self.faster}")]
        if test["value"] != self.rules:
            raise ClusterError("The cluster answers 422.")
        self.rules = replace["value"]
        self.managers.add(manager)
        self.done.append(("weights", [str(each) for each in self.weights]))

    async def pods(self, namespace: str, labels: str = "") -> list[Object]:
        """The gateway's."""
        return self.envoys if labels else []

    async def metrics(self, namespace: str, pod: str, port: int, query: Mapping[str, str]) -> str:
        """What its Envoy has counted; while requests are led to a canary, it is more each time."""
        if self.hides:
            raise self.hides
        if len(self.weights) > 1 and self.weights[1] > 1:
            if self.silent:
                raise ClusterError("It is gone.")
            now, more = self._counts, self.more
            self._counts = (now[0] + more[0], now[1] + more[1], now[2] + more[2])
        running, canary, failing = self._counts
        return metrics(f"{BACKEND}/0", running) + metrics(f"{BACKEND}/1", canary, failing)

    async def snapshots(self, namespace: str, wanted: Sequence[Object]) -> list[Snapshot | None]:
        """The next moment for each Deployment; other resources are as they are wanted."""
        if len(self.moments) > 1:
            moment = self.moments.pop(0)
        else:
            [moment] = self.moments
        assert isinstance(moment, Snapshot)
        return [moment if each["kind"] == "Deployment" else Snapshot(well(each)) for each in wanted]
