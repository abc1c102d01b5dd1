"""By which names an API server knows kinds of resources."""

from collections.abc import Iterable

from ci.rollout.status import Object

PLURALS = {
    ("", "ConfigMap"): "configmaps",
    ("", "PersistentVolumeClaim"): "persistentvolumeclaims",
    ("", "Secret"): "secrets",
    ("", "Service"): "services",
    ("", "ServiceAccount"): "serviceaccounts",
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
    ("rbac.authorization.k8s.io", "Role"): "roles",
    ("rbac.authorization.k8s.io", "RoleBinding"): "rolebindings",
}
"""Group and kind of what need not be looked up."""


def plurals(group: str, resources: Iterable[Object]) -> dict[tuple[str, str], str]:
    """The same of a group, as the API server lists what it serves of it."""
    whole = (each for each in resources if "/" not in each["name"])
    return {(group, each["kind"]): each["name"] for each in whole}


def group(version: str) -> str:
    """The group of an API's version, empty for the core's."""
    return version.rpartition("/")[0]
