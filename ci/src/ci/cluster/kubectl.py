"""Runs kubectl: what applies, compares and deletes whole manifests.

Manifests and what the cluster has of them may hold Secrets, so that none of it is shown.
"""

import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial

from dagger import Container, QueryError, dag

from ci.cluster.kubeconfig import Kubeconfig
from ci.manifests import redaction, refusals
from ci.manifests.manifest import Manifest, Object
from ci.manifests.redaction import redacted
from ci.run import confidential, images
from ci.run.atonce import AtOnce
from ci.run.confidential import Answer, Command
from ci.run.errors import (
    CiError,
    ClusterError,
    NotFound,
    NotServed,
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
        self._reading = AtOnce(self._answers)

    async def apply(self, manifest: Manifest, namespace: str) -> None:
        """Apply all resources, which a dry run has accepted."""
        apply = [*_apply(namespace), "--output=name"]
        await self._run(manifest, apply, failure_of_accepted, self._alone)

    async def would_be(self, manifest: Manifest, namespace: str) -> list[Object]:
        """What the resources would be after `apply`; raises NothingChanged where it may not be."""
        apply = [*_apply(namespace), "--dry-run=server", "--output=json"]
        return await self._objects(manifest, apply, partial(refusal, namespace))

    async def live(self, manifest: Manifest, namespace: str) -> list[Object]:
        """Those of the resources that there are, with who manages their fields."""
        get = ["kubectl", "get", f"--namespace={namespace}", f"--filename={_MANIFEST}"]
        get += ["--ignore-not-found", "--show-managed-fields", "--output=json"]
        return await self._objects(manifest, get, failure)

    async def delete(self, manifest: Manifest, namespace: str) -> None:
        """Delete the resources and wait a little; those that are gone already are no failure."""
        delete = ["kubectl", "delete", f"--namespace={namespace}", f"--filename={_MANIFEST}"]
        delete += ["--ignore-not-found", f"--timeout={GONE_SECONDS}s"]
        await self._run(manifest, delete, failure, self._alone)

    async def _objects(
        self, manifest: Manifest, command: list[str], told: "Complaint"
    ) -> list[Object]:
        printed = await self._run(manifest, command, told, self._reading.answer)
        return list(_items(json.loads(printed))) if printed.strip() else []

    async def _run(
        self, manifest: Manifest, command: list[str], told: "Complaint", ask: "Ask"
    ) -> str:
        """What a command prints that may be run twice, however long the cluster is away."""
        return await patiently(partial(self._once, manifest, command, told, ask), Unreachable)

    async def _once(
        self, manifest: Manifest, command: list[str], told: "Complaint", ask: "Ask"
    ) -> str:
        """What it prints; what it complains of has no value of the manifest's Secrets."""
        try:
            answer = await ask(Command(command, manifest.text))
        except QueryError as error:
            raise ClusterError(f"kubectl does not run: {cause(str(error))}.") from None
        if answer.code:
            raise told(redacted(answer.stderr, redaction.values(manifest.objects)))
        return answer.stdout

    async def _alone(self, command: Command) -> Answer:
        """What changes something waits for nothing else, and nothing else for it."""
        [answer] = await self._answers([command])
        return answer

    async def _answers(self, commands: Sequence[Command]) -> list[Answer]:
        return await confidential.answers(self._container(), commands)

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


def _apply(namespace: str) -> list[str]:
    apply = ["kubectl", "apply", "--server-side", "--force-conflicts"]
    apply += [f"--field-manager={FIELD_MANAGER}", f"--namespace={namespace}"]
    return [*apply, f"--filename={_MANIFEST}"]


def _items(printed: Object) -> Iterable[Object]:
    items: Iterable[Object] = printed["items"] if printed.get("kind") == "List" else [printed]
    return items


Ask = Callable[[Command], Awaitable[Answer]]
"""Runs a command, once more at each call."""

Complaint = Callable[[str], CiError]
"""What kubectl means by what it prints when it fails."""


def refusal(namespace: str, printed: str) -> CiError:
    """What it means of a dry run: nothing was changed, whatever the reason."""
    if is_silence(printed):
        return failure(printed)
    refused = refusals.refusal(namespace, [refusals.reason(printed)])
    return (
        NotServed(refused.sentence, reason=refused.reason) if _NO_SUCH_KIND in printed else refused
    )


def failure(printed: str) -> ClusterError:
    """What it means of anything else."""
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
