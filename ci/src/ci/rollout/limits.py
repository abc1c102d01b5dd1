"""How long a release may take, and for how long its pods must stay ready."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ci.run import durations

SETTLE = timedelta(seconds=15)


@dataclass(frozen=True)
class Limits:
    """The time for a rollout, and the time for which its pods must have been ready after it."""

    rollout: timedelta
    settle: timedelta = SETTLE
    advice: str = "Look at its pods."
    """What to do when the time is over."""

    @classmethod
    def parse(cls, timeout: str, settle: str) -> "Limits":
        """As `--timeout` and `--settle` say it."""
        return cls(
            durations.parse(timeout, "--timeout"),
            durations.parse(settle, "--settle"),
            "Look at its pods, or give it longer with --timeout.",
        )


@dataclass(frozen=True)
class Moment:
    """When a release is looked at, how long it may take, and who has waited since when."""

    now: datetime
    limits: Limits
    first_seen: dict[str, datetime] = field(default_factory=dict)
    """Kept from look to look: what waited before the release, or did something else, counts not."""

    def waited(self, who: str) -> timedelta:
        """How long it has been seen to wait, from now on if it is new."""
        return self.now - self.first_seen.setdefault(who, self.now)
