"""Reads HTTPRoutes and Gateways: is a route attached, and to which listeners?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ci.run.errors import InvalidInput

Object = dict[str, Any]

PORTS = {"http": 80, "https": 443}
"""The port of each scheme, which its URLs leave out."""

_NEEDED = ("Accepted", "ResolvedRefs")
_ADDRESS = re.compile(r"(?:(https?)://)?(\[[0-9a-fA-F:]+\]|[\w.-]+)(?::(\d{1,5}))?/?")
_LABEL = "any"
"""What stands for the `*` of a wildcard when it is asked for."""


@dataclass(frozen=True)
class Address:
    """Where a gateway answers: its host, and port and scheme where they are known."""

    host: str
    port: int | None = None
    scheme: str = ""

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Such as 10.0.0.1, 10.0.0.1:30080 or https://gateway.example.com."""
        match = _ADDRESS.fullmatch(text.strip())
        if match is None or not 0 < int(match[3] or 1) < 1 << 16:
            raise InvalidInput(
                f"--gateway {text!r} is no address: write one such as 10.0.0.1, 10.0.0.1:30080 or "
                "https://10.0.0.1."
            )
        return cls(match[2], int(match[3]) if match[3] else None, match[1] or "")


@dataclass(frozen=True)
class Listener:
    """Where a Gateway takes requests for a route."""

    scheme: str
    port: int
    host: str = ""
    """The host names that it takes, one or a wildcard; empty where it takes any."""


def objection(route: Object) -> str:
    """Why a route does not take requests to its Service; empty where it does."""
    generation = route["metadata"].get("generation", 0)
    answers = route.get("status", {}).get("parents", ())
    for reference in _references(route):
        namespace, name, *_ = wanted = _place(reference, route)
        # What a gateway said of a reference that is no longer there may stay for ever.
        told = [each for each in answers if _place(each["parentRef"], route) == wanted]
        if not told:
            return f"no controller has answered for Gateway {name} in {namespace}"
        for answer in told:
            conditions = {each["type"]: each for each in answer.get("conditions", ())}
            for kind in _NEEDED:
                found = conditions.get(kind, {})
                if found.get("observedGeneration", 0) < generation:
                    return f"Gateway {name} has not seen its last change yet"
                if found.get("status") != "True":
                    why = found.get("message") or found.get("reason") or "no reason is given"
                    return f"Gateway {name} says it is not {kind}: {why.rstrip('.')}"
    return ""


def gateways(route: Object) -> Iterator[tuple[str, str]]:
    """Namespace and name of each Gateway that a route wants to hang on."""
    for reference in _references(route):
        namespace, name, *_ = _place(reference, route)
        yield namespace, name


def ports(route: Object) -> list[int]:
    """The port of each reference to a Gateway, 0 where it names none."""
    return [reference.get("port", 0) for reference in _references(route)]


def listeners(route: Object, gateway: Object) -> Iterator[Listener]:
    """Where a Gateway takes requests for a route: its listeners on which that hangs.

    One that is not programmed, such as for want of a certificate, takes nobody's.
    """
    namespace, name = gateway["metadata"]["namespace"], gateway["metadata"]["name"]
    dead = {
        each["name"] for each in gateway.get("status", {}).get("listeners", ()) if _is_dead(each)
    }
    for listener in gateway["spec"]["listeners"]:
        found = Listener(
            listener["protocol"].lower(), listener["port"], listener.get("hostname", "")
        )
        hangs = any(
            _place(each, route)[:2] == (namespace, name)
            and each.get("sectionName", listener["name"]) == listener["name"]
            and each.get("port", listener["port"]) == listener["port"]
            for each in _references(route)
        )
        known = found.scheme in PORTS and listener["name"] not in dead
        if hangs and known and host(route, found) is not None:
            yield found


def host(route: Object, listener: Listener) -> str | None:
    """A host name by which clients call a route at a listener.

    It is empty where any will do, and None where the listener takes none of the route's. Names
    come before wildcards, in which a label stands for the star.
    """
    names = sorted(route["spec"].get("hostnames") or [""], key=lambda each: each[:1] == "*")
    for each in names:
        for wide, narrow in ((each, listener.host), (listener.host, each)):
            if not wide or narrow == wide or (wide[:1] == "*" and narrow.endswith(wide[1:])):
                return narrow.replace("*", _LABEL)
    return None


def addresses(gateway: Object) -> list[str]:
    """Where a Gateway says that it is."""
    found = (each["value"] for each in gateway.get("status", {}).get("addresses", ()))
    return [f"[{each}]" if ":" in each else each for each in found]


def _is_dead(listener: Object) -> bool:
    conditions = {each["type"]: each["status"] for each in listener.get("conditions", ())}
    return conditions.get("Programmed") == "False"


def _references(route: Object) -> Iterator[Object]:
    for reference in route["spec"].get("parentRefs", ()):
        if reference.get("kind", "Gateway") == "Gateway":
            yield reference


def _place(reference: Object, route: Object) -> tuple[str, str, str, int]:
    """Namespace and name of a Gateway, and which of its listeners is meant."""
    namespace = reference.get("namespace") or route["metadata"]["namespace"]
    return (
        namespace,
        reference["name"],
        reference.get("sectionName", ""),
        reference.get("port", 0),
    )
