"""What pods wait for: which of it may come, and how long it may take."""

from datetime import timedelta

import pytest

from ci.rollout.waits import FREED, HALF, NONE, TENTH, WAITS, find

RESOLVE = 'failed to pull image "r.io:5000/a@sha256:50a3": failed to resolve reference: '
PULL = ("ErrImagePull", "ImagePullBackOff")
MAY_COME = {
    "a registry that is busy": (PULL, RESOLVE + "unexpected status: 429 Too Many Requests", TENTH),
    "Docker Hub's limit": (PULL, "toomanyrequests: You have reached your pull rate limit", TENTH),
    "a registry that is ill": (PULL, RESOLVE + "unexpected status: 503 Service Unavailable", TENTH),
    "a registry that is away": (PULL, RESOLVE + "dial tcp 10.0.0.1:5000: i/o timeout", TENTH),
    "a registry that starts": (PULL, RESOLVE + "dial tcp: connect: connection refused", TENTH),
    "DNS that is late": (PULL, RESOLVE + "lookup r.io: no such host", TENTH),
    "a connection that was cut": (PULL, RESOLVE + "read: connection reset by peer", TENTH),
    "an image, for a reason nobody knows": (PULL, "rpc error: code = Unknown desc = no", TENTH),
    "a back-off that says no more": (PULL, 'Back-off pulling image "r.io/a"', TENTH),
    "a Secret": (("CreateContainerConfigError",), 'secret "late" not found', TENTH),
    "a key": (("CreateContainerConfigError",), "couldn't find key b in ConfigMap s/c", TENTH),
    "a busy kubelet's copy": (
        ("CreateContainerConfigError",),
        "failed to sync configmap cache: timed out waiting for the condition",
        TENTH,
    ),
    "a busy container runtime": (("CreateContainerError",), "context deadline exceeded", TENTH),
    "a node": (("Unschedulable",), "0/1 nodes are available: 1 Insufficient cpu", HALF),
    "a gate": (
        ("SchedulingGated",),
        "Scheduling is blocked due to non-empty scheduling gates",
        HALF,
    ),
    "an account": (("FailedCreate",), 'serviceaccount "late" not found', TENTH),
    "a webhook": (("FailedCreate",), 'failed calling webhook "a.b": connection refused', TENTH),
}
CANNOT_COME = {
    "an image that is not there": (PULL, RESOLVE + "r.io:5000/a@sha256:50a3: not found"),
    "a manifest that is not there": (PULL, "manifest unknown: manifest unknown"),
    "credentials that are not taken": (PULL, RESOLVE + "unexpected status: 401 Unauthorized"),
    "an image that is not ours to pull": (PULL, "pull access denied, repository does not exist"),
    "an image for other machines": (PULL, "no match for platform in manifest"),
    "an authority nobody knows": (PULL, "x509: certificate signed by unknown authority"),
    "an image whose user is root": (
        ("CreateContainerConfigError",),
        "container has runAsNonRoot and image will run as root",
    ),
    "a command that is not there": (("RunContainerError",), 'exec: "no": not found in $PATH'),
    "an image that nobody pulls": (("ErrImageNeverPull",), "Container image is not present"),
    "a name that is none": (("InvalidImageName",), "couldn't parse image reference"),
    "a quota": (("FailedCreate",), "pods a is forbidden: exceeded quota: tight, limited: pods=1"),
    "a policy": (("FailedCreate",), "violates PodSecurity restricted: allowPrivilegeEscalation"),
    "a webhook that answers": (("FailedCreate",), 'admission webhook "p" denied the request: no'),
}


@pytest.mark.parametrize(("reasons", "message", "share"), MAY_COME.values(), ids=MAY_COME)
def test_what_may_come(reasons: tuple[str, ...], message: str, share: float) -> None:
    """It has a share of the rollout's time, and why it may come is known."""
    for reason in reasons:
        found = find(reason, message)
        assert found is not None
        assert found.share == share
        assert found.why


@pytest.mark.parametrize(("reasons", "message"), CANNOT_COME.values(), ids=CANNOT_COME)
def test_what_cannot_come(reasons: tuple[str, ...], message: str) -> None:
    """Nothing is waited for."""
    for reason in reasons:
        found = find(reason, message)
        assert found is not None
        assert found.share == NONE


@pytest.mark.parametrize("reason", ["ContainerCreating", "PodInitializing", "CrashLoopBackOff"])
def test_what_is_no_waiting(reason: str) -> None:
    """A container on its way, and one that something else judges."""
    assert find(reason, "no message") is None


def test_share() -> None:
    """It is of `--timeout`: half a minute and two and a half minutes of five."""
    limits = {wait.limit(timedelta(minutes=5)).total_seconds() for wait in (*WAITS, FREED)}
    assert limits == {0, 9, 30, 150}
