"""Metrics in Prometheus' text format.

A request leaves a note of itself, and notes are counted in batches: what counting needs is then
read from memory once for many requests, where it would cost each of them more than the rest of
its metrics. Metric families are made only when /metrics is read.
"""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from time import monotonic

from fastapi import FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from app.config import Settings

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the latency histogram's buckets, in seconds."""

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
OTHER = "other"
"""The label of every method and path the service doesn't know, so that series stay few."""

BATCH = 256
"""So many requests are counted at once, in well under a millisecond."""

LABELS = ("method", "route", "status")
_BOUNDS = (*map(str, BUCKETS), "+Inf")


class _Latency:
    __slots__ = ("counts", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * len(_BOUNDS)
        self.seconds = 0.0


Note = tuple[str, str | None, int, float]
"""A completed request: method as sent, its route's template such as "/items/{id}" or None where no
route matched, status, and seconds from its head to the response's end."""


class RequestMetrics(Collector):
    """Counts and times requests. Not for use from several threads.

    Attributes:
        in_flight: how many requests are being served.
        notes: of requests that aren't counted yet. Whoever adds one counts a full BATCH.
    """

    def __init__(self) -> None:
        self.in_flight = 0
        self.notes: list[Note] = []
        self._latencies: dict[tuple[str, str | None, int], _Latency] = {}

    def count(self) -> None:
        """Count the requests that notes tell of, and forget the notes."""
        for method, route, status, seconds in self.notes:
            key = (method if method in METHODS else OTHER, route, status)
            latency = self._latencies.get(key)
            if latency is None:
                latency = self._latencies[key] = _Latency()
            latency.counts[bisect_left(BUCKETS, seconds)] += 1
            latency.seconds += seconds
        self.notes.clear()

    def collect(self) -> Iterator[Metric]:
        """The families http_requests_total, http_request_duration_seconds, …_in_flight."""
        self.count()
        requests = CounterMetricFamily("http_requests", "Completed requests.", labels=LABELS)
        durations = HistogramMetricFamily(
            "http_request_duration_seconds", "Time to complete a request.", labels=LABELS
        )
        for (method, route, status), latency in self._latencies.items():
            labels = (method, route or OTHER, str(status))
            cumulative = list(accumulate(latency.counts))
            requests.add_metric(labels, cumulative[-1])
            durations.add_metric(labels, list(zip(_BOUNDS, cumulative)), latency.seconds)
        yield requests
        yield durations
        yield GaugeMetricFamily(
            "http_requests_in_flight", "Requests being served.", value=self.in_flight
        )


class AppMetrics(Collector):
    """What runs, and for how long."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._started = monotonic()

    def collect(self) -> Iterator[Metric]:
        """The families app_info and app_uptime_seconds."""
        info = GaugeMetricFamily("app_info", "What runs.", labels=("version", "revision"))
        info.add_metric((self._settings.version, self._settings.revision), 1)
        yield info
        yield GaugeMetricFamily(
            "app_uptime_seconds", "Since the start.", value=monotonic() - self._started
        )


def add_routes(app: FastAPI, settings: Settings, requests: RequestMetrics) -> None:
    """Add /metrics to `app`: `requests`, the app's own metrics and the process's."""
    registry = CollectorRegistry()
    registry.register(requests)
    registry.register(AppMetrics(settings))
    ProcessCollector(registry=registry)

    @app.get("/metrics", response_class=Response)
    async def metrics() -> Response:
        """All metrics, in Prometheus' text format."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
