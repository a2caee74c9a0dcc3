"""What somebody would try who means harm: nothing leaks, nothing runs, nobody else is hurt."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.running import NAMESPACE, App, running_app
from tests.sample_objects import service
from tests.waiting import LIMIT, until

from modelsweb.config import Config, WebConfig
from modelsweb.kinds import EVENT, INFERENCE_SERVICE

NASTY = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`{{7*7}}${7*7}\u202e"
LIST = f"/n/{NAMESPACE}/services"
ISVC = f"/n/{NAMESPACE}/services/nasty"
TABS = ("", "/resources", "/pods", "/logs", "/events", "/yaml", "/delete")


@pytest.fixture
async def nasty(app: App) -> App:
    """A service with markup wherever users and controllers can write."""
    body: dict[str, Any] = service("nasty")
    body["metadata"]["annotations"] |= {"owner": NASTY, "example.com/note": NASTY}
    body["spec"]["predictor"]["model"]["storageUri"] = f"s3://{NASTY}"
    body["spec"]["predictor"]["model"]["runtime"] = NASTY
    created = await app.cluster.create(INFERENCE_SERVICE, body, namespace=NAMESPACE)
    condition = {"type": NASTY, "status": "False", "reason": NASTY, "message": NASTY}
    status = {
        "url": f"javascript:alert(1)//{NASTY}",
        "conditions": [{"type": "Ready", "status": "False", "reason": NASTY, "message": NASTY}, condition],
        "modelStatus": {
            "transitionStatus": "InvalidSpec",
            "lastFailureInfo": {"reason": "RuntimeNotRecognized", "message": NASTY},
        },
    }
    await app.cluster.patch(
        INFERENCE_SERVICE, {"status": status}, namespace=NAMESPACE, name="nasty", subresource="status"
    )
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": "nasty.1"},
        "involvedObject": {
            "kind": "InferenceService",
            "name": "nasty",
            "namespace": NAMESPACE,
            "uid": created["metadata"]["uid"],
        },
        "type": "Warning",
        "reason": NASTY,
        "message": NASTY,
        "source": {"component": NASTY},
        "lastTimestamp": "2099-01-01T00:00:00Z",
    }
    await app.cluster.create(EVENT, event, namespace=NAMESPACE)
    async with app.alice as alice:

        async def shown() -> bool:
            return "alert(1)" in (await alice.get(f"{ISVC}/events")).text

        await until(shown)
    return app


async def test_markup_of_users_and_controllers_stays_text(nasty: App) -> None:
    async with nasty.alice as alice:
        for path in (LIST, "/services", f"{LIST}?q=%3Cscript%3Ealert(1)", *(ISVC + tab for tab in TABS)):
            for suffix in ("", f"{'/-' if path in {LIST, '/services'} else ''}/live?once=1"):
                if suffix and path.endswith(("/delete", "alert(1)")):
                    continue
                text = (await alice.get(path + suffix)).text
                assert "<script>alert" not in text, path + suffix
                assert "<img src=x" not in text, path + suffix
                assert not re.search(r'(?:href|src)="\s*javascript:', text), path + suffix
        assert html.escape("<script>alert(1)") in (await alice.get(f"{ISVC}/events")).text


async def test_no_path_leads_out(app: App) -> None:
    async with app.alice as alice:
        for path in (
            "/static/../../config.py",
            "/static/%2e%2e/%2e%2e/config.py",
            "/static/assets/..%2f..%2f..%2fconfig.py",
            "/n/..%2f..%2fkube-system/services",
            "/n/team-risk/services/..%2f..%2fsecrets",
            "/n/team-risk/services/%2e%2e/yaml",
            f"/n/{NAMESPACE}/services/a%0d%0aSet-Cookie:%20x=y/yaml/download",
            f"/n/{NAMESPACE}/services/x/resources/secrets/token",
        ):
            answer = await alice.get(path)
            assert answer.status in {400, 403, 404, 405}, path
            assert "import " not in answer.text
            assert "x=y" not in str(answer.headers)


async def test_headers_and_addresses_beyond_measure_are_refused_and_forgotten(app: App) -> None:
    for request in (
        b"GET /models/services HTTP/1.1\r\nHost: x\r\nX-Big: " + b"a" * 200_000 + b"\r\n\r\n",
        b"GET /models/" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /models/services HTTP/1.1\r\nHost: x\r\nkubeflow-userid: a\r\n b\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ):
        answer = await app.raw(request)
        assert b" 200 " not in answer.partition(b"\r\n")[0]
        assert b"Traceback" not in answer
    async with app.alice as alice:
        assert (await alice.get(LIST)).status == 200


async def test_a_body_beyond_measure_is_refused(app: App) -> None:
    async with app.alice as alice:
        answer = await alice.post(f"/n/{NAMESPACE}/create", {"yaml": "a: b\n" * 2_000_000})
        assert answer.status == 413
        assert (await alice.get(LIST)).status == 200


async def test_a_client_that_dawdles_holds_up_nobody() -> None:
    config = Config(web=WebConfig(secure_cookies=False, request_seconds=0))  # nobody is let go
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(running_app(config))
        address = urlsplit(app.address)
        for _ in range(200):
            _, writer = await asyncio.open_connection(address.hostname, address.port)
            stack.callback(writer.close)
            writer.write(b"GET /models/services HTTP/1.1\r\nHost: x\r\n")
        alice = await stack.enter_async_context(app.alice)
        async with asyncio.timeout(LIMIT):
            assert (await alice.get(LIST)).status == 200


async def test_a_thousand_streams_of_one_user_are_a_hundred(app: App) -> None:
    address = urlsplit(app.address)
    request = (
        f"GET /models{LIST}/-/live HTTP/1.1\r\nHost: x\r\nkubeflow-userid: alice@example.com\r\n\r\n"
    ).encode()
    statuses: list[bytes] = []
    async with AsyncExitStack() as stack:

        async def one() -> None:
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            stack.callback(writer.close)
            writer.write(request)
            statuses.append((await reader.readline()).split()[1])

        for _ in range(10):
            await asyncio.gather(*(one() for _ in range(100)))
        assert statuses.count(b"200") == app.config.web.max_streams
        assert statuses.count(b"429") == 1_000 - app.config.web.max_streams
        bob = await stack.enter_async_context(app.bob)
        assert (await bob.get(LIST)).status == 200
        stream = await stack.enter_async_context(bob.stream(f"{LIST}/-/live"))
        assert stream.status == 200


@pytest.fixture
async def hasty() -> AsyncIterator[App]:
    """An app that waits a second for a request."""
    async with running_app(Config(web=WebConfig(secure_cookies=False, request_seconds=1))) as app:
        yield app


_HEAD = (
    b"GET /models/n/team-risk/services HTTP/1.1\r\nHost: 127.0.0.1\r\nkubeflow-userid: alice@example.com\r\n"
)
_BODY = (
    b"POST /models/n/team-risk/create HTTP/1.1\r\nHost: 127.0.0.1\r\nkubeflow-userid: alice@example.com\r\n"
    b"Cookie: XSRF-TOKEN=t\r\nX-XSRF-TOKEN: t\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nyaml=a"
)


@pytest.mark.parametrize("sent", [b"", b"GET /mod", _HEAD, _BODY], ids=["nothing", "line", "headers", "body"])
async def test_who_sends_slowly_is_let_go(hasty: App, sent: bytes, caplog: pytest.LogCaptureFixture) -> None:
    address = urlsplit(hasty.address)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(sent)
    trickle = asyncio.ensure_future(_trickle(writer)) if sent else None
    async with asyncio.timeout(LIMIT):
        answer = await reader.read(65_536)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert answer.count(b"HTTP/1.1") == 1
    if trickle is not None:
        trickle.cancel()
    writer.close()
    async with hasty.alice as alice:
        assert (await alice.get(LIST)).status == 200
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_an_empty_line_after_an_answer_does_not_hold_the_connection(hasty: App) -> None:
    address = urlsplit(hasty.address)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(b"GET /models/healthz/liveness HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    async with asyncio.timeout(LIMIT):
        await reader.readuntil(b'"alive"')
        writer.write(b"\r\n")
        assert (await reader.read(65_536)).startswith(b"HTTP/1.1 408 ")
    writer.close()


async def _to_the_end(reader: asyncio.StreamReader) -> None:
    while await reader.read(65_536):
        pass


async def _trickle(writer: asyncio.StreamWriter) -> None:
    """A byte now and then, so that the connection is never idle."""
    while True:
        await asyncio.sleep(0.1)
        writer.write(b"x")


async def test_an_open_stream_and_a_second_request_are_not_slow(hasty: App) -> None:
    address = urlsplit(hasty.address)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    asked = _HEAD.replace(b"/services", b"/services/-/live") + b"\r\n"
    writer.write(asked)
    async with asyncio.timeout(LIMIT):
        assert b"event: hello" in await reader.readuntil(b"event: hello")
        rest = asyncio.ensure_future(_to_the_end(reader))
        done, _ = await asyncio.wait({rest}, timeout=3)  # three times the limit
    assert not done
    rest.cancel()
    writer.close()
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    probe = b"GET /models/healthz/liveness HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    for _ in range(2):
        writer.write(probe)
        async with asyncio.timeout(LIMIT):
            assert b'"alive"' in await reader.readuntil(b'"alive"')
    writer.close()
