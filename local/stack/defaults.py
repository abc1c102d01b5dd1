"""Arguments of `dagger call` that the stack writes into .env."""

from local.host import project
from local.host.paths import KUBECONFIG, NODE_ADDRESS, REGISTRY
from local.pipeline import signing
from local.platform import certificate

_CHANGING_VERBS = ("DEPLOY", "PROMOTE", "ROLLBACK")
_ASKING_VERBS = (
    "DORA",
    "ENVIRONMENT",
    "HISTORY",
    "PLAN",
    "PLAN_SAVED",
    "RELEASE",
    "REPORT",
    "STATUS",
    "VERIFY",
)
_VERIFYING_VERBS = ("DEPLOY", "PROMOTE", "ROLLBACK", "VERIFY")


def defaults() -> dict[str, str]:
    """Arguments of `dagger call` that nobody types on the stack."""
    kubeconfig = f"file://{KUBECONFIG}"
    image = f"{REGISTRY}/{project.name()}"
    database = f"{REGISTRY}/aquasecurity/trivy-db:2"
    scanning = ("DEPLOY", "SCAN", "SCAN_REPORTS", "SCANNED")
    keys = signing.defaults() if signing.has_keys() else {}
    trusted = certificate.defaults() if certificate.is_there() else {}
    return {
        **{f"CI_{verb}_KUBECONFIG": kubeconfig for verb in (*_CHANGING_VERBS, *_ASKING_VERBS)},
        **{f"CI_{verb}_GATEWAY": NODE_ADDRESS for verb in _VERIFYING_VERBS},
        **{f"CI_{verb}_REGISTRY": image for verb in ("DEPLOY", "PUBLISH")},
        **{f"CI_{verb}_DBREPOSITORY": database for verb in scanning},
        **{f"CI_{verb}_DBMAXAGE": "any" for verb in scanning},
        **keys,
        **trusted,
    }
