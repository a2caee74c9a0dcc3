"""An API server, or who writes to it, that sends nonsense: one thing is left out, the others go on."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from tests.waiting import until

from modelsweb import errors
from modelsweb.clock import SystemClock
from modelsweb.errors import Attributes
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.kube.client import KubeClient
from modelsweb.kube.connection import Connection
from modelsweb.store.store import Store, decode


def _object(name: Any, **more: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": "ns", "uid": str(name), "resourceVersion": "5"}, **more}


def _deep(levels: int) -> str:
    return json.dumps(_object("deep"))[:-1] + ', "spec": ' + '{"a":' * levels + "1" + "}" * levels + "}"


GARBAGE = {
    "no metadata": "{}",
    "metadata is null": '{"metadata": null}',
    "metadata is a list": '{"metadata": []}',
    "metadata is text": '{"metadata": "x"}',
    "no name": '{"metadata": {"namespace": "ns"}}',
    "an empty name": json.dumps(_object("")),
    "a name that is a number": json.dumps(_object(5)),
    "a name that is null": '{"metadata": {"name": null, "namespace": "ns"}}',
    "a name that is a list": json.dumps(_object([])),
    "no namespace": '{"metadata": {"name": "x"}}',
    "a namespace that is a number": '{"metadata": {"name": "x", "namespace": 7}}',
    "a uid that is a mapping": '{"metadata": {"name": "x", "namespace": "ns", "uid": {}}}',
    "a version that is a number": '{"metadata": {"name": "x", "namespace": "ns", "resourceVersion": 9}}',
    "null": "null",
    "a number": "5",
    "text": '"text"',
    "a list": "[1, 2]",
    "true": "true",
    "a thousand levels": _deep(1_000),
    "ten thousand levels": _deep(10_000),
    "a hundred and fifty levels": _deep(150),
    "a lone surrogate": '{"metadata": {"name": "\\ud800", "namespace": "ns"}}',
}
LINES = {
    "no JSON": "<html>",
    "half of it": '{"type": "ADDED", "object": {"metada',
    "no event": "{}",
    "a type that is a number": '{"type": 5, "object": {}}',
    "no object": '{"type": "ADDED"}',
    "null": "null",
    "a list": "[]",
    "a type that nobody knows": '{"type": "MOVED", "object": {}}',
    "a bookmark without a version": '{"type": "BOOKMARK", "object": {}}',
    "a bookmark that is null": '{"type": "BOOKMARK", "object": null}',
}


@asynccontextmanager
async def _client_of(
    answer: Callable[[web.Request], Awaitable[web.StreamResponse]],
) -> AsyncIterator[KubeClient]:
    """A client of an API server that answers every request so."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with KubeClient(Connection(server=f"http://127.0.0.1:{runner.addresses[0][1]}")) as client:
        yield client
    await runner.cleanup()


