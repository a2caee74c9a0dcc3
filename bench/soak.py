"""Ten minutes of trouble: ``python -m bench.soak [SECONDS]`` (``make soak``). Exits with 1 where a viewer is left wrong.

200 viewers of one namespace, 20 changes a second (services changed, deleted and made again), streams cut at random. Now
and then the app is cut off from the cluster while the changes go on, and the API server is killed meanwhile, and with
it the history of all watches: the app's next watch is answered 410, and it must list again. In the end every viewer's
rows, as its messages made them, must equal those of a fresh page, and that a list from the API server; memory must have
stayed flat.
"""

import asyncio
import json
import random
import re
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field

import aiohttp
import msgspec
from tests.contract.cluster import Proxy, proxied
from tests.controlplane import plane as control_plane

from bench import cluster, measure
from bench.cluster import FIRST
from bench.measure import App, Report, resident_mb
from modelsweb import errors
from modelsweb.config import Config
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.kube.client import KubeClient
from modelsweb.kube.connection import from_kubeconfig

VIEWERS = 200
SERVICES = 100
CHANGES_PER_SECOND = 20
PATH = f"/n/{FIRST}/services"
QUERY = "?per=200&cols=url&sort=name"
_EXPIRED = "listing again"
_ROW = re.compile(r'<tbody .*?id="row-([^"]+)".*?</tbody>', re.DOTALL)
_KILL_EVERY = 75.0
_CUT_EVERY = 0.5
_CUT_OFF_SECONDS = 3.0
_ERRORS = 20_000
_FIRST_ERRORS = 2_000
_LONGEST_PAUSE = 45.0
"""So long the app waits at most before it tries an API server again that was away."""
_WATCHED_CHANGES = 0.9
"""Of the changes that were planned, what must have been made: an API server that is away takes none."""


@dataclass
class Viewer:
    """A page kept up to date by its stream, as the browser's script keeps it."""

    rows: dict[str, str] = field(default_factory=dict)
    seen: str = ""
    messages: int = 0
    reconnects: int = 0
    answer: aiohttp.ClientResponse | None = None

    def take_page(self, html: str) -> None:
        """The first paint."""
        self.rows = rows_of(html)
        found = re.search(r'data-seen="([^"]+)"', html)
        self.seen = found[1] if found else ""

    def take(self, block: str) -> None:
        """One message of the stream."""
        lines = block.split("\n")
        for line in lines:
            if line.startswith("id: "):
                self.seen = line[4:]
        if "event: rows" not in lines:
            return
        self.messages += 1
        data = json.loads("".join(line[6:] for line in lines if line.startswith("data: ")))
        self.rows.update(data["rows"])
        if data["order"] is not None:
            self.rows = {key: self.rows[key] for key in data["order"]}

    async def run(self, session: aiohttp.ClientSession, address: str) -> None:
        """Follows the stream for ever; comes back with what it has seen last."""
        while True:
            with suppress(aiohttp.ClientError, TimeoutError, ConnectionError):
                if not self.seen:
                    async with session.get(address + PATH + QUERY) as page:
                        self.take_page(await page.text())
                headers = {"Last-Event-ID": self.seen}
                async with session.get(f"{address}{PATH}/-/live{QUERY}", headers=headers) as self.answer:
                    rest = ""
                    async for chunk in self.answer.content.iter_any():
                        *blocks, rest = (rest + chunk.decode()).split("\n\n")
                        for block in blocks:
                            self.take(block)
            self.reconnects += 1
            await asyncio.sleep(random.uniform(0.05, 0.5))


def rows_of(html: str) -> dict[str, str]:
    """The rows of a page by key, in order."""
    return {found[1]: found[0] for found in _ROW.finditer(html)}


async def _change(until: float, counts: dict[str, int]) -> None:
    """Changes, deletes and makes services, twenty times a second; an API server that is away is waited for."""
    chosen, sequence, due = random.Random(7), 0, time.monotonic()
    gone: set[int] = set()
    async with cluster.client() as client:
        while time.monotonic() < until:
            sequence += 1
            number = chosen.randrange(SERVICES)
            name = f"model-{number:05}"
            try:
                if number in gone:
                    await client.create(INFERENCE_SERVICE, cluster.manifest(name, number), namespace=FIRST)
                    gone.discard(number)
                elif sequence % 10 == 0:
                    await client.delete(INFERENCE_SERVICE, namespace=FIRST, name=name)
                    gone.add(number)
                else:
                    body = {"status": cluster.status(name, FIRST, number, sequence=sequence)}
                    await client.patch(
                        INFERENCE_SERVICE, body, namespace=FIRST, name=name, subresource="status"
                    )
                counts["changes"] += 1
            except errors.AlreadyExistsError:
                gone.discard(number)
            except errors.NotFoundError:
                gone.add(number)
            except errors.ModelswebError:
                counts["refused"] += 1
                due = time.monotonic() + 0.5
            due += 1 / CHANGES_PER_SECOND
            await asyncio.sleep(max(0.0, due - time.monotonic()))


