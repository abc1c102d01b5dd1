"""What an API server is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

JSON = "application/json"
JSON_PATCH = "application/json-patch+json"
APPLY = "application/apply-patch+yaml"
"""Server-side apply, which takes JSON as well: that is YAML."""


@dataclass(frozen=True)
class Request:
    """One request; a body is what JSON can say."""

    path: str
    method: str = "GET"
    query: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    content_type: str = JSON


def within(version: str, namespace: str, *parts: str) -> str:
    """The path of something in a namespace, such as of its pods, or of one of these.

    `version` is that of an API, with its group unless that is the core's.
    """
    named = "/".join(quote(each, safe=":") for each in parts)
    return f"{served(version)}/namespaces/{quote(namespace, safe='')}/{named}"


def served(version: str) -> str:
    """The path of a version of an API, with its group unless that is the core's."""
    return f"/apis/{version}" if "/" in version else f"/api/{version}"
