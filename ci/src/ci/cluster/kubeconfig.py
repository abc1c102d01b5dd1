"""Reads a kubeconfig, and says what is wrong with one that cannot be used from a container.

What is read is what every client of ours gets: the current context, checked, and nothing else.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from ci.cluster import pem
from ci.run.errors import KubeconfigError

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_FILES = ("certificate-authority", "client-certificate", "client-key", "tokenFile")
_PROGRAMS = ("exec", "auth-provider")
_IMPERSONATION = ("as", "as-uid", "as-groups", "as-user-extra")
_PASSWORD = ("username", "password")
_CLUSTER = (
    "certificate-authority-data",
    "tls-server-name",
    "insecure-skip-tls-verify",
    "proxy-url",
    "disable-compression",
)
_USER = ("client-certificate-data", "client-key-data")
_TOKEN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True)
class Kubeconfig:
    """A kubeconfig of one context, with a server and credentials that are still good."""

    content: dict[str, Any]
    context: str
    server: str

    @property
    def loopback(self) -> bool:
        """Its server is an address that means something else in every container."""
        return urlsplit(self.server).hostname in _LOOPBACK

    @property
    def cluster(self) -> dict[str, Any]:
        """How its server is reached."""
        found: dict[str, Any] = self.content["clusters"][0]["cluster"]
        return found

    @property
    def text(self) -> str:
        """The same as a file: JSON, which is YAML too."""
        return json.dumps(self.content)


def parse(text: str, now: datetime) -> Kubeconfig:
    """The current context of the kubeconfig in `text`; a sentence where it cannot be used."""
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
    try:
        _refuse_what_stays_outside(cluster, user)
        _refuse_other_identities(user)
        server = _server(cluster)
        reached = {"server": server, **_taken(cluster, _CLUSTER)}
        _check_way(reached)
        credentials = {**_taken(user, _USER), **_token(user)}
        _check_credentials(credentials, server, now)
    except _Unusable as reason:
        raise KubeconfigError(f"The kubeconfig's context {name} {reason}.") from None
    return Kubeconfig(_alone(str(name), reached, credentials), str(name), server)


class _Unusable(Exception):
    """The end of a sentence that begins with the context."""


def _load(text: str) -> dict[str, Any]:
    import yaml

    try:
        content = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError) as error:
        if "single document" in (getattr(error, "context", None) or ""):
            raise KubeconfigError(
                "The kubeconfig holds several documents: make one of them with "
                "`kubectl config view --raw --flatten`."
            ) from None
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


def _refuse_what_stays_outside(cluster: dict[str, Any], user: dict[str, Any]) -> None:
    """Files and programs of the caller's machine are not there in the engine."""
    if files := [key for key in _FILES if cluster.get(key) or user.get(key)]:
        raise _Unusable(
            f"points to files ({', '.join(files)}), which the engine does not have: embed them "
            "with `kubectl config view --raw --flatten`"
        )
    if program := [key for key in _PROGRAMS if user.get(key)]:
        raise _Unusable(
            f"gets its credentials from a program ({program[0]}), which the engine does not have: "
            "give one with a token or a client certificate, such as a service account's"
        )


def _refuse_other_identities(user: dict[str, Any]) -> None:
    """No client of ours impersonates, and no API server takes a password any more."""
    if other := [key for key in _IMPERSONATION if user.get(key)]:
        raise _Unusable(
            f"impersonates somebody ({', '.join(other)}), which the pipeline does not: give it "
            "credentials of who is to release"
        )
    if [key for key in _PASSWORD if user.get(key)]:
        raise _Unusable(
            "has a username and a password, which API servers do not take: give it a token or a "
            "client certificate"
        )


def _server(cluster: dict[str, Any]) -> str:
    server = cluster.get("server")
    if not server:
        raise _Unusable("names no server: its cluster needs one such as https://10.0.0.1:6443")
    if not _is_address(server):
        raise _Unusable("has a server that is no address such as https://10.0.0.1:6443")
    return str(server)


def _is_address(url: object) -> bool:
    """An address with nothing in it that may be a credential."""
    try:
        parts = urlsplit(str(url))
        port = parts.port
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or "@" in parts.netloc)
    named = parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0
    return plain and named and _TOKEN.fullmatch(str(url)) is not None


def _taken(given: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: given[key] for key in keys if given.get(key)}


def _check_way(cluster: dict[str, Any]) -> None:
    """Whom the server has to prove to be, and the proxy on the way to it."""
    insecure = cluster.get("insecure-skip-tls-verify", False)
    if insecure not in (True, False):
        raise _Unusable("has an insecure-skip-tls-verify that is neither true nor false")
    if authority := cluster.get("certificate-authority-data"):
        if insecure:
            raise _Unusable(
                "has certificate-authority-data and insecure-skip-tls-verify: leave out the second"
            )
        cluster["certificate-authority-data"] = _checked(
            "certificate-authority-data", pem.authority, authority
        )
    name = cluster.get("tls-server-name", "")
    if name and not _TOKEN.fullmatch(str(name)):
        raise _Unusable("has a tls-server-name that is no name of a host")
    if proxy := cluster.get("proxy-url"):
        _check_proxy(str(proxy))


def _check_proxy(url: str) -> None:
    try:
        parts = urlsplit(url)
        well = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        well = False
    if not well or not _TOKEN.fullmatch(url):
        raise _Unusable("has a proxy-url that is no address such as http://10.0.0.1:3128")


def _token(user: dict[str, Any]) -> dict[str, Any]:
    """The token without the white space around it, which is never part of one."""
    token = user.get("token")
    if token is None:
        return {}
    if not isinstance(token, str):
        raise _Unusable("has a token that is no text: put it in quotes")
    if not (token := token.strip()):
        return {}
    if not _TOKEN.fullmatch(token):
        raise _Unusable(
            "has a token with characters that no token has, such as a line break or a space: "
            "copy it again"
        )
    return {"token": token}


def _check_credentials(user: dict[str, Any], server: str, now: datetime) -> None:
    """Something to be known by: a token, or a certificate with the key that belongs to it."""
    certificate, key = _USER
    if certificate in user:
        user[certificate] = _checked(certificate, pem.certificate, user[certificate])
        ends = pem.expiry(user[certificate])
        if ends < now:
            raise _Unusable(
                f"has a client certificate that expired on {ends:%Y-%m-%d %H:%M} UTC: get a new "
                "kubeconfig"
            )
    if key in user:
        user[key] = _checked(key, pem.private_key, user[key])
    missing = [each for each in _USER if each not in user]
    if len(missing) == 1:
        raise _Unusable(f"has a client certificate or its key only: {missing[0]} is missing")
    if not missing and not pem.belong_together(user[certificate], user[key]):
        raise _Unusable(
            f"has a {key} that is not the key of its {certificate}: get a new kubeconfig"
        )
    if not user and server.startswith("https:"):
        raise _Unusable("has no credentials: give it a token or a client certificate")


def _checked(key: str, read: pem.Reader, value: object) -> str:
    try:
        return read(value)
    except pem.Unreadable as reason:
        raise _Unusable(f"has a {key} that cannot be used: {reason}") from None


def _alone(name: str, cluster: dict[str, Any], user: dict[str, Any]) -> dict[str, Any]:
    """A kubeconfig that has this and nothing else."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": name,
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": user}],
    }
