"""What very many services cost: ``python -m bench.many`` (part of ``make bench``). Exits with 1 where a figure is missed.

They come from an API server of the bench's own: kube-apiserver on one core cannot write 100 changes a second.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bench import cluster, latency, measure
from bench.measure import App, Report, cpu_seconds, percentile, resident_mb

CHANGES = 3_000
PER_SECOND = 100
VIEWERS = 50
_IDLE_SECONDS = 20
_SETTLE_SECONDS = 10
_GREEDY = 60
"""More than one user may have open."""
_GREEDY_SECONDS = 20


def main() -> int:
    """Runs everything."""
    report = Report()
    measure.keep_apart()
    with served(50_000) as server, measure.app(kubeconfig=server.kubeconfig) as app:
        _one_change(report, app, server)
    with served(10_000) as server, measure.app(kubeconfig=server.kubeconfig) as app:
        _one_list(report, app, server)
    with served(10_000) as server, measure.app(is_limited=True, kubeconfig=server.kubeconfig) as app:
        asyncio.run(_at_the_limit(report, app))
    return report.end()


@dataclass
class Server:
    """``bench.synthetic`` in its own process."""

    process: "subprocess.Popen[str]"
    kubeconfig: Path

    def change(
        self, seen: float, *, changes: int = CHANGES, per_second: int = PER_SECOND
    ) -> dict[int, float]:
        """Has services changed, a share of them on the first page: when those were, by number."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        asked = {"changes": changes, "per_second": per_second, "seen": seen}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return dict(json.loads(self.process.stdout.readline())["sent"])


@contextmanager
def served(count: int, *, is_mixed: bool = False) -> Iterator[Server]:
    """An API server of the bench's own with so many services, or objects of four kinds."""
    with tempfile.TemporaryDirectory() as folder:
        kubeconfig = Path(folder) / "kubeconfig"
        command = [sys.executable, "-m", "bench.synthetic", str(count), str(kubeconfig)]
        command += ["mixed"] if is_mixed else []
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            process.stdout.readline()
            asyncio.run(cluster.prepare(kubeconfig))
            yield Server(process, kubeconfig)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _one_change(report: Report, app: App, server: Server) -> None:
    """Nobody looks."""
    report.heading(f"50,000 services, {PER_SECOND} changes a second")
    time.sleep(_SETTLE_SECONDS)
    report.add("resident memory", resident_mb(app.pid), "MB", maximum=600)
    before = cpu_seconds(app.pid)
    time.sleep(_IDLE_SECONDS)
    idle = (cpu_seconds(app.pid) - before) / _IDLE_SECONDS
    started, before = time.monotonic(), cpu_seconds(app.pid)
    server.change(0)
    time.sleep(1)
    took = time.monotonic() - started
    spent = cpu_seconds(app.pid) - before - idle * took
    report.add("CPU of a change", spent / CHANGES * 1000, "ms", maximum=2)
    report.add("resident memory after them", resident_mb(app.pid), "MB", maximum=600)


def _one_list(report: Report, app: App, server: Server) -> None:
    """All services in one list, of which its viewers see the first page."""
    report.heading(f"10,000 rows in one list, {PER_SECOND} changes a second, {VIEWERS} viewers")
    watch = latency.raw_watch(server.kubeconfig)
    with latency.viewers(app, "/services", VIEWERS) as (viewers, _), watch as raw:
        time.sleep(_SETTLE_SECONDS)
        started, before = time.monotonic(), cpu_seconds(app.pid)
        sent = server.change(0.1)
        cpu, took = cpu_seconds(app.pid) - before, time.monotonic() - started
        time.sleep(1)
        found, reference = latency.stop(viewers), latency.stop(raw)
        latency.report(report, sent, found, raw=reference, count=VIEWERS, limits=(None, 150))
        report.add("CPU of the app meanwhile", cpu / took * 100, "%", maximum=30)


async def _at_the_limit(report: Report, app: App) -> None:
    """One user searches 10,000 services for as many words as they are let; another one looks at their list."""
    report.heading("One user at the limit")
    refused, waits, until = 0, list[float](), time.monotonic() + _GREEDY_SECONDS
    timeout = aiohttp.ClientTimeout(total=120)

    async def search(session: aiohttp.ClientSession, worker: int) -> None:
        nonlocal refused
        number = 0
        while time.monotonic() < until:
            number += 1
            async with session.get(f"{app.address}/services?q=word-{worker}-{number}") as answer:
                await answer.read()
                refused += answer.status == 429

    async def look(session: aiohttp.ClientSession) -> None:
        while time.monotonic() < until:
            started = time.monotonic()
            async with session.get(app.address + f"/n/{cluster.FIRST}/services") as answer:
                await answer.read()
                assert answer.status == 200, answer.status
            waits.append(time.monotonic() - started)
            await asyncio.sleep(0.5)

    async with (
        aiohttp.ClientSession(headers=app.headers, timeout=timeout) as greedy,
        aiohttp.ClientSession(headers={"kubeflow-userid": cluster.OTHER}, timeout=timeout) as other,
        asyncio.TaskGroup() as group,
    ):
        for worker in range(_GREEDY):
            group.create_task(search(greedy, worker))
        group.create_task(look(other))
    report.add("searches refused", refused, "", minimum=1)
    report.add("the other one's list, longest", max(waits), "s", maximum=1)
    report.add("the other one's list, median", percentile(waits, 0.5) * 1000, "ms")


if __name__ == "__main__":
    sys.exit(main())
