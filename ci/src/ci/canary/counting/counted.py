"""What Envoy counted of the requests to a backend, from its metrics."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

_COUNTERS = {
    "upstream_rq_completed": "requests",
    "upstream_rq_xx": "errors",
    "upstream_rq_rx_reset": "cut",
    "upstream_cx_destroy_remote_with_active_rq": "cut",
}
_TIMES = "upstream_rq_time"
_PREFIX, _CLUSTER = "envoy_cluster_", "envoy_cluster_name"
_CLASS = "envoy_response_code_class"


@dataclass(frozen=True)
class Count:
    """Requests to a backend, and what became of them.

    One without an answer is counted by Envoy as answered with 503 or 504, by itself. One whose
    answer broke off is not: so there are as many failures as errors, or as connections that were
    cut, whichever are more, and none is counted twice.
    """

    requests: int = 0
    errors: int = 0
    cut: int = 0
    times: Mapping[float, int] = field(default_factory=dict)
    """How many took no longer than so many milliseconds."""

    @property
    def failures(self) -> int:
        return min(self.requests, max(self.errors, self.cut))

    def __add__(self, other: "Count") -> "Count":
        return self._with(other, 1)

    def since(self, before: "Count") -> "Count":
        """What came on top; all of it where Envoy began anew."""
        return self if self.requests < before.requests else self._with(before, -1)

    def _with(self, other: "Count", sign: int) -> "Count":
        edges = {**self.times, **other.times}
        return Count(
            self.requests + sign * other.requests,
            self.errors + sign * other.errors,
            self.cut + sign * other.cut,
            {each: self.times.get(each, 0) + sign * other.times.get(each, 0) for each in edges},
        )


Counts = Mapping[str, Count]
"""By the name that Envoy has for a backend."""


def wanted(clusters: Collection[str]) -> str:
    """The regular expression by which Envoy shows no more than what is read here."""
    names = "|".join(map(re.escape, sorted(clusters)))
    of = "|".join([*_COUNTERS, _TIMES]).replace("_xx", "_5xx")
    return rf"^cluster\.({names})\.({of})$"


def read(text: str) -> Counts:
    """What an Envoy has counted since it began."""
    found: dict[str, Count] = {}
    for cluster, count in _each(text):
        found[cluster] = found.get(cluster, Count()) + count
    return found


def _each(text: str) -> Iterator[tuple[str, Count]]:
    from prometheus_client.parser import text_string_to_metric_families

    for family in text_string_to_metric_families(text):
        name = family.name.removeprefix(_PREFIX)
        for sample in family.samples:
            labels, value = sample.labels, int(sample.value)
            if name in _COUNTERS and labels.get(_CLASS, "5") == "5":
                yield labels[_CLUSTER], _counting(_COUNTERS[name], value)
            elif name == _TIMES and "le" in labels:
                yield labels[_CLUSTER], Count(times={float(labels["le"]): value})


def _counting(what: str, value: int) -> Count:
    return Count(**{what: value})  # type: ignore[arg-type]


class Tally:
    """What Envoys have counted, each since it was first asked."""

    def __init__(self) -> None:
        self._last: dict[str, Counts] = {}
        self._sums: dict[str, Count] = {}

    def take(self, envoy: str, counts: Counts) -> None:
        """Add what one has counted since it was last asked."""
        before = self._last.get(envoy, counts)
        for cluster, count in counts.items():
            more = count.since(before.get(cluster, Count()))
            self._sums[cluster] = self._sums.get(cluster, Count()) + more
        self._last[envoy] = {**before, **counts}

    def of(self, clusters: Collection[str]) -> Count:
        """All that was counted of some backends."""
        return sum((self._sums.get(each, Count()) for each in clusters), Count())
