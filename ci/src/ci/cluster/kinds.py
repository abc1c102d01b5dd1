"""By which names an API server and its client know kinds of resources."""

import re
from collections.abc import Iterable

from ci.rollout.status import Object

PLURALS = {
    ("apps", "DaemonSet"): "daemonsets",
    ("apps", "Deployment"): "deployments",
    ("apps", "ReplicaSet"): "replicasets",
    ("apps", "StatefulSet"): "statefulsets",
    ("autoscaling", "HorizontalPodAutoscaler"): "horizontalpodautoscalers",
    ("batch", "CronJob"): "cronjobs",
    ("batch", "Job"): "jobs",
    ("gateway.networking.k8s.io", "HTTPRoute"): "httproutes",
    ("networking.k8s.io", "Ingress"): "ingresses",
    ("networking.k8s.io", "NetworkPolicy"): "networkpolicies",
    ("policy", "PodDisruptionBudget"): "poddisruptionbudgets",
}
"""Group and kind of what need not be looked up."""


def plurals(group: str, resources: Iterable[Object]) -> dict[tuple[str, str], str]:
    """The same of a group, as the API server lists what it serves of it."""
    whole = (each for each in resources if "/" not in each["name"])
    return {(group, each["kind"]): each["name"] for each in whole}


def method(kind: str) -> str:
    """How the client's methods call a kind, such as `config_map`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower()
