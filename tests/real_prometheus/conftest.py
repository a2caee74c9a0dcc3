"""A real Prometheus that scrapes an exporter of ours, whose traffic is known."""

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml
from aiohttp import web

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("CLUSTER_FOLDER", ROOT / ".cluster")) / "prometheus"
NAMESPACE = "team-risk"
SCRAPE_SECONDS = 1


def program() -> str:
    """Where Prometheus is; ``tests/real_prometheus/setup.sh`` sees to it."""
    return os.environ.get("PROMETHEUS") or shutil.which("prometheus") or str(FOLDER / "prometheus")


@dataclass(frozen=True)
class Exporter:
    """One scraped pod. In ``lines``, ``{n:RATE}`` becomes a counter that goes up by so much in a second."""

    pod: str
    lines: str

    def text(self, seconds: float) -> str:
        """What it answers so long after its start."""
        found = []
        for line in self.lines.strip().splitlines():
            series, _, value = line.strip().rpartition(" ")
            number = float(value[1:]) * seconds if value.startswith("+") else float(value)
            found.append(f"{series} {number}")
        return "\n".join(found) + "\n"


@asynccontextmanager
async def scraping(exporters: tuple[Exporter, ...], folder: Path) -> AsyncIterator[str]:
    """The address of a Prometheus that scrapes these pods, each with its namespace and name as labels."""
    began = time.monotonic()

    async def answer(request: web.Request) -> web.Response:
        one = exporters[int(request.match_info["index"])]
        return web.Response(text=one.text(time.monotonic() - began))

    app = web.Application()
    app.router.add_get("/{index}/metrics", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    place = f"127.0.0.1:{runner.addresses[0][1]}"
    jobs = [
        {
            "job_name": one.pod,
            "metrics_path": f"/{index}/metrics",
            "static_configs": [{"targets": [place], "labels": {"namespace": NAMESPACE, "pod": one.pod}}],
        }
        for index, one in enumerate(exporters)
    ]
    config = folder / "prometheus.yml"
    interval = f"{SCRAPE_SECONDS}s"
    config.write_text(
        yaml.safe_dump(
            {"global": {"scrape_interval": interval, "scrape_timeout": interval}, "scrape_configs": jobs}
        )
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [
        program(),
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
    ]
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield f"http://{address}"
    finally:
        process.terminate()
        await process.wait()
        await runner.cleanup()
