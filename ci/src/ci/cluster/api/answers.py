"""What an answer of the API server means, or that there is none."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from ci.cluster.kubeconfig import Kubeconfig
from ci.run.errors import Busy, ClusterError, Conflict, NotFound, Refused, UnknownKind, Unreachable

_BUSY = {429, 500, 502, 503, 504}
_NO_OBJECT = "failed to "
"""How an apply is answered, with 500, of what is no object of its kind."""

_NO_KIND = "could not find the requested resource"


def refusal(
    config: Kubeconfig, status: int, body: object, headers: Mapping[str, str], now: datetime
) -> ClusterError:
    """What an answer other than yes is raised as."""
    error = _refusal(config, status, _message(body), retry_after(headers, now))
    error.answer = _complaints(body)
    return error


def _refusal(config: Kubeconfig, status: int, message: str, after: float) -> ClusterError:
    server = config.server
    if status == 401:
        return Refused(
            f"The cluster at {server} does not know the credentials of the kubeconfig's "
            f"context {config.context}: they may have expired or been revoked."
        )
    if status == 403:
        return Refused(f"The cluster at {server} refuses: {message}.")
    if status == 404:
        kind = UnknownKind if _NO_KIND in message else NotFound
        return kind(f"The cluster at {server} does not have it: {message}.")
    if status == 409:
        return Conflict(f"The cluster at {server} has another one: {message}.")
    if status == 429:
        told = f"The cluster at {server} has too many requests to take ours: {message}; try later."
        return Busy(told, after=after)
    told = f"The cluster at {server} answers {status}: {message}."
    if status in _BUSY and not message.startswith(_NO_OBJECT):
        return Busy(told, after=after)
    return ClusterError(told)


def retry_after(headers: Mapping[str, str], now: datetime) -> float:
    """The seconds for which a server asks to be left alone, 0 where it does not say."""
    value = headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value).astimezone(UTC) - now).total_seconds())
    except ValueError:
        return 0.0


def silence(config: Kubeconfig, message: str) -> ClusterError:
    """Why nobody answered, from what the client says of it."""
    server, name = config.server, config.cluster.get("tls-server-name")
    for sign, sentence in _NOT_PROVED:
        if re.search(sign, message, re.IGNORECASE):
            asked = f"the tls-server-name {name}" if name else "that address"
            return ClusterError(sentence.format(server=server, asked=asked), message)
    if "proxyerror" in message.lower() and (proxy := config.cluster.get("proxy-url")):
        host = urlsplit(proxy).netloc.rpartition("@")[2]
        return Unreachable(
            f"The proxy at {host}, which the kubeconfig names in its proxy-url, does not lead to "
            f"the cluster at {server}: is it up, and does it let the engine's containers through?",
            message,
        )
    hint = (
        "in the engine's containers that address is their own, so name one they can reach."
        if config.loopback
        else "is it up, and can the engine's containers reach that address?"
    )
    return Unreachable(f"The cluster at {server} does not answer: {hint}", message)


def _message(body: object) -> str:
    """The message of a Kubernetes Status, or the body as it is."""
    try:
        text = str(json.loads(str(body))["message"])
    except (KeyError, TypeError, ValueError):
        text = str(body)
    return " ".join(text.split()).rstrip(".") or "no reason given"


def _complaints(body: object) -> tuple[str, ...]:
    """Which fields of a resource are wrong and why, or the message where it is about no field."""
    try:
        causes = json.loads(str(body))["details"]["causes"]
        found = [f"{each['field']}: {each['message'].splitlines()[0]}" for each in causes]
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        found = []
    return tuple(dict.fromkeys(found)) or (_message(body),)


_NOT_PROVED = (
    (
        "hostname mismatch|ip address mismatch|doesn't match",
        "The cluster at {server} does not prove who it is: its certificate is not one for {asked}; "
        "correct the kubeconfig's server or its tls-server-name.",
    ),
    (
        "certificate has expired|not yet valid",
        "The cluster at {server} does not prove who it is: its certificate is not valid at this "
        "time; renew it, or correct the clock here.",
    ),
    (
        "alert (bad certificate|certificate required|unknown ca|certificate unknown)",
        "The cluster at {server} does not take the client certificate of the kubeconfig: is it one "
        "of that cluster?",
    ),
    (
        "wrong.version.number|record layer failure|http_request",
        "The cluster at {server} does not speak TLS there: correct the kubeconfig's server.",
    ),
    (
        "certificate",
        "The cluster at {server} does not prove who it is: its certificate is not signed by the "
        "authority that the kubeconfig names.",
    ),
)
