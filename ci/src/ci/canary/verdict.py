"""Judges a canary beside the running release, by what was counted of either at the same time.

A canary is bad where chance alone would hardly ever make it look so: each look asks once for
failures and twice for time, each time with Fisher's exact test, one-sided. At LEVEL a look, five
minutes of looks a second find fault with at most one good release in a hundred by chance, as the
sum of all of them; as looks share what they count, it is far less.
"""

from dataclasses import dataclass
from math import exp, inf, lgamma

from ci.canary.counting.counted import Count

LEAST = 50
"""Requests without which no canary is good: one that fails a tenth passes 50 once in 200 times."""

LEVEL = 1e-5
"""How unlikely a difference has to be, where there is none, to be believed at one look."""

SLOWER, SLOWER_MS = 1.5, 5.0
"""A p99 is worse by that factor, and by as many milliseconds: less no client notices."""

_QUESTIONS = 3
_TAIL = 0.01


@dataclass(frozen=True)
class Verdict:
    """What is to be thought of a canary so far."""

    bad: str = ""
    """Why it is bad; empty where nothing speaks against it."""

    certainty: float = 0.0
    """How sure that is, at most 1."""

    enough: bool = False
    """Whether it has had requests enough to be good."""


def judge(running: Count, canary: Count, looks: int) -> Verdict:
    """The verdict at a look, of which this is the one of that number."""
    chances = {
        "it fails more requests": failing(running, canary),
        "it is slower at p99": slowing(running, canary),
    }
    bad, chance = min(chances.items(), key=lambda each: each[1])
    enough = canary.requests >= LEAST
    if chance > LEVEL:
        return Verdict(enough=enough)
    return Verdict(bad, 1 - min(1.0, chance * _QUESTIONS * looks), enough)


def failing(running: Count, canary: Count) -> float:
    """How likely the canary has as many failures as it has, if it fails no more than the other."""
    return by_chance(running.failures, running.requests, canary.failures, canary.requests)


def slowing(running: Count, canary: Count) -> float:
    """The same of requests that took long: as the times of no more than one in 100 of the other."""
    usual, now = p99(running), p99(canary)
    if now < usual * SLOWER or now < usual + SLOWER_MS:
        return 1.0
    edges = sorted(running.times.keys() & canary.times.keys())
    # What took longer than the edges on either side of the other's p99.
    around = [max((e for e in edges if e < usual), default=0.0), *(e for e in edges if e >= usual)]
    return min(
        1.0,
        2 * min(by_chance(*_over(running, edge), *_over(canary, edge)) for edge in around[:2]),
    )


def p99(count: Count) -> float:
    """The milliseconds within which 99 of 100 were answered, as far as the edges tell; else 0."""
    wanted = (1 - _TAIL) * _all(count)
    below, before = 0.0, 0
    for edge in sorted(count.times):
        upto = count.times[edge]
        if upto >= wanted and upto > before:
            share = (wanted - before) / (upto - before)
            return below if edge == inf else below + (edge - below) * share
        below, before = edge, upto
    return 0.0


def by_chance(ours: int, of: int, theirs: int, among: int) -> float:
    """How likely `theirs` of `among` or more are hit, where `ours` of `of` are, by chance."""
    hit, total = ours + theirs, of + among
    if not of or not theirs or theirs * of <= ours * among:
        return 1.0
    found = 0.0
    for each in range(theirs, min(hit, among) + 1):
        odds = _ways(hit, each) + _ways(total - hit, among - each) - _ways(total, among)
        found += (more := exp(odds))
        if more < found * 1e-9:
            break
    return min(1.0, found)


def _ways(among: int, chosen: int) -> float:
    """In how many ways some can be chosen, as a logarithm."""
    if chosen > among:
        return -inf
    return lgamma(among + 1) - lgamma(chosen + 1) - lgamma(among - chosen + 1)


def _all(count: Count) -> int:
    return max(count.times.values(), default=0)


def _over(count: Count, edge: float) -> tuple[int, int]:
    total = _all(count)
    return total - count.times.get(edge, 0), total
