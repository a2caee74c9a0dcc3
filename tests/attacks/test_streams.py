"""A stream ends with its right, however slowly it is read."""

import asyncio
import re
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.running import NAMESPACE, App, running_app
from tests.waiting import LIMIT, until

from modelsweb.config import AuthConfig, Config, WebConfig
from modelsweb.kinds import POD
from modelsweb.objects.kind import Kind
from modelsweb.web.sse import Streams

BINDING = Kind(group="rbac.authorization.k8s.io", version="v1", kind="RoleBinding", plural="rolebindings")
CONFIG = Config(web=WebConfig(secure_cookies=False, port=0), auth=AuthConfig(cache_seconds=1.0))
BOUND = timedelta(seconds=CONFIG.auth.cache_seconds + 2 * CONFIG.auth.review_seconds)
"""A remembered answer, the time between two reviews, and one review: what SECURITY.md promises."""
GRACE = timedelta(seconds=1)
"""Between the taking of a right and our look at the clock."""
ISVC = f"/n/{NAMESPACE}/services/chatty"
_STAMP = re.compile(rb'\["(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6})')


async def _chatty(app: App) -> dict[str, Any]:
    """A service with a pod that runs."""
    await app.add("chatty")
    labels = {"serving.kserve.io/inferenceservice": "chatty", "component": "predictor"}
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "chatty-predictor-0", "labels": labels},
        "spec": {"nodeName": "worker-1", "containers": [{"name": "kserve-container", "image": "server"}]},
    }
    created = await app.cluster.create(POD, body, namespace=NAMESPACE)
    state = {"name": "kserve-container", "ready": True, "state": {"running": {}}}
    status = {"phase": "Running", "containerStatuses": [state]}
    await app.cluster.patch(
        POD, {"status": status}, namespace=NAMESPACE, name="chatty-predictor-0", subresource="status"
    )
    app.demo.server.logs.start(created["metadata"]["uid"], "kserve-container")
    async with app.alice as alice:

        async def shown() -> bool:
            return "chatty-predictor-0" in (await alice.get(f"{ISVC}/pods.json")).text

        await until(shown)
    return created


async def _flood(app: App, uid: str) -> None:
    """Lines faster than any reader of the test takes them, each with the time of its writing."""
    while True:
        stamp = datetime.now(UTC).isoformat()
        for _ in range(10):
            app.demo.server.logs.write(uid, "kserve-container", text=f"written {stamp} {'x' * 1_000}")
        await asyncio.sleep(0.02)


async def _open(app: App, path: str, stack: AsyncExitStack) -> asyncio.StreamReader:
    """A connection of a reader who takes little at a time."""
    address = urlsplit(app.address)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=4_096)
    stack.callback(writer.close)
    head = f"GET /models{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nkubeflow-userid: alice@example.com\r\n\r\n"
    writer.write(head.encode())
    return reader


async def _take_away(app: App) -> datetime:
    page = await app.cluster.request_json("GET", BINDING.path(NAMESPACE))
    for item in page["items"]:
        if any(subject["name"] == "alice@example.com" for subject in item["subjects"]):
            await app.cluster.delete(BINDING, namespace=NAMESPACE, name=item["metadata"]["name"])
    return datetime.now(UTC)


async def _rest(reader: asyncio.StreamReader, *, until_then: datetime | None = None) -> bytes:
    """What comes until the connection ends; little by little until a time, then all that is left."""
    found = b""
    async with asyncio.timeout(LIMIT):
        while True:
            try:
                chunk = await reader.read(4_096)
            except ConnectionError:
                return found
            if not chunk:
                return found
            found += chunk
            if until_then is not None and datetime.now(UTC) < until_then:
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("slowly", [True, False], ids=["slow", "quick"])
async def test_no_line_is_sent_that_was_written_after_the_right_went(slowly: bool) -> None:
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(running_app(CONFIG))
        pod = await _chatty(app)
        flood = asyncio.ensure_future(_flood(app, pod["metadata"]["uid"]))
        stack.callback(flood.cancel)
        reader = await _open(app, f"{ISVC}/logs/lines", stack)
        async with asyncio.timeout(LIMIT):
            before = await reader.readuntil(b"written ")
        assert before
        gone = await _take_away(app)
        sent = _STAMP.findall(await _rest(reader, until_then=gone + 2 * BOUND if slowly else None))
        stamps = [datetime.fromisoformat(stamp.decode()).replace(tzinfo=UTC) for stamp in sent]
        assert stamps
        assert max(stamps) <= gone + BOUND + GRACE


async def test_a_reader_who_takes_nothing_holds_no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    places: list[Streams] = []
    begin = Streams.__init__

    def remembered(self: Streams, maximum: int) -> None:
        begin(self, maximum)
        places.append(self)

    monkeypatch.setattr(Streams, "__init__", remembered)
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(running_app(CONFIG))
        pod = await _chatty(app)
        flood = asyncio.ensure_future(_flood(app, pod["metadata"]["uid"]))
        stack.callback(flood.cancel)
        reader = await _open(app, f"{ISVC}/logs/lines", stack)
        async with asyncio.timeout(LIMIT):
            await reader.readuntil(b"written ")
        assert places[0].total == 1
        await _take_away(app)
        await until(lambda: places[0].total == 0)


async def test_a_download_ends_with_its_right_and_never_passes_for_the_whole() -> None:
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(running_app(CONFIG))
        pod = await _chatty(app)
        uid = pod["metadata"]["uid"]
        for _ in range(4_000):
            app.demo.server.logs.write(uid, "kserve-container", text="x" * 4_000)
        reader = await _open(app, f"{ISVC}/logs/download", stack)
        async with asyncio.timeout(LIMIT):
            await reader.readuntil(b"xxxx")
        gone = await _take_away(app)
        rest = await _rest(reader, until_then=gone + 2 * BOUND)
        assert not rest.endswith(b"0\r\n\r\n")


async def test_head_of_a_live_route_holds_no_place(app: App) -> None:
    await app.add("iris")
    address = urlsplit(app.address)
    for path in (f"/n/{NAMESPACE}/services/-/live", f"/n/{NAMESPACE}/services/iris/logs/lines"):
        for _ in range(app.config.web.max_streams + 5):
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            head = f"HEAD /models{path} HTTP/1.1\r\nHost: x\r\nkubeflow-userid: alice@example.com\r\n\r\n"
            writer.write(head.encode())
            async with asyncio.timeout(LIMIT):
                assert b" 200 " in await reader.readline()
            writer.close()
    async with app.alice as alice, alice.stream(f"/n/{NAMESPACE}/services/-/live") as stream:
        assert stream.status == 200
