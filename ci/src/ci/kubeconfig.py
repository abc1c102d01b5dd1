"""Reads a kubeconfig, and says what is wrong with one that cannot be used from a container."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from ci.errors import KubeconfigError

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_FILES = ("certificate-authority", "client-certificate", "client-key", "tokenFile")


@dataclass(frozen=True)
class Kubeconfig:
    """A kubeconfig whose current context names a cluster and credentials that are still good."""

    content: dict[str, Any]
    context: str
    server: str

    @property
    def loopback(self) -> bool:
        """Its server is an address that means something else in every container."""
        return urlsplit(self.server).hostname in _LOOPBACK


def parse(text: str, now: datetime) -> Kubeconfig:
    """The kubeconfig in `text`; a sentence where it cannot be used."""
    content = _load(text)
    name = content.get("current-context")
    if not name:
        raise KubeconfigError(
            "The kubeconfig has no current context: choose one with "
            "`kubectl config use-context NAME`."
        )
    context = _entry(content, "contexts", "context", name)
    cluster = _entry(content, "clusters", "cluster", context.get("cluster"))
    user = _entry(content, "users", "user", context.get("user"))
    server = cluster.get("server")
    if not server:
        raise KubeconfigError(f"The kubeconfig's context {name} names no server.")
    _refuse_what_stays_outside(name, cluster, user)
    _refuse_expired(name, user, now)
    return Kubeconfig(content, name, server)


def _load(text: str) -> dict[str, Any]:
    import yaml

    try:
        content = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" (line {mark.line + 1})" if mark else ""
        raise KubeconfigError(
            f"The kubeconfig is not YAML{line}: check what --kubeconfig names."
        ) from None
    if not isinstance(content, dict) or content.get("kind") != "Config":
        raise KubeconfigError(
            "The kubeconfig is not a kubeconfig (kind: Config): check what --kubeconfig names."
        )
    return content


def _entry(content: dict[str, Any], section: str, key: str, name: object) -> dict[str, Any]:
    entries = content.get(section)
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and entry.get("name") == name:
            found = entry.get(key)
            return found if isinstance(found, dict) else {}
    raise KubeconfigError(
        f"The kubeconfig names {key} {name!r} but does not describe it under `{section}`."
    )


def _refuse_what_stays_outside(name: str, cluster: dict[str, Any], user: dict[str, Any]) -> None:
    """Files and programs of the caller's machine are not there in the engine."""
    if files := [key for key in _FILES if key in cluster or key in user]:
        raise KubeconfigError(
            f"The kubeconfig's context {name} points to files ({', '.join(files)}), which the "
            "engine does not have: embed them with `kubectl config view --raw --flatten`."
        )
    if program := [key for key in ("exec", "auth-provider") if key in user]:
        raise KubeconfigError(
            f"The kubeconfig's context {name} gets its credentials from a program "
            f"({program[0]}), which the engine does not have: give one with a token or a client "
            "certificate, such as a service account's."
        )


def _refuse_expired(name: str, user: dict[str, Any], now: datetime) -> None:
    if not (encoded := user.get("client-certificate-data")):
        return
    from cryptography import x509

    try:
        certificate = x509.load_pem_x509_certificate(base64.b64decode(encoded))
    except (binascii.Error, TypeError, ValueError):
        raise KubeconfigError(
            f"The client certificate of the kubeconfig's context {name} cannot be read: it should "
            "be PEM, in base64."
        ) from None
    expired = certificate.not_valid_after_utc.astimezone(UTC)
    if expired < now:
        raise KubeconfigError(
            f"The client certificate of the kubeconfig's context {name} expired on "
            f"{expired:%Y-%m-%d %H:%M} UTC: get a new kubeconfig."
        )
