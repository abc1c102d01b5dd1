"""Runs kubectl in its own image: what applies, compares and deletes whole manifests."""

import json
from collections.abc import Iterable
from uuid import uuid4

from dagger import Container, ExecError, QueryError, Secret, dag

from ci import images
from ci.errors import CiError, ClusterError, NothingChanged, NotServed, Unreachable, cause
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
_NO_SUCH_KIND = "no matches for kind"


class Kubectl:
    """kubectl with one kubeconfig, as our field manager."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    async def apply(self, manifest: Manifest, namespace: str) -> None:
        """Apply all resources, once the cluster has accepted every one of them in a dry run."""
        apply = [*_apply(namespace), "--output=name"]
        with_manifest = self._with(manifest)
        dry = with_manifest.with_exec([*apply, "--dry-run=server"])
        try:
            await dry.with_exec(apply).sync()
        except ExecError as error:
            tried = "--dry-run=server" in error.command
            reason, *more = complaints(error.stderr)
            raise refusal(error.stderr, tried)(
                f"The cluster refuses the release to {namespace}: {reason}; "
                f"{'nothing was' if tried else 'some resources may have been'} changed.",
                "\n".join(more),
            ) from None
        except QueryError as error:
            raise ClusterError(f"kubectl does not run: {cause(str(error))}.") from None

    async def would_be(self, manifest: Manifest, namespace: str) -> list[Object]:
        """What the resources would be after `apply`, which changes nothing here."""
        apply = [*_apply(namespace), "--dry-run=server", "--output=json"]
        return await self._objects(manifest, apply)

    async def live(self, manifest: Manifest, namespace: str) -> list[Object]:
        """Those of the resources that there are, with who manages their fields."""
        get = ["kubectl", "get", f"--namespace={namespace}", f"--filename={_MANIFEST}"]
        get += ["--ignore-not-found", "--show-managed-fields", "--output=json"]
        return await self._objects(manifest, get)

    async def delete(self, manifest: Manifest, namespace: str) -> None:
        """Delete the resources; those that are gone already are no failure."""
        delete = ["kubectl", "delete", f"--namespace={namespace}", f"--filename={_MANIFEST}"]
        await self._run(manifest, [*delete, "--ignore-not-found", "--wait=false"])

    async def _objects(self, manifest: Manifest, command: list[str]) -> list[Object]:
        printed = await self._run(manifest, command)
        return list(_items(json.loads(printed))) if printed.strip() else []

    async def _run(self, manifest: Manifest, command: list[str]) -> str:
        try:
            return await self._with(manifest).with_exec(command).stdout()
        except ExecError as error:
            reason, *more = complaints(error.stderr)
            kind = Unreachable if is_silence(error.stderr) else ClusterError
            raise kind(
                f"`{' '.join(command[:2])}` does not do as asked: {reason}.", "\n".join(more)
            ) from None
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


def complaints(text: str) -> list[str]:
    """The lines in which kubectl says what is wrong, at least one."""
    lines = [line.rstrip(".") for line in text.splitlines() if line.strip()]
    return [line for line in lines if not line.startswith("Warning:")] or ["no reason given"]


def _apply(namespace: str) -> list[str]:
    apply = ["kubectl", "apply", "--server-side", "--force-conflicts"]
    apply += [f"--field-manager={FIELD_MANAGER}", f"--namespace={namespace}"]
    return [*apply, f"--filename={_MANIFEST}"]


def _items(printed: Object) -> Iterable[Object]:
    items: Iterable[Object] = printed["items"] if printed.get("kind") == "List" else [printed]
    return items


def refusal(printed: str, tried: bool) -> type[CiError]:
    """What kubectl's complaint means, where only a dry run was tried, and where that had passed."""
    if is_silence(printed):
        return Unreachable
    if not tried:
        return ClusterError
    return NotServed if _NO_SUCH_KIND in printed else NothingChanged


def is_silence(text: str) -> bool:
    """Whether kubectl found nobody to answer it, so that it may be tried again."""
    return any(sign in text.lower() for sign in _SILENCE)
