"""What the client makes of each way in which Prometheus can answer, or not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from modelsweb import errors
from modelsweb.metrics.time_range import TimeRange
from modelsweb.prometheus.client import Prometheus

SPAN = TimeRange(100, 160, 30)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def answering(handler: Handler) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/base/api/v1/{kind}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/base/"
    finally:
        await runner.cleanup()


async def test_values_stand_at_their_instants(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("secret\n")
    asked: dict[str, object] = {}

    async def answer(request: web.Request) -> web.Response:
        asked.update(await request.post())
        asked["auth"] = request.headers["Authorization"]
        values = [[100, "1.5"], [130, "NaN"], [160, "+Inf"]]
        result = [{"metric": {"a": "b"}, "values": values}, {"metric": {}, "values": [[160, "2"]]}]
        return web.json_response({"status": "success", "data": {"resultType": "matrix", "result": result}})

    async with answering(answer) as url, Prometheus(url, token=token) as prometheus:
        found = await prometheus.range("up", SPAN)
    assert found == [({"a": "b"}, (1.5, None, None)), ({}, (None, None, 2.0))]
    assert (asked["query"], asked["start"], asked["end"], asked["step"]) == ("up", "100", "160", "30")
    assert asked["auth"] == "Bearer secret"


async def test_one_that_does_not_answer_is_given_up() -> None:
    async def answer(request: web.Request) -> web.Response:
        await asyncio.sleep(30)
        raise AssertionError

    async with answering(answer) as url, Prometheus(url, seconds=0.2) as prometheus:
        with pytest.raises(errors.UnavailableError, match="did not answer within"):
            await prometheus.range("up", SPAN)


async def test_an_answer_without_end_is_given_up() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(64):
            await response.write(b"x" * 1_048_576)
        return response

    async with answering(answer) as url, Prometheus(url) as prometheus:
        with pytest.raises(errors.UnavailableError, match="larger than 8 MiB"):
            await prometheus.range("up", SPAN)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (422, '{"status": "error", "error": "too many"}', errors.ClusterError),
        (503, '{"status": "error", "error": "starting"}', errors.UnavailableError),
        (200, "<html>sign in</html>", errors.UnavailableError),
        (302, "", errors.UnavailableError),
    ],
)
async def test_other_answers_are_errors(status: int, body: str, error: type[Exception]) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    async with answering(answer) as url, Prometheus(url) as prometheus:
        with pytest.raises(error, match=f"Prometheus answered {status}"):
            await prometheus.range("up", SPAN)


async def test_one_that_is_away_is_said() -> None:
    async with Prometheus("http://127.0.0.1:1") as prometheus:
        with pytest.raises(errors.UnavailableError, match="cannot be reached"):
            await prometheus.range("up", SPAN)