async def _cut(viewers: list[Viewer], until: float, counts: dict[str, int]) -> None:
    """Cuts a stream now and then."""
    while time.monotonic() < until:
        answer = random.choice(viewers).answer
        if answer is not None and not answer.closed:
            answer.close()
            counts["cuts"] += 1
        await asyncio.sleep(_CUT_EVERY)


async def _kill(plane: control_plane.Plane, proxy: Proxy, until: float, counts: dict[str, int]) -> None:
    """Cuts the app off, lets some changes pass without it, and kills and starts the API server before it may return:
    the new server's watch cache begins after what the app has seen last."""
    while time.monotonic() + _KILL_EVERY < until:
        await asyncio.sleep(_KILL_EVERY)
        proxy.cut()
        await asyncio.sleep(_CUT_OFF_SECONDS)
        await asyncio.to_thread(_restart, plane)
        proxy.mend()
        counts["restarts"] += 1


def _restart(plane: control_plane.Plane) -> None:
    plane.kill("kube-apiserver")
    plane.spawn("kube-apiserver")
    control_plane.wait_until_ready(plane)


async def soak(app: App, plane: control_plane.Plane, proxy: Proxy, seconds: float, report: Report) -> None:
    """The whole soak on a running app."""
    counts = {"changes": 0, "refused": 0, "cuts": 0, "restarts": 0}
    viewers = [Viewer() for _ in range(VIEWERS)]
    until = time.monotonic() + seconds
    memory: list[float] = []
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None, sock_read=60)
    async with aiohttp.ClientSession(headers=app.headers, connector=connector, timeout=timeout) as session:
        async with asyncio.TaskGroup() as group:
            followers = [group.create_task(viewer.run(session, app.address)) for viewer in viewers]
            trouble = [
                group.create_task(_change(until, counts)),
                group.create_task(_cut(viewers, until, counts)),
                group.create_task(_kill(plane, proxy, until, counts)),
            ]
            while time.monotonic() < until:
                memory.append(resident_mb(app.pid))
                await asyncio.sleep(seconds / 40)
            await asyncio.gather(*trouble)
            wrong, settled = await _settled(session, app, viewers)
            for task in followers:
                task.cancel()
        differing, followed = await _followed(session, app)
        await _errors(session, app, report)
    await _slow_reader(app, report)
    report.heading(f"{seconds:.0f} s with {VIEWERS} viewers")
    for what, count in counts.items():
        report.add(what, count, "")
    expired = app.log().count(_EXPIRED)
    report.add("watches answered 410", expired, "", minimum=counts["restarts"])
    report.add(
        "changes a second", counts["changes"] / seconds, "", minimum=_WATCHED_CHANGES * CHANGES_PER_SECOND
    )
    report.add("messages of rows", sum(viewer.messages for viewer in viewers), "")
    report.add("returns of viewers", sum(viewer.reconnects for viewer in viewers), "")
    report.add("viewers whose rows differ from a fresh page", wrong, "", maximum=0)
    report.add("time until all were equal", settled, "s", maximum=30)
    report.add("services by which page and API server differ", differing, "", maximum=0)
    report.add("time until they did not", followed, "s", maximum=_LONGEST_PAUSE)
    half = memory[len(memory) // 2 :]
    report.add("resident memory, first half at most", max(memory[: len(memory) // 2]), "MB")
    report.add(
        "resident memory, second half at most", max(half), "MB", maximum=max(memory[: len(memory) // 2]) * 1.1
    )


async def _errors(session: aiohttp.ClientSession, app: App, report: Report) -> None:
    """What is not there is asked for again and again."""
    report.heading(f"{_ERRORS} times what is not there")
    at_once = asyncio.Semaphore(8)

    async def ask(number: int) -> None:
        async with at_once, session.get(f"{app.address}/n/{FIRST}/services/missing-{number % 50}") as answer:
            await answer.read()
            assert answer.status == 404, answer.status

    first = 0.0
    for start in range(0, _ERRORS, _FIRST_ERRORS):
        await asyncio.gather(*(ask(number) for number in range(start, start + _FIRST_ERRORS)))
        first = first or resident_mb(app.pid)
    report.add(f"memory after {_FIRST_ERRORS}", first, "MB")
    report.add("memory more at the end", resident_mb(app.pid) - first, "MB", maximum=5)


async def _slow_reader(app: App, report: Report) -> None:
    """Somebody who takes little of what a list says loses the right to it, with rights remembered as usual.

    Each change of a service is numbered by its address; the last one that is sent was made before the bound.
    """
    report.heading("A slow reader whose right goes")
    bound = Config().auth.cache_seconds + 2 * Config().auth.review_seconds
    reader, writer = await asyncio.open_connection("127.0.0.1", app.port, limit=4_096)
    head = f"GET {PATH}/-/live{QUERY} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nkubeflow-userid: {cluster.OTHER}\r\n\r\n"
    writer.write(head.encode())
    made: dict[int, float] = {}
    async with cluster.client() as client, asyncio.TaskGroup() as group:
        changing = group.create_task(_number(client, made))
        found = b""
        while b"seq-" not in found:
            found += await reader.read(4_096)
        await cluster.take_away(client, cluster.OTHER)
        gone = time.monotonic()
        while time.monotonic() < gone + 1.5 * bound and (chunk := await reader.read(4_096)):
            found += chunk
            await asyncio.sleep(0.05)
        while chunk := await reader.read(65_536):
            found += chunk
        ended = time.monotonic()
        changing.cancel()
    writer.close()
    numbers = [int(number) for number in re.findall(rb"seq-(\d+)", found)]
    last = max((made[number] for number in numbers if number in made), default=gone)
    report.add("the last change that was sent, after the right went", last - gone, "s", maximum=bound + 1)
    report.add("the connection ended, after the right went", ended - gone, "s")


async def _number(client: KubeClient, made: dict[int, float]) -> None:
    """Changes all services of the page again and again, so that there is more to say than a slow reader takes."""
    sequence = 0
    while True:
        for number in range(0, SERVICES, 5):
            sequence += 1
            body = {"status": {"url": f"http://seq-{sequence}.example.com/{'x' * 2_000}"}}
            with suppress(errors.ModelswebError):
                await client.patch(
                    INFERENCE_SERVICE, body, namespace=FIRST, name=f"model-{number:05}", subresource="status"
                )
                made[sequence] = time.monotonic()


async def _settled(session: aiohttp.ClientSession, app: App, viewers: list[Viewer]) -> tuple[int, float]:
    """How many viewers are not equal to a fresh page in the end, and how long it took."""
    started = time.monotonic()
    wrong = len(viewers)
    while wrong and time.monotonic() - started < 60:
        await asyncio.sleep(0.5)
        async with session.get(app.address + PATH + QUERY) as answer:
            fresh = rows_of(await answer.text())
        wrong = sum(list(viewer.rows.items()) != list(fresh.items()) for viewer in viewers)
    return wrong, time.monotonic() - started


async def _followed(session: aiohttp.ClientSession, app: App) -> tuple[int, float]:
    """By how many services page and API server differ in the end, and how long it took: the last kill may be just over."""
    started = time.monotonic()
    differing = await _differing(session, app)
    while differing and time.monotonic() - started < 2 * _LONGEST_PAUSE:
        await asyncio.sleep(0.5)
        differing = await _differing(session, app)
    return differing, time.monotonic() - started


async def _differing(session: aiohttp.ClientSession, app: App) -> int:
    async with session.get(f"{app.address}{PATH}.json{QUERY}") as answer:
        shown = {(row["name"], row["uid"], row["url"]) for row in (await answer.json())["rows"]}
    async with cluster.client() as client:
        raw, _ = await client.list_all(INFERENCE_SERVICE, namespace=FIRST)
    there = set()
    for item in map(msgspec.json.decode, raw):
        there.add((item["metadata"]["name"], item["metadata"]["uid"], item.get("status", {}).get("url", "")))
    return len(shown ^ there)


def main(seconds: float) -> int:
    """Runs it on a control plane of its own."""
    report = Report()
    plane = control_plane.start(with_controllers=False)
    try:
        asyncio.run(_run(plane, seconds, report))
    finally:
        plane.stop()
    return report.end()


async def _run(plane: control_plane.Plane, seconds: float, report: Report) -> None:
    await cluster.prepare()
    await cluster.fill(FIRST, range(SERVICES))
    async with proxied(from_kubeconfig(str(control_plane.KUBECONFIG), None)) as (connection, proxy):
        with ExitStack() as stack:
            app = await asyncio.to_thread(stack.enter_context, measure.app(connection.server))
            await soak(app, plane, proxy, seconds, report)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 600))
