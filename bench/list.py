"""The list page's figures: ``python -m bench.list`` (``make bench``). Exits with 1 where one is missed."""

import asyncio
import gzip
import os
import random
import re
import sys
import time
import urllib.request

from playwright.sync_api import Browser, sync_playwright
from tests.controlplane import plane as control_plane

from bench import cluster, direct, latency, measure, static_page
from bench.cluster import FIRST
from bench.measure import App, Report, cpu_seconds, percentile, resident_mb
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.kube.client import KubeClient

LIST = f"/n/{FIRST}/services"
VIEWERS = 500
CHANGES_PER_SECOND = 10
SECONDS = 30
_PAGES = 200
_PAINTS = 9
_SETTLE_SECONDS = 2


def main() -> int:
    """Runs everything on a control plane of its own."""
    report = Report()
    measure.keep_apart()
    plane = control_plane.start(with_controllers=False)
    try:
        asyncio.run(cluster.prepare())
        api = plane.pids["kube-apiserver"]
        growth = []
        for total in (100, 1_000, 10_000):
            _grow_to(total)
            with measure.app() as app:
                growth.append((total, *_costs(app, api, total)))
                if total == 10_000:
                    _figures(report, app, api, growth[-2], growth[-1])
        report.heading(
            "Growth: CPU of the page of one namespace (100, then 1,000 services), of a direct list of it, of"
        )
        report.heading("the page of all namespaces (ms); resident memory of the app (MB)")
        for total, page, direct, everything, memory in growth:
            line = f"{total:6} services: page {page:6.2f}, direct list {direct:7.1f}, all {everything:6.2f}, {memory:6.1f} MB"
            report.heading(line)
    finally:
        plane.stop()
    return report.end()


def _grow_to(total: int) -> None:
    if total <= 1_000:
        start = 0 if total == 100 else 100
        asyncio.run(cluster.fill(FIRST, range(start, total)))
        return
    for index in range(1, 10):
        asyncio.run(cluster.fill(f"bench-{index}", range(1_000)))


def _costs(app: App, api: int, total: int) -> tuple[float, float, float, float]:
    """CPU of a page, of a direct list, of the page of everything (all in ms), and memory (MB)."""
    memory = resident_mb(app.pid)
    return _page_cpu(app, LIST), direct.list_cpu(api), _page_cpu(app, "/services"), memory


def _page_cpu(app: App, path: str) -> float:
    """CPU of the app for one page as a browser asks for it, in milliseconds."""
    request = urllib.request.Request(app.address + path, headers={**app.headers, "Accept-Encoding": "gzip"})
    for _ in range(3):
        urllib.request.urlopen(request).read()
    before = cpu_seconds(app.pid)
    for _ in range(_PAGES):
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200
            answer.read()
    return (cpu_seconds(app.pid) - before) / _PAGES * 1000


def _figures(
    report: Report,
    app: App,
    api: int,
    thousand: tuple[int, float, float, float, float],
    all_: tuple[int, float, float, float, float],
) -> None:
    report.heading("The list page of 1,000 services, 10,000 in the cluster")
    page, direct = all_[1], all_[2]
    report.add("CPU of a direct list and its decoding", direct, "ms")
    report.add("CPU of the page", page, "ms")
    report.add("direct list costs so many pages", direct / page, "x", minimum=50)
    report.add("requests to the API server for a page", _requests_per_page(app), "", maximum=1)
    report.add("resident memory with 10,000 services", all_[4], "MB", maximum=200)
    _weigh(report, app)
    _paint(report, app)
    _live(report, app)


def _requests_per_page(app: App) -> float:
    """Requests that reach the API server while pages are read for some seconds, for each page."""
    before = asyncio.run(cluster.api_metrics())["apiserver_request_total"]
    request = urllib.request.Request(app.address + LIST, headers=app.headers)
    started, pages = time.monotonic(), 0
    while time.monotonic() - started < 12:
        urllib.request.urlopen(request).read()
        pages += 1
        time.sleep(0.05)
    return (asyncio.run(cluster.api_metrics())["apiserver_request_total"] - before) / pages


