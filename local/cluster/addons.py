"""What a ready cluster needs before a deploy: DNS, Gateway API and the namespaces."""

from local.cluster.control_plane import KUBEADM_CONFIG
from local.cluster.kubectl import kubectl
from local.host import command
from local.host.paths import KUBECONFIG, LOGS, REPOSITORY
from local.images.cluster import COREDNS_VERSION
from local.tools.catalogue import GATEWAY_API, KUBERNETES

ENVIRONMENTS = ("dev", "stage", "prod")
_NAMESPACES = REPOSITORY / "manifests" / "platform" / "namespaces"
_RIGHTS = {
    "kubeadm:cluster-admins": ("--clusterrole=cluster-admin", "--group=kubeadm:cluster-admins"),
    # By whom kubelets are asked for logs. Certificates of an older kubeadm have the group above.
    "kubeadm:apiserver-kubelet-client": (
        "--clusterrole=system:kubelet-api-admin",
        "--user=kube-apiserver-kubelet-client",
    ),
}
"""What `kubeadm init` binds beside what is asked of it here: the binding, its role and for whom."""
_CRD = "httproutes.gateway.networking.k8s.io"
_IMAGE = "{.spec.template.spec.containers[0].image}"
_BUNDLE = r"{.metadata.annotations.gateway\.networking\.k8s\.io/bundle-version}"


def add_administrators() -> None:
    """Gives kubeadm's administrators their rights, and the API server those towards kubelets."""
    for name, rights in _RIGHTS.items():
        if not kubectl("get", "clusterrolebinding", name, "--ignore-not-found"):
            kubectl("create", "clusterrolebinding", name, *rights)


def add_dns() -> None:
    """Deploys CoreDNS, where another version or none is deployed."""
    if not has_dns():
        command.run(
            KUBERNETES.program("kubeadm"), "init", "phase", "addon", "coredns",
            "--config", KUBEADM_CONFIG, "--kubeconfig", KUBECONFIG, log=LOGS / "kubeadm.log",
        )  # fmt: skip


def add_gateway_api() -> None:
    """Applies Gateway API's resource definitions, where another version or none is there."""
    if not has_gateway_api():
        definitions = GATEWAY_API.home / "config" / "crd" / "standard"
        kubectl("apply", "--server-side", "--force-conflicts", "-f", str(definitions))


def add_namespaces() -> None:
    """Applies the environments' namespaces."""
    kubectl("apply", "--server-side", "--force-conflicts", "-k", str(_NAMESPACES))


def has_namespaces() -> bool:
    """Whether the environments' namespaces are there."""
    found = kubectl("get", "namespace", *ENVIRONMENTS, "--ignore-not-found", "-o", "name")
    return len(found.splitlines()) == len(ENVIRONMENTS)


def has_dns() -> bool:
    """Whether CoreDNS is deployed, in the stack's version."""
    what = ("deployment", "coredns", "--ignore-not-found", "-o", f"jsonpath={_IMAGE}")
    return kubectl("-n", "kube-system", "get", *what).endswith(f":{COREDNS_VERSION}")


def has_gateway_api() -> bool:
    """Whether Gateway API's resource definitions are there, in the stack's version."""
    found = kubectl("get", "crd", _CRD, "--ignore-not-found", "-o", f"jsonpath={_BUNDLE}")
    return found == GATEWAY_API.version
