"""What the APIs cost beside the API server: ``python -m bench.api`` (part of ``make bench``). Exits with 1 where a
figure is missed."""

import asyncio
import http.client
import json
import sys
import urllib.request
from urllib.parse import urlsplit

from tests.controlplane import plane as control_plane

from bench import cluster, direct, measure
from bench.cluster import FIRST
from bench.measure import App, Report, cpu_seconds

COUNT = 1_000
VIEWERS = 100
_LISTS = 100
_NAMESPACE = f"/api/namespaces/{FIRST}/inferenceservices"
_V1 = f"/api/v1/namespaces/{FIRST}/inferenceservices"
_KNOWN = 500
_STREAM = f"/api/sse/namespaces/{FIRST}/inferenceservices"


def main() -> int:
    """A thousand services in one namespace of a control plane of its own."""
    report = Report()
    measure.keep_apart()
    plane = control_plane.start(with_controllers=False)
    try:
        asyncio.run(cluster.prepare())
        asyncio.run(cluster.fill(FIRST, range(COUNT)))
        with measure.app() as app:
            reference = direct.list_cpu(plane.pids["kube-apiserver"])
            report.heading(f"The API: a list of {COUNT:,} whole objects, and {VIEWERS} viewers of it")
            report.add("CPU of a direct list and its decoding", reference, "ms")
            listed = _list_cpu(app, _NAMESPACE, key="inferenceServices")
            report.add("CPU of the list", listed, "ms", maximum=reference / 20)
            listed = _list_cpu(app, _V1, key="items")
            report.add("CPU of the list of /api/v1", listed, "ms", maximum=reference / 20)
            known = _not_modified_cpu(app)
            report.add("CPU of a 304 in place of it", known, "ms", maximum=1.0)
            first = _first_states(app)
            report.add(
                f"CPU of the first state of {VIEWERS} viewers", first, "ms", maximum=VIEWERS * reference / 10
            )
    finally:
        plane.stop()
    return report.end()


def _list_cpu(app: App, path: str, *, key: str) -> float:
    """CPU of the app for one list, not compressed, in milliseconds."""
    request = urllib.request.Request(app.address + path, headers=app.headers)
    with urllib.request.urlopen(request) as answer:
        assert len(json.load(answer)[key]) == COUNT
    before = cpu_seconds(app.pid)
    for _ in range(_LISTS):
        with urllib.request.urlopen(request) as answer:
            answer.read()
    return (cpu_seconds(app.pid) - before) / _LISTS * 1000


def _not_modified_cpu(app: App) -> float:
    """CPU of the app for a list that its client has already, with remembered rights, in milliseconds."""
    request = urllib.request.Request(app.address + _V1, headers=app.headers)
    with urllib.request.urlopen(request) as answer:
        tag, _ = answer.headers["ETag"], answer.read()
    parts = urlsplit(app.address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)  # kept, as programs do
    before = cpu_seconds(app.pid)
    for _ in range(_KNOWN):
        connection.request("GET", parts.path + _V1, headers={**app.headers, "If-None-Match": tag})
        found = connection.getresponse()
        assert (found.status, found.read()) == (304, b"")
    spent = cpu_seconds(app.pid) - before
    connection.close()
    return spent / _KNOWN * 1000


def _first_states(app: App) -> float:
    """CPU of the app until each of many viewers has all of the list, in milliseconds."""
    request = urllib.request.Request(app.address + _STREAM, headers=app.headers)
    before = cpu_seconds(app.pid)
    opened = []
    for _ in range(VIEWERS):
        answer = urllib.request.urlopen(request)
        while not (line := answer.readline()).startswith(b"data: "):
            assert line
        opened.append(answer)
    spent = (cpu_seconds(app.pid) - before) * 1000
    for answer in opened:
        answer.close()
    return spent


if __name__ == "__main__":
    sys.exit(main())
