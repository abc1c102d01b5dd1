"""What real requests are to judge a release by: a share of them first, all of them after."""

from dataclasses import dataclass
from datetime import timedelta

from ci.project import share
from ci.project.environments import Environment
from ci.run import durations

NONE = "none"


@dataclass(frozen=True)
class Canary:
    """A canary that was asked for."""

    share: int
    """Of the requests, in percent."""

    watch: timedelta
    """How long it is watched, from its first request on."""

    insists: bool = False
    """Whether a release that could not be judged is none."""

    def __str__(self) -> str:
        return f"{self.share}%"


@dataclass(frozen=True)
class Bake:
    """A watch over all requests, once everybody gets the release."""

    span: timedelta
    """How long that is, from the rollout on; and the most for which they are counted before it."""

    insists: bool = False
    """Whether a release that could not be judged is none."""


@dataclass(frozen=True)
class Asked:
    """What was asked for of either."""

    canary: Canary | None = None
    bake: Bake | None = None


def asked(environment: Environment, canary: str = "", watch: str = "60s", bake: str = "") -> Asked:
    """What a call asks for with `--canary` and `--bake`, or else its environment."""
    return Asked(_canary(environment, canary, watch), _bake(environment, bake))


def _canary(environment: Environment, said: str, watch: str) -> Canary | None:
    span = durations.parse(watch, "--watch")
    if _is_none(said):
        return None
    wanted = share.parse(said, "--canary") if said else environment.canary
    return Canary(wanted, span, environment.insists) if wanted else None


def _bake(environment: Environment, said: str) -> Bake | None:
    if _is_none(said):
        return None
    span = durations.parse(said, "--bake") if said else environment.bake
    return Bake(span, environment.insists) if span else None


def _is_none(said: str) -> bool:
    return said.strip().lower() == NONE
