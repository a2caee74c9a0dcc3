"""What objects of mixed kinds cost beside as many services: ``python -m bench.mixed`` (part of ``make bench``). Exits with 1
where a figure is missed.

The same number of objects twice, in one run: services only, and a quarter each of services, LLM services, graphs and trained models.
"""

import json
import sys
import time
import urllib.request
from dataclasses import dataclass

from bench import measure
from bench.many import Server, served
from bench.measure import App, Report, cpu_seconds, resident_mb
from bench.synthetic import MIXED

COUNT = 10_000
CHANGES = 1_000
PER_SECOND = 100
_IDLE_SECONDS = 10
_SETTLE_SECONDS = 10
_TIMES = 1.2
_LISTS = {"/services.json": 2, "/all/graphs.json": 1, "/all/trained-models.json": 1}
"""By its address, how many of the four kinds a list shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one of the two: CPU seconds until all is read and told, megabytes, and milliseconds of CPU for one change."""

    start: float
    memory: float
    change: float


def main() -> int:
    """Runs both."""
    report = Report()
    measure.keep_apart()
    with served(COUNT) as server, measure.app(kubeconfig=server.kubeconfig) as app:
        services = _cost(app, server)
    with served(COUNT, is_mixed=True) as server, measure.app(kubeconfig=server.kubeconfig) as app:
        for path, kinds in _LISTS.items():
            _is_listed(app, path, count=COUNT // len(MIXED) * kinds)
        mixed = _cost(app, server)
    report.heading(f"{COUNT:,} services, and as many objects of four kinds")
    for what, unit, name in (
        ("CPU of the start", "s", "start"),
        ("resident memory", "MB", "memory"),
        ("CPU of a change", "ms", "change"),
    ):
        alone = getattr(services, name)
        report.add(f"{what}, services", alone, unit)
        report.add(f"{what}, mixed", getattr(mixed, name), unit, maximum=_TIMES * alone)
    return report.end()


def _is_listed(app: App, path: str, *, count: int) -> None:
    """What nobody reads costs nothing."""
    request = urllib.request.Request(app.address + path, headers=app.headers)
    with urllib.request.urlopen(request) as answer:
        total = json.loads(answer.read())["total"]
    assert total == count, (path, total)


def _cost(app: App, server: Server) -> Cost:
    time.sleep(_SETTLE_SECONDS)
    start, memory = cpu_seconds(app.pid), resident_mb(app.pid)
    time.sleep(_IDLE_SECONDS)
    idle = (cpu_seconds(app.pid) - start) / _IDLE_SECONDS
    started, before = time.monotonic(), cpu_seconds(app.pid)
    server.change(0, changes=CHANGES, per_second=PER_SECOND)
    time.sleep(1)
    spent = cpu_seconds(app.pid) - before - idle * (time.monotonic() - started)
    return Cost(start=start, memory=memory, change=spent / CHANGES * 1000)


if __name__ == "__main__":
    sys.exit(main())
