"""Runs kubectl: what applies and deletes whole manifests.

They may hold Secrets, so that none of it is shown.
"""

from collections.abc import Callable
from functools import partial

from dagger import Container, QueryError, dag

from ci.cluster.kubeconfig import Kubeconfig
from ci.manifests import redaction, refusals
from ci.manifests.manifest import Manifest
from ci.manifests.redaction import redacted
from ci.run import confidential, images
from ci.run.confidential import Command
from ci.run.errors import (
    CiError,
    ClusterError,
    NotFound,
    Refused,
    Unreachable,
    cause,
)
from ci.run.patience import patiently

FIELD_MANAGER = "ci"
_MANIFEST = "-"
_PROGRAM, _KUBECONFIG = "/usr/local/bin/kubectl", "/run/kubeconfig"
_SILENCE = (
    "connection refused",
    "the connection to the server",
    "unable to connect to the server",
    "i/o timeout",
    "tls handshake timeout",
    "unexpected eof",
    "etcdserver",
    "the server is currently unable",
    "too many requests",
    "toomanyrequests",
    "proxyconnect",
)
_NO_SUCH_KIND, _FORBIDDEN = "no matches for kind", "(Forbidden)"
GONE_SECONDS = 5
"""How long a deleted resource is waited for: finalizers may keep it for ever."""


class Kubectl:
    """kubectl with one kubeconfig, as our field manager."""

    def __init__(self, config: Kubeconfig) -> None:
        self._config = config

    async def apply(self, manifest: Manifest, namespace: str) -> None:
        """Apply all resources, which a dry run has accepted."""
        apply = ["kubectl", "apply", "--server-side", "--force-conflicts"]
        apply += [f"--field-manager={FIELD_MANAGER}", f"--namespace={namespace}"]
        apply += [f"--filename={_MANIFEST}", "--output=name"]
        await self._run(manifest, apply, failure_of_accepted)

    async def delete(self, manifest: Manifest, namespace: str) -> None:
        """Delete the resources and wait a little; those that are gone already are no failure."""
        delete = ["kubectl", "delete", f"--namespace={namespace}", f"--filename={_MANIFEST}"]
        delete += ["--ignore-not-found", f"--timeout={GONE_SECONDS}s"]
        await self._run(manifest, delete, failure)

    async def _run(self, manifest: Manifest, command: list[str], told: "Complaint") -> None:
        """Run a command that may be run twice, however long the cluster is away."""
        await patiently(partial(self._once, manifest, command, told), Unreachable)

    async def _once(self, manifest: Manifest, command: list[str], told: "Complaint") -> None:
        """What it complains of has no value of the manifest's Secrets."""
        try:
            answer = await confidential.answer(self._container(), Command(command, manifest.text))
        except QueryError as error:
            raise ClusterError(f"kubectl does not run: {cause(str(error))}.") from None
        if answer.code:
            raise told(redacted(answer.stderr, redaction.values(manifest.objects)))

    def _container(self) -> Container:
        """kubectl where there is a shell, which its own image has not."""
        program = dag.container().from_(images.KUBECTL).file("/bin/kubectl")
        return (
            dag.container()
            .from_(images.PYTHON)
            .with_mounted_file(_PROGRAM, program)
            .with_mounted_secret(_KUBECONFIG, confidential.secret("kubeconfig", self._config.text))
            .with_env_variable("KUBECONFIG", _KUBECONFIG)
        )


Complaint = Callable[[str], CiError]
"""What kubectl means by what it prints when it fails."""


def failure(printed: str) -> ClusterError:
    """What it means."""
    kind: type[ClusterError] = ClusterError
    if is_silence(printed):
        kind = Unreachable
    elif _NO_SUCH_KIND in printed:
        kind = NotFound
    elif _FORBIDDEN in printed:
        kind = Refused
    return kind(f"The cluster does not do as asked: {refusals.reason(printed)}.")


def failure_of_accepted(printed: str) -> ClusterError:
    """What it means where a dry run was content: the server has just started, and will serve it."""
    found = failure(printed)
    return Unreachable(found.sentence) if isinstance(found, NotFound) else found


def is_silence(text: str) -> bool:
    """Whether kubectl found nobody to answer it, so that it may be tried again."""
    return any(sign in text.lower() for sign in _SILENCE)
