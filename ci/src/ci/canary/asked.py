"""What a canary is to be: how many of the requests it gets, and for how long."""

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


def asked(environment: Environment, said: str, watch: str) -> Canary | None:
    """The canary that a call asks for with `--canary`, or else its environment; None for none."""
    span = durations.parse(watch, "--watch")
    if said.strip().lower() == NONE:
        return None
    wanted = share.parse(said, "--canary") if said else environment.canary
    return Canary(wanted, span, environment.insists) if wanted else None