@asynccontextmanager
async def _answering(lines: list[str]) -> AsyncIterator[KubeClient]:
    """A client of an API server whose watch sends these lines, and then nothing more."""

    async def watch(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        for line in lines:
            await answer.write(line.encode() + b"\n")
        await until(lambda: request.transport is None or request.transport.is_closing())
        return answer

    async with _client_of(watch) as client:
        yield client


def _event(obj: str, kind: str = "ADDED") -> str:
    return f'{{"type": "{kind}", "object": {obj}}}'


END = _event(
    '{"metadata": {"resourceVersion": "9", "annotations": {"k8s.io/initial-events-end": "true"}}}', "BOOKMARK"
)


@pytest.mark.parametrize("when", ["list", "watch"])
async def test_what_is_no_object_is_left_out_and_counted(when: str, caplog: pytest.LogCaptureFixture) -> None:
    import asyncio

    garbage = [_event(text) for text in GARBAGE.values()] + list(LINES.values())
    first, last = _event(json.dumps(_object("first"))), _event(json.dumps(_object("last")))
    lines = [first, *garbage, last, END] if when == "list" else [first, END, *garbage, last]
    store = Store(INFERENCE_SERVICE, SystemClock())
    async with _answering(lines) as client:
        following = asyncio.ensure_future(store.run(client))
        await until(lambda: store.item("ns", "last"))
        following.cancel()
    assert {item.name for item in store.items()} == {"first", "last"}
    assert all(decode(item).name for item in store.items())
    assert store.left_out == len(GARBAGE) + len(LINES)
    assert sum("left out" in record.message for record in caplog.records) == store.left_out


async def test_brackets_in_texts_are_no_levels() -> None:
    import asyncio

    texts = _object("texts", spec={"note": "[{" * 500, "more": ["[" * 300] * 30})
    store = Store(INFERENCE_SERVICE, SystemClock())
    async with _answering([_event(json.dumps(texts)), END]) as client:
        following = asyncio.ensure_future(store.run(client))
        await until(lambda: store.item("ns", "texts"))
        following.cancel()


@pytest.mark.parametrize(
    "status",
    [
        None,
        "null",
        {},
        [],
        "x",
        5,
        {"allowed": None},
        {"allowed": "true"},
        {"allowed": "false"},
        {"allowed": 1},
        {"allowed": []},
    ],
)
async def test_only_true_is_a_yes(status: Any) -> None:
    async with _reviewing({"status": status}) as client:
        asked = Attributes(verb="get", group="", resource="pods", namespace="ns")
        assert await client.review("alice", (), attributes=asked) is False
        assert await client.self_review(asked) is False


@pytest.mark.parametrize(
    "status",
    [
        None,
        {},
        {"authenticated": "true", "user": {"username": "x"}},
        {"authenticated": True},
        {"authenticated": True, "user": None},
        {"authenticated": True, "user": {"username": 5}},
        {"authenticated": True, "user": {"username": ""}},
        {"authenticated": False, "user": {"username": "x"}},
    ],
)
async def test_only_a_name_is_a_user(status: Any) -> None:
    async with _reviewing({"status": status}) as client:
        assert await client.review_token("t") is None


async def test_groups_are_texts() -> None:
    status = {"authenticated": True, "user": {"username": "x", "groups": ["a", 5, None, "b"]}}
    async with _reviewing({"status": status}) as client:
        assert await client.review_token("t") == ("x", ("a", "b"))


@pytest.mark.parametrize("body", ["null", "[]", "5", "<html>", '{"a":' * 2_000])
async def test_an_answer_that_is_no_object_is_the_cluster_s_fault(body: str) -> None:
    async with _reviewing(body) as client:
        with pytest.raises(errors.ClusterError):
            await client.review(
                "alice", (), attributes=Attributes(verb="get", group="", resource="pods", namespace="ns")
            )


@pytest.mark.parametrize(
    "status",
    [
        {"kind": "Status", "details": 5},
        {"kind": "Status", "details": {"causes": 5}},
        {"kind": "Status", "details": {"causes": [5, None, {"field": 5, "message": {}}]}},
        {"kind": "Status", "code": "x", "details": {"retryAfterSeconds": 10**30}},
        {"kind": "Status", "code": 10**20, "message": 5, "reason": []},
    ],
)
async def test_a_refusal_of_any_shape_is_an_error_of_ours(status: Any) -> None:
    async with _reviewing(status, code=422, retry_after="9" * 5_000) as client:
        with pytest.raises(errors.ModelswebError) as raised:
            await client.review(
                "alice", (), attributes=Attributes(verb="get", group="", resource="pods", namespace="ns")
            )
        assert (raised.value.retry_after or 0) <= 3_600


@asynccontextmanager
async def _reviewing(body: Any, *, code: int = 201, retry_after: str = "") -> AsyncIterator[KubeClient]:
    """A client of an API server that answers everything with this."""

    async def answer(_: web.Request) -> web.Response:
        text = body if isinstance(body, str) else json.dumps(body)
        headers = {"Retry-After": retry_after} if retry_after else {}
        return web.Response(text=text, status=code, content_type="application/json", headers=headers)

    async with _client_of(answer) as client:
        yield client
