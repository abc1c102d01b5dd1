"""Runs kubectl in its own image: what applies, compares and deletes whole manifests."""

import json
from collections.abc import Callable, Iterable
from functools import partial
from uuid import uuid4

from dagger import Container, ExecError, QueryError, Secret, dag

from ci import images, refusals
from ci.errors import (
    CiError,
    ClusterError,
    NotFound,
    NotServed,
    Refused,
    Unreachable,
    cause,
)
from ci.manifest import Manifest, Object

FIELD_MANAGER = "ci"
_MANIFEST = "/run/manifest.yaml"
_SILENCE = (
    "connection refused",
    "the connection to the server",
    "unable to connect to the server",
    "i/o timeout",
    "tls handshake timeout",
    "unexpected eof",
    "etcdserver",
    "the server is currently unable",
)
_NO_SUCH_KIND, _FORBIDDEN = "no matches for kind", "(Forbidden)"
GONE_SECONDS = 5
"""How long a deleted resource is waited for: finalizers may keep it for ever."""


class Kubectl:
    """kubectl with one kubeconfig, as our field manager."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    async def apply(self, manifest: Manifest, namespace: str) -> None:
        """Apply all resources, which a dry run has accepted."""
        await self._run(manifest, [*_apply(namespace), "--output=name"], failure)

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
        await self._run(manifest, delete, failure)

    async def _objects(
        self, manifest: Manifest, command: list[str], told: "Complaint"
    ) -> list[Object]:
        printed = await self._run(manifest, command, told)
        return list(_items(json.loads(printed))) if printed.strip() else []

    async def _run(self, manifest: Manifest, command: list[str], told: "Complaint") -> str:
        try:
            return await self._with(manifest).with_exec(command).stdout()
        except ExecError as error:
            raise told(error.stderr) from None
        except QueryError as error:
            raise ClusterError(f"kubectl does not run: {cause(str(error))}.") from None

    def _with(self, manifest: Manifest) -> Container:
        return (
            dag.container()
            .from_(images.KUBECTL)
            .with_mounted_secret("/run/kubeconfig", self._secret)
            .with_env_variable("KUBECONFIG", "/run/kubeconfig")
            .with_env_variable("CI_NONCE", uuid4().hex)
            .with_new_file(_MANIFEST, manifest.text)
        )


def _apply(namespace: str) -> list[str]:
    apply = ["kubectl", "apply", "--server-side", "--force-conflicts"]
    apply += [f"--field-manager={FIELD_MANAGER}", f"--namespace={namespace}"]
    return [*apply, f"--filename={_MANIFEST}"]


def _items(printed: Object) -> Iterable[Object]:
    items: Iterable[Object] = printed["items"] if printed.get("kind") == "List" else [printed]
    return items


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


def is_silence(text: str) -> bool:
    """Whether kubectl found nobody to answer it, so that it may be tried again."""
    return any(sign in text.lower() for sign in _SILENCE)
