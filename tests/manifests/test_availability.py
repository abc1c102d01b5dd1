"""Rollouts, drains and probes take no request away from its client."""

import pytest

from app.config import Settings
from tests.manifests.rendering import Overlay
from tests.project import NAME


def test_rollout_keeps_every_pod_until_its_successor_is_ready(overlay: Overlay) -> None:
    """The strategy takes no pod away early, and a rollout that is stuck is said to be."""
    spec = overlay.only("Deployment")["spec"]

    assert spec["strategy"]["type"] == "RollingUpdate"
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert spec["progressDeadlineSeconds"] == 180
    assert spec["revisionHistoryLimit"] == 10


@pytest.mark.parametrize(
    ("probe", "path", "period"),
    [("startupProbe", "/healthz", 1), ("livenessProbe", "/", 10), ("readinessProbe", "/", 5)],
)
def test_probe_asks_its_path_at_its_period(
    overlay: Overlay, probe: str, path: str, period: int
) -> None:
    """Each probe has the path and the seconds that docs/adr/0003-probe-paths.md gives."""
    found = overlay.container[probe]

    assert found["httpGet"] == {"path": path, "port": "http"}
    assert found["periodSeconds"] == period


def test_grace_period_outlasts_every_step_of_the_shutdown(overlay: Overlay) -> None:
    """SIGKILL comes later than preStop, the drain and the graceful timeout together."""
    settings = Settings.from_environment(
        {each["name"]: each["value"] for each in overlay.container.get("env", [])}
    )
    pre_stop = overlay.container["lifecycle"]["preStop"]["sleep"]["seconds"]
    shutdown = pre_stop + settings.drain_seconds + settings.graceful_seconds

    assert pre_stop >= 5
    assert overlay.pod["spec"]["terminationGracePeriodSeconds"] >= shutdown + 5


def test_disruption_budget_always_lets_one_pod_go(overlay: Overlay) -> None:
    """A node can be drained, also with a single replica or with pods that are broken."""
    spec = overlay.only("PodDisruptionBudget")["spec"]

    assert spec["maxUnavailable"] == 1
    assert "minAvailable" not in spec
    assert spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


def test_pods_spread_over_nodes_where_they_can(overlay: Overlay) -> None:
    """Replicas prefer different nodes and still run where there is one only."""
    (constraint,) = overlay.pod["spec"]["topologySpreadConstraints"]

    assert constraint["topologyKey"] == "kubernetes.io/hostname"
    assert constraint["whenUnsatisfiable"] == "ScheduleAnyway"
    assert constraint["labelSelector"]["matchLabels"] == {"app": NAME}
