"""The figures of live logs and of the service page: ``python -m bench.logs`` (part of ``make bench``).

A container writes 1,000 lines a second; 100 pages follow it. The app reaches the API server through a proxy that counts
bytes, so that it shows whether the log was sent once. Each line bears its number and the time of its writing.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

from playwright.async_api import async_playwright
from tests.contract.cluster import Proxy, proxied
from tests.controlplane import plane as control_plane
from tests.sample_objects import service
from tests.waiting import until

from bench import cluster, measure
from bench.measure import App, Report, cpu_seconds, percentile, resident_mb
from modelsweb.kinds import INFERENCE_SERVICE, KINDS, NAMESPACE, POD
from modelsweb.kube.connection import from_kubeconfig

VIEWERS = 100
LINES_PER_SECOND = 1_000
SECONDS = 20
FAST = 5_000
FAST_SECONDS = 10
_FRAMES = """() => { window.frames_ = []; let last = performance.now();
    const tick = now => { window.frames_.push(now - last); last = now; requestAnimationFrame(tick); };
    requestAnimationFrame(tick); }"""
_SPACE = "bench-logs"
_NAME = "talker"
_PAGES = 100
_TICK = 0.01
_PADDING = "the quick brown fox 推理服务 " * 2


def main() -> int:
    """Runs everything on a control plane of its own, with controllers and a kubelet's stand-in."""
    report = Report()
    plane = control_plane.start()
    try:
        asyncio.run(_run(report, tuple(plane.pids.values())))
    finally:
        plane.stop()
    return report.end()


async def _run(report: Report, servers: tuple[int, ...]) -> None:
    await cluster.prepare()
    pod = await _pod()
    async with proxied(from_kubeconfig(str(control_plane.KUBECONFIG), None)) as (connection, proxy):
        with ExitStack() as stack:
            app = await asyncio.to_thread(stack.enter_context, measure.app(connection.server))
            await asyncio.to_thread(_page, report, app)
            await _logs(report, app, proxy, pod)
            await _browser(report, app, pod, (*servers, app.pid, os.getpid()))


async def _pod() -> str:
    """The name of a running pod of a service."""
    async with cluster.client() as client:
        body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": _SPACE}}
        await client.create(NAMESPACE, body)
        await client.create(INFERENCE_SERVICE, service(_NAME), namespace=_SPACE)

        async def running() -> str:
            page = await client.list_page(POD, namespace=_SPACE)
            for raw in page.items or ():
                pod: dict[str, Any] = json.loads(bytes(raw))
                ready = [one for one in pod.get("status", {}).get("conditions", ()) if one["type"] == "Ready"]
                if ready and ready[0]["status"] == "True":
                    return str(pod["metadata"]["name"])
            return ""

        return await until(running)


def _page(report: Report, app: App) -> None:
    """What the API server is asked while the tabs of a service are opened."""
    report.heading("The service page")
    base = f"{app.address}/n/{_SPACE}/services/{_NAME}"
    for tab in ("", "/resources", "/pods", "/events", "/logs", "/yaml"):
        request = urllib.request.Request(base + tab, headers=app.headers)
        urllib.request.urlopen(request).read()
        before, cpu = asyncio.run(cluster.api_lists()), cpu_seconds(app.pid)
        for _ in range(_PAGES):
            urllib.request.urlopen(request).read()
        spent = (cpu_seconds(app.pid) - cpu) / _PAGES * 1000
        after = asyncio.run(cluster.api_lists())
        lists = sum(after.get(kind.plural, 0) - before.get(kind.plural, 0) for kind in KINDS)
        report.add(f"{tab or '/'}: lists at the API server for {_PAGES} openings", lists, "", maximum=0)
        report.add(f"{tab or '/'}: CPU of one", spent, "ms")


