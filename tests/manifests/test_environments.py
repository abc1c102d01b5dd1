"""What differs between the environments: names, replicas, resources, hostname, scaling."""

import pytest

from tests.manifests.rendering import OVERLAYS, Object, Overlay
from tests.project import NAME

REPLICAS = {"dev": 1, "stage": 2, "prod": None}
RESOURCES = {
    "dev": {
        "requests": {"memory": "64Mi", "cpu": "50m"},
        "limits": {"memory": "128Mi", "cpu": "250m"},
    },
    "stage": {
        "requests": {"memory": "128Mi", "cpu": "100m"},
        "limits": {"memory": "256Mi", "cpu": "500m"},
    },
    "prod": {
        "requests": {"memory": "256Mi", "cpu": "200m"},
        "limits": {"memory": "512Mi", "cpu": "1000m"},
    },
}
SCALING = {
    "minReplicas": 3,
    "maxReplicas": 10,
    "metrics": {("cpu", 70), ("memory", 80)},
    "scaleUp": (0, {("Percent", 100, 15), ("Pods", 4, 15)}),
    "scaleDown": (300, {("Percent", 25, 60)}),
}


def test_there_is_an_overlay_for_each_environment_and_no_other() -> None:
    """The table above covers every overlay."""
    assert {each.name for each in OVERLAYS.iterdir()} == REPLICAS.keys()


def test_objects_are_named_after_their_environment(overlay: Overlay) -> None:
    """Every object is `<env>-<name>`, but for the route and the policy for all other pods."""
    names = {each["metadata"]["name"] for each in overlay.objects}

    assert overlay.only("HTTPRoute")["metadata"]["name"] == f"{overlay.name}-{NAME}-route"
    assert {each.removeprefix(f"{overlay.name}-") for each in names} == {
        NAME,
        f"{NAME}-route",
        "default-deny",
    }


def test_kinds_are_those_the_environment_needs(overlay: Overlay) -> None:
    """All have the same seven objects; only prod has an autoscaler."""
    kinds = [
        "ServiceAccount",
        "Deployment",
        "Service",
        "PodDisruptionBudget",
        "HTTPRoute",
        "NetworkPolicy",
        "NetworkPolicy",
    ]
    if overlay.name == "prod":
        kinds.append("HorizontalPodAutoscaler")

    assert sorted(each["kind"] for each in overlay.objects) == sorted(kinds)


def test_everything_is_in_the_namespace(overlay: Overlay) -> None:
    """Nothing is outside the environment's namespace."""
    namespaces = {each["metadata"].get("namespace") for each in overlay.objects}

    assert namespaces == {overlay.name}


def test_replicas_are_the_tables(overlay: Overlay) -> None:
    """dev has 1 and stage 2; prod states none, which its autoscaler would fight with."""
    assert overlay.only("Deployment")["spec"].get("replicas") == REPLICAS[overlay.name]


def test_resources_are_the_tables(overlay: Overlay) -> None:
    """Requests and limits of CPU and memory are exactly the environment's."""
    assert overlay.container["resources"] == RESOURCES[overlay.name]


def test_hostname_is_the_environments(overlay: Overlay) -> None:
    """The route answers for `<env>.<name>.local` and nothing else."""
    assert overlay.only("HTTPRoute")["spec"]["hostnames"] == [f"{overlay.name}.{NAME}.local"]


@pytest.mark.parametrize("overlay", ["prod"], indirect=True)
def test_prod_scales_as_fixed(overlay: Overlay) -> None:
    """3 to 10 pods on CPU and memory, up at once and down slowly."""
    spec = overlay.only("HorizontalPodAutoscaler")["spec"]

    def policies(direction: str) -> tuple[int, set[tuple[str, int, int]]]:
        behavior: Object = spec["behavior"][direction]
        return behavior["stabilizationWindowSeconds"], {
            (each["type"], each["value"], each["periodSeconds"]) for each in behavior["policies"]
        }

    resources = [metric["resource"] for metric in spec["metrics"]]
    assert SCALING == {
        "minReplicas": spec["minReplicas"],
        "maxReplicas": spec["maxReplicas"],
        "metrics": {(each["name"], each["target"]["averageUtilization"]) for each in resources},
        "scaleUp": policies("scaleUp"),
        "scaleDown": policies("scaleDown"),
    }
