"""What Prometheus is told: requests as they are answered, and the state of watches and streams when it asks.

Served on a port of its own, for the public one knows no exceptions from asking who the user is.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchState:
    """A watched kind: how many objects, whether its watch is open, for how many seconds it has not been, and how many
    things came that are no objects."""

    kind: str
    objects: int
    is_live: bool
    stale_seconds: float
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The numbers of one moment."""

    watches: tuple[WatchState, ...]
    streams: int
    logs: int
    reviews: int


class Instrumentation:
    """The metrics of one app."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "modelsweb_requests",
            "Requests answered, by route, method and status.",
            ("route", "method", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "modelsweb_request_seconds",
            "Time from a request to its answer; a stream counts when it opens.",
            ("route",),
            buckets=_BUCKETS,
            registry=self.registry,
        )

    def answered(self, route: str, method: str, *, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def serve(self, host: str, port: int, *, counts: Callable[[], Counts]) -> Callable[[], None]:
        """Answers Prometheus on a port until the returned function is called. Raises OSError where it is taken."""
        self.registry.register(_State(counts))
        server, thread = start_http_server(port, host, self.registry)

        def stop() -> None:
            server.shutdown()
            server.server_close()
            thread.join()

        return stop


class _State:
    """The numbers that are looked up when Prometheus asks."""

    def __init__(self, counts: Callable[[], Counts]) -> None:
        self._counts = counts

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: the first scrape tells."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """One scrape."""
        counts = self._counts()
        objects = GaugeMetricFamily("modelsweb_objects", "Objects kept of a kind.", labels=("kind",))
        live = GaugeMetricFamily(
            "modelsweb_watch_live", "Whether the watch of a kind is open.", labels=("kind",)
        )
        stale = GaugeMetricFamily(
            "modelsweb_watch_stale_seconds",
            "For how long the watch of a kind has not been open.",
            labels=("kind",),
        )
        left_out = CounterMetricFamily(
            "modelsweb_objects_left_out", "What came of a kind and is no object.", labels=("kind",)
        )
        for watch in counts.watches:
            left_out.add_metric((watch.kind,), watch.left_out)
            objects.add_metric((watch.kind,), watch.objects)
            live.add_metric((watch.kind,), float(watch.is_live))
            stale.add_metric((watch.kind,), watch.stale_seconds)
        yield from (objects, live, stale, left_out)
        yield GaugeMetricFamily("modelsweb_streams", "Live streams that are open.", value=counts.streams)
        yield GaugeMetricFamily("modelsweb_logs", "Container logs that are followed.", value=counts.logs)
        yield CounterMetricFamily("modelsweb_reviews", "Access reviews asked for.", value=counts.reviews)
