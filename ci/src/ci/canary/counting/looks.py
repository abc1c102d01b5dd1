"""Looks each second at what Envoys count of a release, until it can be judged."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic

import anyio

from ci.canary.counting.counted import Count, Tally
from ci.canary.counting.envoys import Envoys
from ci.canary.counting.seen import AT_ONCE, Outcome, Seen
from ci.canary.weights import Apart

POLL_SECONDS = 1.0
TOLD = 10
"""At how many looks a line tells how far it has come."""

SILENT_SECONDS = 15.0
"""How long no Envoy may answer, before there is nothing to judge by."""


class Silent(Exception):
    """No Envoy tells what it counts."""

    def __str__(self) -> str:
        return f"no Envoy tells what it counts for {SILENT_SECONDS:g} s"


async def nothing() -> None:
    """There is nothing to do between two looks."""


class Looks:
    """What was counted since the first look.

    What is judged is compared with the other backends, and with what was counted `before`.
    """

    def __init__(
        self, envoys: Envoys, apart: Apart, before: Count = Count(), when: str = AT_ONCE
    ) -> None:
        self._envoys = envoys
        self._apart = apart
        self._before = before
        self._when = when
        self._tally = Tally()
        self._began = self._heard = self._last = monotonic()
        self._first: float | None = None
        self._looks = 0

    async def look(self) -> Seen:
        """What was counted up to now; raises Silent where nobody has told that for long."""
        found = await self._envoys.look(self._apart.all)
        now = monotonic()
        self._heard = now if found else self._heard
        if now - self._heard > SILENT_SECONDS:
            raise Silent
        for envoy, counts in found.items():
            self._tally.take(envoy, counts)
        self._looks += 1
        judged = self._tally.of(self._apart.canary)
        if self._first is None and judged.requests:
            self._first = self._last
        self._last = now
        since = None if self._first is None else timedelta(seconds=now - self._first)
        beside = self._tally.of(self._apart.running) + self._before
        led = timedelta(seconds=now - self._began)
        return Seen(beside, judged, self._looks, led, since, self._when)

    async def judged(
        self,
        title: str,
        watch: timedelta,
        limit: timedelta,
        meanwhile: Callable[[], Awaitable[None]] = nothing,
    ) -> Seen:
        """What was seen when there was no more to wait for; `meanwhile` is done between looks."""
        while True:
            seen = await self.look()
            if seen.outcome(watch, limit) is not Outcome.WAIT:
                return seen
            if self._looks % TOLD == 0:
                print(f"{title}: {seen.progress(watch)}", flush=True)
            await anyio.sleep(POLL_SECONDS)
            await meanwhile()
