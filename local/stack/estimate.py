"""How long a set-up is going to take, by what is there already."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from local.tools.team.elsewhere import VARIABLE, Place

COMPILING = {
    "act": 20,
    "actionlint": 5,
    "cosign": 25,
    "dagger": 200,
    "envoy-gateway": 90,
    "kube-router": 22,
    "kube-score": 4,
    "kubeconform": 5,
    "kubernetes": 500,
    "libvirt-provider": 18,
    "metrics-server": 10,
    "opentofu": 30,
    "oras": 10,
    "prometheus": 40,
    "trivy": 190,
}
"""CPU seconds to compile each tool, what several share at the first of them, on a fast machine."""

_FETCHING = 3
_INSTALLING = 20
_BASE_IMAGE = 60
_STARTING = 28
_CHECKING = 5
# Of the machines that were measured, the slowest needed this many times what the fastest did.
_SLOWEST = 2.3


@dataclass(frozen=True)
class Lacking:
    """What is not there: tools by name, Debian packages, the base image, a stack that runs."""

    tools: Sequence[str] = ()
    packages: bool = False
    base: bool = False
    stack: bool = True


def seconds(lacking: Lacking, place: Place | None, cores: int) -> tuple[float, float]:
    """From how many to how many seconds it takes, on a fast machine and on a slow one."""
    compiling = sum(COMPILING[name] for name in lacking.tools) / cores
    getting = _FETCHING * len(lacking.tools) if place else compiling
    # The base image is made while something compiles.
    fastest = (
        max(getting, _BASE_IMAGE * lacking.base)
        + _INSTALLING * lacking.packages
        + (_STARTING if lacking.stack else _CHECKING)
    )
    return fastest, fastest * _SLOWEST


def sentence(lacking: Lacking, place: Place | None, cores: int | None = None) -> str:
    """The estimate and what it is for, in a line for whoever waits."""
    time = span(*seconds(lacking, place, cores or os.cpu_count() or 1))
    names = ", ".join(lacking.tools)
    if names and place:
        return (
            f"About {time}, once: {names} come from {place.said}, if they are what they should be."
        )
    if names:
        return (
            f"About {time}, once: {names} are compiled. {VARIABLE} takes them from where they were "
            'built before (README.md, "For a team\'s second machine").'
        )
    if lacking.base or lacking.packages:
        return f"About {time}, once: the base image is put together from Debian packages."
    what = "the stack starts" if lacking.stack else "what has changed is brought up"
    return f"About {time}: all tools are there, and {what}."


def span(low: float, high: float) -> str:
    """Two durations in seconds, rounded as an estimate is.

    >>> span(28, 64), span(793, 1824), span(5, 12)
    ('30 s to 1 min', '13 to 30 min', '10 s')
    """
    first, last = _rounded(low), _rounded(high)
    if first == last:
        return last
    same = first.split()[1] == last.split()[1]
    return f"{first.split()[0] if same else first} to {last}"


def _rounded(duration: float) -> str:
    if duration < 55:
        return f"{max(round(duration, -1), 10):.0f} s"
    return f"{max(round(duration / 60), 1)} min"
