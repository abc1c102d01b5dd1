"""Decides when a release has been watched for long enough, and says what was seen of it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from ci.canary import verdict
from ci.canary.counting.counted import Count
from ci.canary.verdict import LEAST, Verdict
from ci.run import durations

AT_ONCE = "of the running release, at the same time,"
"""What a canary is compared with."""

_SUREST = 0.999999


class Outcome(Enum):
    """What is to be done after a look."""

    WAIT = "wait"
    GOOD = "good"
    BAD = "bad"
    UNJUDGED = "unjudged"
    """The time is over, and it had too few requests."""


@dataclass(frozen=True)
class Seen:
    """What was counted up to one look, of what is judged and of the running release."""

    running: Count
    judged: Count
    looks: int
    led: timedelta
    """Since requests are led to it."""

    first: timedelta | None = None
    """Since the first of them reached it."""

    when: str = AT_ONCE
    """Which requests to the running release those are."""

    @property
    def verdict(self) -> Verdict:
        return verdict.judge(self.running, self.judged, self.looks)

    def outcome(self, watch: timedelta, limit: timedelta) -> Outcome:
        """What it comes to; a good one is watched for its time, and `limit` is for too few."""
        found = self.verdict
        if found.bad:
            return Outcome.BAD
        watched = self.first is not None and self.first >= watch
        if watched and found.enough:
            return Outcome.GOOD
        return Outcome.UNJUDGED if self.led >= max(limit, watch) else Outcome.WAIT

    @property
    def figures(self) -> str:
        """Requests, failures and times of either."""
        return f"{_told(self.judged)}; {self.when} {_told(self.running)}"

    def bad(self) -> str:
        """Why it is bad, how sure that is, and how soon it was told."""
        found = self.verdict
        sure = f"{min(found.certainty, _SUREST) * 100:.4f}".rstrip("0").rstrip(".")
        more = "more than " if found.certainty > _SUREST else ""
        after = self.first.total_seconds() if self.first else 0.0
        return (
            f"{found.bad}: {self.figures}; that is {more}{sure}% sure, {after:.1f} s after its "
            "first request"
        )

    def few(self) -> str:
        """That it had too few requests to be judged."""
        return (
            f"{self.judged.requests} requests reached it in {durations.show(self.led)}, and "
            f"{LEAST} are the least to judge by"
        )

    def progress(self, watch: timedelta) -> str:
        """How far it has come."""
        if self.first is None:
            return f"no request has reached it in {durations.show(self.led)}"
        return f"{durations.show(self.first)} of {durations.show(watch)}: {self.figures}"


def _told(count: Count) -> str:
    rate = f" ({count.failures / count.requests:.1%})" if count.failures else ""
    return (
        f"{count.failures:,} of {count.requests:,} requests failed{rate}, "
        f"p99 {verdict.p99(count):.1f} ms"
    )