def _weigh(report: Report, app: App) -> None:
    """HTML, CSS and JS of the page, compressed as they are sent."""
    report.heading("Weight of the page")

    def weight(path: str) -> tuple[int, str]:
        request = urllib.request.Request(
            app.address + path, headers={**app.headers, "Accept-Encoding": "gzip"}
        )
        with urllib.request.urlopen(request) as answer:
            body = answer.read()
            is_packed = answer.headers.get("Content-Encoding") == "gzip"
        return len(body), (gzip.decompress(body) if is_packed else body).decode()

    size, html = weight(LIST)
    addresses = re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css))"', html)
    assets = sum(weight(address)[0] for address in addresses)
    report.add("HTML of 50 rows, compressed", size / 1000, "kB")
    report.add("HTML, CSS and JS, compressed", (size + assets) / 1000, "kB", maximum=120)
    others = [
        found for found in re.findall(r'(?:src|href)="(https?://[^"]+)"', html) if app.address not in found
    ]
    report.add("requests to other hosts", len(others), "", maximum=0)


def _paint(report: Report, app: App) -> None:
    """Largest contentful paint in Chromium with a CPU four times slower, beside that of a static page."""
    with sync_playwright() as playwright, static_page.served(app.address, LIST, app.headers) as static:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        ours, plain = list[float](), list[float]()
        for _ in range(_PAINTS):
            ours.append(_painted(browser, app, app.address + LIST))
            plain.append(_painted(browser, app, static))
        browser.close()
    report.add(
        "largest contentful paint, CPU 4 times slower, median",
        percentile(ours, 0.5),
        "ms",
        maximum=700,
        reference=percentile(plain, 0.5),
        times=1.5,
    )


def _painted(browser: Browser, app: App, address: str) -> float:
    script = """() => new Promise(done => new PerformanceObserver(list =>
        done(list.getEntries().at(-1).startTime)).observe({type: "largest-contentful-paint", buffered: true}))"""
    context = browser.new_context(extra_http_headers=app.headers)
    page = context.new_page()
    page.goto(f"{app.address}/healthz/liveness")  # a tab that is open already, its caches empty
    page.wait_for_timeout(500)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(address)
    page.wait_for_load_state("load")
    found = float(page.evaluate(script))
    context.close()
    return found


def _live(report: Report, app: App) -> None:
    report.heading(f"{VIEWERS} open pages, {CHANGES_PER_SECOND} changes a second for {SECONDS} s")
    watches = asyncio.run(cluster.api_metrics())["apiserver_longrunning_requests"]
    memory = [(0, resident_mb(app.pid))]
    for count in (100, 250, VIEWERS):
        with latency.viewers(app, LIST, count) as (viewers, opened):
            if count < VIEWERS:
                memory.append((count, resident_mb(app.pid)))
                continue
            report.add("initial state of all pages", opened, "s", maximum=5)
            time.sleep(_SETTLE_SECONDS)  # the opening is measured above
            with latency.raw_watch() as raw:
                before = cpu_seconds(app.pid)
                sent = asyncio.run(_change())
                cpu = cpu_seconds(app.pid) - before
                memory.append((count, resident_mb(app.pid)))
                now = asyncio.run(cluster.api_metrics())["apiserver_longrunning_requests"] - 1
                time.sleep(1)
                latency.report(
                    report, sent, latency.stop(viewers), raw=latency.stop(raw), count=count, limits=(30, 90)
                )
            report.add("CPU of the app meanwhile", cpu / SECONDS * 100, "%")
            report.add("watches more than without viewers", now - watches, "", maximum=0)
    for count, resident in memory:
        report.add(f"resident memory with {count} viewers", resident, "MB")
    report.add("memory of one viewer", (memory[-1][1] - memory[0][1]) / VIEWERS * 1000, "kB")


async def _change() -> dict[int, float]:
    """Changes services of the first page at a steady rate: when each was acknowledged, by sequence number."""
    sent = {}
    chosen = random.Random(1)

    async def change(client: KubeClient, sequence: int) -> None:
        number = 50 * chosen.randrange(20)  # the failed ones come first
        name = f"model-{number:05}"
        url = cluster.status(name, FIRST, number, sequence=sequence)["url"]
        await client.patch(
            INFERENCE_SERVICE,
            {"status": {"url": url}},
            namespace=FIRST,
            name=name,
            subresource="status",
        )
        sent[sequence] = time.monotonic()

    async with cluster.client() as client, asyncio.TaskGroup() as group:
        started = time.monotonic()
        for sequence in range(1, CHANGES_PER_SECOND * SECONDS + 1):
            group.create_task(change(client, sequence))
            await asyncio.sleep(max(0.0, started + sequence / CHANGES_PER_SECOND - time.monotonic()))
    return sent


if __name__ == "__main__":
    sys.exit(main())
