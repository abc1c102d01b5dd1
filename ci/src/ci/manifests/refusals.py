"""What a cluster refuses of a release, in few words: it shows pages of a resource with it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ci.manifests.manifest import Object, name_of
from ci.run.errors import NothingChanged

LONGEST = 300
_PREFIX = re.compile(
    r'((?:The )?\S+ "[^"]*" is invalid: ?|error: |Error from server( \(\w+\))?: '
    r'|resource mapping not found for name: "[^"]*" namespace: "[^"]*" from "[^"]*": )+'
)
_DUMP = re.compile(r"(?:Invalid|Unsupported|Duplicate) value: &?[\w.]*[{\[].*[}\]](?:: |$)")
_FOUND = re.compile(r", got .*")


@dataclass(frozen=True)
class Refusal:
    """A resource that the cluster does not take, and why."""

    resource: Object
    reason: str

    def __str__(self) -> str:
        return f"{name_of(self.resource)}: {self.reason}"


def complaints(printed: str) -> list[str]:
    """The lines in which kubectl says what is wrong, at least one."""
    lines = [line.rstrip(".") for line in printed.splitlines() if line.strip()]
    return [line for line in lines if not line.startswith("Warning:")] or ["no reason given"]


def reason(printed: str) -> str:
    """Why kubectl failed: the fields and what is wrong with them, and no more."""
    first, *more = complaints(printed)
    fields = more if first.rstrip().endswith(":") else []
    return told([first, *(each.strip().removeprefix("* ") for each in fields)])


def told(lines: Iterable[str]) -> str:
    """What lines say that tell of one field each, without the resource that has them."""
    found = [_short(_PREFIX.sub("", each, 1)) for each in lines]
    return ", ".join(filter(None, found)).replace(":, ", ": ") or "no reason given"


def refusal(namespace: str, refused: Iterable[object]) -> NothingChanged:
    """What a release fails with that the cluster does not take."""
    told = "; ".join(map(str, refused))
    return NothingChanged(
        f"The cluster refuses the release to {namespace}: {told}; nothing was changed.", reason=told
    )


def _short(line: str) -> str:
    text = _FOUND.sub("", _DUMP.sub("", line)).strip()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
