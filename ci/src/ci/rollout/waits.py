"""What pods wait for: what may come by itself and how long it may take, and what cannot come.

What may come is given a share of `--timeout`. The first row that fits counts; a reason that no
row names is no failure, and the rollout's own limit is its limit.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

HALF, TENTH, MOMENT, NONE = 0.5, 0.1, 0.03, 0.0

_AWAY = (
    r"\b429\b|too ?many ?requests|rate ?limit|time(d )?-?out|deadline ?exceeded|\b50[0234]\b"
    r"|refused|reset by peer|broken pipe|\beof\b|no such host|server misbehaving"
    r"|no route to host|unreachable|temporar|unavailable|try again"
)
_ANSWERED = (
    r"not found|(manifest|name) unknown|unauthorized|forbidden|denied|\b40[0134]\b"
    r"|authentication required|no basic auth|no match for platform|no matching manifest"
    r"|invalid reference|unsupported|x509|server gave http response"
)


@dataclass(frozen=True)
class Wait:
    """Why something waits, as its reason and its message say, and which share it may take."""

    reason: str
    message: str
    share: float
    why: str

    def limit(self, timeout: timedelta) -> timedelta:
        """How long it may wait."""
        return timeout * self.share

    def fits(self, reason: str, message: str) -> bool:
        return bool(
            re.fullmatch(self.reason, reason) and re.search(self.message, message, re.IGNORECASE)
        )


WAITS = (
    # Of a pod that has no node.
    Wait("Unschedulable", "", HALF, "a node autoscaler needs minutes for one more node"),
    Wait("SchedulingGated", "", HALF, "whoever set its gate takes it away"),
    # Of a container.
    Wait("CreateContainerConfigError", "root|non-numeric", NONE, "the image's user stays as it is"),
    Wait("CreateContainerConfigError", "", TENTH, "a ConfigMap or a Secret may come later"),
    Wait("ErrImagePull|ImagePullBackOff", _AWAY, TENTH, "a registry may be busy or away"),
    Wait("ErrImagePull|ImagePullBackOff", _ANSWERED, NONE, "the registry has answered"),
    Wait("ErrImagePull|ImagePullBackOff", "", TENTH, "the kubelet tries again"),
    Wait("RegistryUnavailable", "", TENTH, "a registry may be busy or away"),
    Wait("ImageInspectError", "", TENTH, "the container runtime may be busy"),
    Wait("ErrImageNeverPull", "", NONE, "nobody brings the image to the node"),
    Wait("InvalidImageName", "", NONE, "the name stays as it is"),
    Wait("SignatureValidationFailed", "", NONE, "the image stays as it is"),
    Wait("(Create|Run)ContainerError", _AWAY, TENTH, "the container runtime may be busy"),
    Wait("(Create|Run)ContainerError", "", NONE, "what the container is made of stays as it is"),
    # Of a controller that may not make a pod.
    Wait("FailedCreate", "quota|denied the request|violates", NONE, "the cluster has refused it"),
    Wait("FailedCreate", "serviceaccount .*not found", TENTH, "it may come later"),
    Wait("FailedCreate", "calling webhook|" + _AWAY, TENTH, "a webhook may be away"),
    Wait("FailedCreate", "", NONE, "the cluster has refused it"),
    # Of a pod that is given its volumes and its network.
    Wait("FailedMount|FailedAttachVolume", "", TENTH, "what it mounts may come later"),
    Wait("FailedCreatePodSandBox", "", TENTH, "the network may be late"),
    # Of a claim.
    Wait("ProvisioningFailed", "not found|forbidden|denied", TENTH, "its class may come later"),
    Wait("ProvisioningFailed", "", HALF, "whoever makes volumes tries again"),
    Wait("Pending", "", HALF, "a volume is made, or comes with the first pod that uses it"),
    # Of an autoscaler.
    Wait("FailedGetScale|FailedUpdateScale", "", TENTH, "its target may be as new as it is"),
    # Of what hangs on others, such as a route on a gateway.
    Wait("NotAnswered", "", TENTH, "its gateway has yet to look at it"),
    Wait("NotTaken", "", MOMENT, "what it refers to may be as new as it is"),
)

FREED = Wait("FailedCreate", "exceeded quota", HALF, "pods that are ending free some of it")
"""Of a quota, while there are pods on their way out: nobody else frees any of it by himself."""


def find(reason: str, message: str) -> Wait | None:
    """What is known of waiting for this reason, if anything."""
    return next((each for each in WAITS if each.fits(reason, message)), None)