async def _logs(report: Report, app: App, proxy: Proxy, pod: str) -> None:
    report.heading(f"{VIEWERS} viewers of one log of {LINES_PER_SECOND} lines a second, {SECONDS} s")
    before = resident_mb(app.pid)
    path = f"/n/{_SPACE}/services/{_NAME}/logs/lines?pod={pod}"
    command = [sys.executable, "-m", "bench.log_viewers", str(app.port), path, str(VIEWERS)]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, limit=64 * 1024 * 1024
    )
    assert process.stdin is not None
    assert process.stdout is not None
    opened = json.loads(await process.stdout.readline())["open"]
    report.add("all pages follow after", opened, "s")
    received, cpu = proxy.received, cpu_seconds(app.pid)
    written = await _write()
    await asyncio.sleep(1)
    received, cpu = proxy.received - received, cpu_seconds(app.pid) - cpu
    process.stdin.write(b"\n")
    await process.stdin.drain()
    found = json.loads(await process.stdout.readline())
    await process.wait()
    lines = LINES_PER_SECOND * SECONDS
    report.add("bytes of the log", written / 1e6, "MB")
    report.add("bytes that the app received from the API server", received / 1e6, "MB")
    report.add("the API server sent the log so many times", received / written, "x", maximum=1.5)
    report.add("line written → bytes at the viewer, p50", percentile(found["latencies"], 0.5) * 1000, "ms")
    report.add(
        "line written → bytes at the viewer, p99",
        percentile(found["latencies"], 0.99) * 1000,
        "ms",
        maximum=500,
    )
    report.add("lines that a viewer should have", lines, "")
    report.add(
        "lines lost, all viewers", sum(lines - len(set(seen)) for seen in found["seen"]), "", maximum=0
    )
    report.add(
        "lines doubled, all viewers", sum(len(seen) - len(set(seen)) for seen in found["seen"]), "", maximum=0
    )
    report.add(
        "lines out of order, all viewers", sum(seen != sorted(seen) for seen in found["seen"]), "", maximum=0
    )
    report.add("CPU of the app", cpu / SECONDS * 100, "%")
    after = resident_mb(app.pid)
    report.add("resident memory before and with all viewers", before, "MB")
    report.add("", after, "MB", maximum=before + 40)
    report.add("memory of one viewer", (after - before) / VIEWERS * 1000, "kB", maximum=400)


async def _browser(report: Report, app: App, pod: str, servers: tuple[int, ...]) -> None:
    """A page in Chromium that follows five times as many lines: how long a frame takes.

    No user's browser shares its cores with the cluster, so the cluster, the app and the writer give way to it.
    """
    report.heading(f"Chromium follows {FAST} lines a second for {FAST_SECONDS} s")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        page = await browser.new_page(extra_http_headers=app.headers)
        await page.goto(f"{app.address}/n/{_SPACE}/services/{_NAME}/logs?pod={pod}")
        await page.wait_for_selector(".mw-entry")
        measure.give_way(servers)
        await page.evaluate(_FRAMES)
        await _write(FAST, FAST_SECONDS)
        last = f"seq={FAST * FAST_SECONDS - 1} "
        started = time.monotonic()
        await page.wait_for_function(
            "last => document.getElementById('log').lastElementChild.lastElementChild.textContent.includes(last)",
            arg=last,
            timeout=30_000,
        )
        behind = time.monotonic() - started
        frames = sorted(await page.evaluate("window.frames_"))
        built = await page.locator(".mw-entry").count()
        kept = int(re.sub(r"\D", "", (await page.locator("#log-count").inner_text()).partition(" ")[0]))
        await browser.close()
    report.add("last line written → on the page", behind, "s", maximum=2)
    report.add("frames a second", len(frames) / FAST_SECONDS, "")
    report.add("time between frames, p99", percentile(frames, 0.99), "ms", maximum=100)
    report.add("time between frames, longest", frames[-1], "ms")
    report.add("lines kept by the page", kept, "", maximum=20_000)
    report.add("lines built as elements", built, "")


async def _write(rate: int = LINES_PER_SECOND, seconds: int = SECONDS) -> int:
    """Writes the lines as a container runtime does; returns how many bytes a kubelet sends for them."""
    number, size = 0, 0
    started = time.monotonic()
    with (control_plane.RUN / "logs" / "container.log").open("ab", buffering=0) as file:
        while number < rate * seconds:
            due = int((time.monotonic() - started) * rate)
            block = b""
            while number < min(due, rate * seconds):
                stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")
                text = f"seq={number} at={time.monotonic():.6f} {_PADDING}"
                block += f"{stamp} stdout F {text}\n".encode()
                size += len(stamp) + len(text.encode()) + 2
                number += 1
            file.write(block)
            await asyncio.sleep(_TICK)
    return size


if __name__ == "__main__":
    sys.exit(main())
