"""How long changes take to viewers, and to a plain watch of the same run: both are processes of their own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.controlplane.plane import KUBECONFIG

from bench.measure import App, Report, percentile


def report(
    into: Report,
    sent: dict[int, float],
    arrivals: dict[int, list[float]],
    *,
    raw: dict[int, list[float]],
    count: int,
    limits: tuple[float | None, float],
) -> None:
    """From the acknowledgement to the bytes at a viewer, beside a plain watch of the same run."""
    found = [at - acknowledged for number, acknowledged in sent.items() for at in arrivals.get(number, [])]
    plain = [raw[number][0] - acknowledged for number, acknowledged in sent.items() if number in raw]
    for share, name, limit, times in ((0.5, "p50", limits[0], 8), (0.99, "p99", limits[1], 6)):
        reference = max(0.0, percentile(plain, share) * 1000)
        into.add(
            f"acknowledged → bytes at the client, {name}",
            percentile(found, share) * 1000,
            "ms",
            maximum=limit,
            reference=reference,
            times=times,
        )
    missing = sum(count - len(arrivals.get(number, [])) for number in sent)
    into.add(
        "changes that did not reach a page as such", missing / max(1, count * len(sent)) * 100, "%", maximum=1
    )


@contextmanager
def viewers(app: App, path: str, count: int) -> Iterator[tuple["subprocess.Popen[str]", float]]:
    """Viewers in their own process, for as long as the context lasts, and how long they took to open."""
    with _speaking("bench.viewers", str(app.port), path, str(count)) as (process, opened):
        yield process, opened


@contextmanager
def raw_watch(kubeconfig: Path = KUBECONFIG) -> Iterator["subprocess.Popen[str]"]:
    """A plain watch of the API server beside them."""
    with _speaking("bench.raw_watch", str(kubeconfig)) as (process, _):
        yield process


@contextmanager
def _speaking(*module: str) -> Iterator[tuple["subprocess.Popen[str]", float]]:
    command = [sys.executable, "-m", *module]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process, float(json.loads(process.stdout.readline())["open"])
    finally:
        if process.stdin is not None and not process.stdin.closed:
            stop(process)
        process.wait(timeout=30)


def stop(process: "subprocess.Popen[str]") -> dict[int, list[float]]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    found = json.loads(process.stdout.readline())["arrivals"]
    process.stdin.close()
    process.stdout.close()
    return {int(number): times for number, times in found}
