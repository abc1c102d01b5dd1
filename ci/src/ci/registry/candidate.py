"""What is to be released: an image that is in a registry."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Candidate:
    """An image by digest, the commit it says it is of, and what was found on the way."""

    image: str
    revision: str
    checks: tuple[str, ...] = ()
    committed: str = ""
    """When that commit was made, in ISO 8601, where that is known."""
