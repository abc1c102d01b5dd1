"""What a service is called, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Health:
    """What a healthy answer is."""

    path: str | None = None
    """Where to ask; where the readiness probe does without."""

    json: Mapping[str, Any] | None = None
    """Keys and values that the answer has as JSON; any success will do without."""


@dataclass(frozen=True)
class Commit:
    """Where a service tells of which commit it is."""

    path: str
    key: str = "revision"
    """The key of the answer, as JSON, that holds it."""


@dataclass(frozen=True)
class Service:
    """The service, as every environment has it."""

    name: str
    """What the base calls its image, and what Leases and releases are called after."""

    health: Health = field(default_factory=Health)
    commit: Commit | None = None
    """None where it does not tell; its pods are held against the digest all the same."""
