"""Reads HTTPRoutes and Gateways: is a route attached, and where does its gateway answer?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ci.errors import InvalidInput

Object = dict[str, Any]

HTTP_PORT = 80
_NEEDED = ("Accepted", "ResolvedRefs")
_ADDRESS = re.compile(r"(?:http://)?(\[[0-9a-fA-F:]+\]|[\w.-]+)(?::(\d{1,5}))?/?")


@dataclass(frozen=True)
class Address:
    """Where a gateway answers."""

    host: str
    port: int = HTTP_PORT

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Such as 10.0.0.1, 10.0.0.1:30080 or http://gateway.example.com."""
        match = _ADDRESS.fullmatch(text.strip())
        if match is None or not 0 < int(match[2] or HTTP_PORT) < 1 << 16:
            raise InvalidInput(
                f"--gateway {text!r} is no address: write one such as 10.0.0.1 or 10.0.0.1:30080."
            )
        return cls(match[1], int(match[2] or HTTP_PORT))

    def __str__(self) -> str:
        return self.host if self.port == HTTP_PORT else f"{self.host}:{self.port}"


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


def host(route: Object) -> str:
    """The host name by which clients call it; empty where it takes any."""
    names: list[str] = route["spec"].get("hostnames", [])
    return names[0] if names else ""


def address_of(gateway: Object) -> Address | None:
    """Where a Gateway says that it answers HTTP."""
    ports = [each["port"] for each in gateway["spec"]["listeners"] if each["protocol"] == "HTTP"]
    for address in gateway.get("status", {}).get("addresses", ()):
        for port in ports:
            value = address["value"]
            return Address(f"[{value}]" if ":" in value else value, port)
    return None


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
