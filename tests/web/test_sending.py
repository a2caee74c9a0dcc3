"""How answers go out: compressed as the client can take it, in pieces, on the account of who asked."""

import asyncio
import gzip
import json
from collections.abc import Mapping

import aiohttp
import pytest
import zstandard
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message
from tests.running import NAMESPACE, App

from modelsweb.clock import SystemClock
from modelsweb.gateway.access import User
from modelsweb.gateway.rate_limit import RateLimit
from modelsweb.web.chunked import PIECE, joined
from modelsweb.web.middleware.sending import Sending

_ALICE = User("alice@example.com")
_SERVICES = f"/api/v1/namespaces/{NAMESPACE}/inferenceservices"


async def _received(app: App, path: str, headers: Mapping[str, str]) -> tuple[Mapping[str, str], bytes]:
    """Headers and body as they go over the wire."""
    headers = {"kubeflow-userid": _ALICE.name, **headers}
    async with (
        aiohttp.ClientSession(
            auto_decompress=False, skip_auto_headers=("Accept-Encoding", "User-Agent")
        ) as session,
        session.get(f"{app.address}{app.config.web.prefix}{path}", headers=headers) as answer,
    ):
        assert answer.status == 200
        return answer.headers, await answer.read()


async def test_each_client_gets_what_it_can_take(app: App) -> None:
    for number in range(5):
        await app.add(f"sent-{number}")
    for path in (_SERVICES, f"/api/namespaces/{NAMESPACE}/inferenceservices", "/services"):
        plain, body = await _received(app, path, {})
        assert "Content-Encoding" not in plain
        assert "Accept-Encoding" in plain["Vary"]
        for asked, encoding in (
            ("gzip", "gzip"),
            ("zstd", "zstd"),
            ("gzip, deflate, br, zstd", "zstd"),
            ("br, gzip;q=0.5, zstd;q=0", "gzip"),
            ("deflate, br", ""),
        ):
            headers, packed = await _received(app, path, {"Accept-Encoding": asked})
            assert headers.get("Content-Encoding", "") == encoding, asked
            if not encoding:
                assert len(packed) >= len(body) / 2
                continue
            assert len(packed) < len(body) / 2
            unpacked = gzip.decompress(packed) if encoding == "gzip" else _unpacked(packed)
            if path != "/services":  # a page has a token of its own
                assert (json.loads(unpacked), headers["ETag"] if "v1" in path else "") == (
                    json.loads(body),
                    plain["ETag"] if "v1" in path else "",
                )


def _unpacked(packed: bytes) -> bytes:
    with zstandard.ZstdDecompressor().stream_reader(packed) as reader:
        return reader.read()


async def test_streams_of_events_go_as_they_are(app: App) -> None:
    headers = {"kubeflow-userid": _ALICE.name, "Accept-Encoding": "zstd, gzip"}
    path = f"{app.address}{app.config.web.prefix}/api/v1/watch/namespaces/{NAMESPACE}/inferenceservices"
    async with (
        aiohttp.ClientSession(auto_decompress=False) as session,
        session.get(path, headers=headers) as answer,
    ):
        assert "Content-Encoding" not in answer.headers
        assert (await answer.content.readline()).startswith(b"retry:")


def _app(limit: RateLimit, body: bytes, media: str) -> ASGIApp:
    async def handle(request: Request) -> Response:
        request.state.user = _ALICE
        return PlainTextResponse(body, media_type=media)

    return Starlette(routes=[Route("/", handle)], middleware=[Middleware(Sending, rate_limit=limit)])


async def _messages(app: ASGIApp, *headers: tuple[bytes, bytes], others: list[int]) -> list[Message]:
    """What is sent, and after how many messages another task came to its turn."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)
        asyncio.get_running_loop().call_soon(lambda: others.append(len(sent)))

    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": list(headers)}
    await app(scope, receive, send)
    return sent


@pytest.mark.parametrize("length", [0, 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7])
async def test_a_long_answer_goes_in_pieces(length: int) -> None:
    body, others = bytes(range(256)) * (length // 256 + 1), list[int]()
    body = body[:length]
    start, *parts = await _messages(_app(RateLimit(SystemClock()), body, "text/plain"), others=others)
    assert (b"content-length", str(length).encode()) in start["headers"]
    assert b"".join(one.get("body", b"") for one in parts) == body
    assert [len(one["body"]) <= PIECE for one in parts] == [True] * max(1, -(-length // PIECE))
    assert [one.get("more_body", False) for one in parts] == [True] * (len(parts) - 1) + [False]
    assert len(set(others)) >= len(parts) - 1  # between two of them


def test_pieces_hold_so_many_bytes_or_items() -> None:
    items = [b"%d" % number for number in range(7)]
    assert list(joined(b"[", items, end=b"]")) == [b"[0,1,2,3,4,5,6]"]
    assert list(joined(b"[", items, end=b"]", most=3)) == [b"[0,1,2", b",3,4,5", b",6]"]
    long = [b"1" * PIECE, b"2"]
    assert list(joined(b"[", long, end=b"]", most=3)) == [b"[" + long[0], b",2]"]


@pytest.mark.parametrize("encoding", [b"zstd", b"gzip"])
async def test_pieces_are_compressed_as_one(encoding: bytes) -> None:
    body = b"a line of a log\n" * (3 * PIECE // 16 + 1)
    app = _app(RateLimit(SystemClock()), body, "text/plain")
    start, *parts = await _messages(app, (b"accept-encoding", encoding), others=[])
    packed = b"".join(one.get("body", b"") for one in parts)
    assert (b"content-encoding", encoding) in start["headers"]
    assert (gzip.decompress(packed) if encoding == b"gzip" else _unpacked(packed)) == body


@pytest.mark.parametrize(("media", "is_paid"), [("application/json", True), ("text/event-stream", False)])
async def test_who_asked_pays_for_what_is_sent(media: str, is_paid: bool) -> None:
    limit = RateLimit(SystemClock(), work_per_second=0.001)
    await _messages(_app(limit, b" " * 4 * PIECE, media), others=[])
    assert (limit.debt([_ALICE], reserve=1) > 1) == is_paid
