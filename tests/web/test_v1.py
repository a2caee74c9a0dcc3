"""What our own API spends and how its streams go on where work is to be paid, on the demo cluster."""

import asyncio
import json
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from tests.contract.cluster import proxied
from tests.running import NAMESPACE, App, next_message, running_app
from tests.sample_objects import service
from tests.waiting import LIMIT, until

from modelsweb import errors
from modelsweb.config import AuthConfig, Config, WebConfig
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.kube.client import KubeClient
from modelsweb.web import chunked
from modelsweb.web.api.v1 import watch
from modelsweb.web.api.v1.answers import STALE

CONFIG = Config(web=WebConfig(secure_cookies=False, prefix=""), auth=AuthConfig(cache_seconds=60.0))
SERVICES = f"/api/v1/namespaces/{NAMESPACE}/inferenceservices"


async def _message(answer: aiohttp.ClientResponse) -> Any:
    return json.loads(await asyncio.wait_for(next_message(answer), LIMIT))


async def test_made_up_namespaces_cost_no_reviews(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    review = KubeClient.review

    async def counted(self: KubeClient, *args: Any, attributes: errors.Attributes) -> bool:
        asked.append(attributes.namespace)
        return await review(self, *args, attributes=attributes)

    async with running_app(CONFIG) as app, app.person("alice@example.com") as alice:
        monkeypatch.setattr(KubeClient, "review", counted)
        made_up = [f"no-such-{number}" for number in range(49)]
        reply = await alice.get(f"/api/v1/inferenceservices?namespaces={','.join([NAMESPACE, *made_up])}")
        assert reply.status == 200
        assert set(asked) <= {NAMESPACE, ""}
        reply = await alice.get(f"/api/v1/inferenceservices?namespaces={','.join(made_up)}")
        assert reply.status == 403
        assert len(set(asked) - {NAMESPACE, ""}) <= 1
        too_many = ",".join(f"n{number}" for number in range(51))
        reply = await alice.get(f"/api/v1/inferenceservices?namespaces={too_many}")
        assert (reply.status, "50" in json.loads(reply.text)["detail"]) == (400, True)


async def test_namespaces_that_do_not_exist_are_not_hidden() -> None:
    config = replace(CONFIG, auth=AuthConfig(is_disabled=True))
    async with running_app(config) as app, app.person(None) as anybody:
        await app.ready()
        for names in ("no-such-1", "no-such-1,no-such-2", f"{NAMESPACE},no-such-1"):
            reply = await anybody.get(f"/api/v1/inferenceservices?namespaces={names}")
            assert reply.status == 200, names
            assert "hiddenNamespaces" not in json.loads(reply.text)["metadata"]


async def _raw_message(answer: aiohttp.ClientResponse) -> tuple[str | None, Any]:
    """The id of the next message, and what it says."""
    while True:
        lines = (await asyncio.wait_for(answer.content.readuntil(b"\n\n"), LIMIT)).decode().splitlines()
        fields = dict(line.partition(":")[::2] for line in lines)
        if "data" in fields:
            return (fields["id"].strip() if "id" in fields else None), json.loads(fields["data"])


async def test_half_of_what_changed_is_no_moment() -> None:
    path = f"/api/v1/watch/namespaces/{NAMESPACE}/inferenceservices"
    async with running_app(CONFIG) as app, app.person("alice@example.com") as alice:
        await app.ready()
        async with alice.stream(path) as answer:
            began, sync = await _raw_message(answer)
        assert (sync["type"], bool(began)) == ("SYNC", True)
        for name in ("first", "second"):
            await app.add(name)
        async with alice.stream(f"{path}?lastEventId={began}") as answer:
            half, first = await _raw_message(answer)
            whole, second = await _raw_message(answer)
        assert [one["object"]["metadata"]["name"] for one in (first, second)] == ["first", "second"]
        assert (
            half == ""
        )  # a client forgets its id by it: https://html.spec.whatwg.org/multipage/server-sent-events.html
        assert whole not in {None, "", began}


async def test_all_that_there_is_comes_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunked, "PIECE", 1_000)
    names = [f"part-{number}" for number in range(7)]
    async with running_app(CONFIG) as app, app.person("alice@example.com") as alice:
        for name in names:
            await app.cluster.create(INFERENCE_SERVICE, service(name), namespace=NAMESPACE)

        async def are_read() -> bool:
            listed = json.loads((await alice.get(SERVICES)).text)["items"]
            return [one["metadata"]["name"] for one in listed] == names

        await until(are_read)
        async with alice.stream(f"/api/v1/watch/namespaces/{NAMESPACE}/inferenceservices") as answer:
            messages = [await _message(answer)]
            while messages[-1].get("more"):
                messages.append(await _message(answer))
        assert len(messages) > 1
        assert {one["type"] for one in messages} == {"SYNC"}
        assert [one["metadata"]["name"] for message in messages for one in message["items"]] == names


async def test_a_verdict_that_had_to_wait_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_app(CONFIG) as app, app.person("alice@example.com") as alice:
        await app.cluster.create(INFERENCE_SERVICE, service("late"), namespace=NAMESPACE)

        async def is_there() -> bool:
            return (await alice.get(f"{SERVICES}/late")).status == 200

        await until(is_there)
        refusals = 0
        whole = watch._verdict

        async def refused(*args: Any) -> Any:
            nonlocal refusals
            if refusals:
                refusals -= 1
                raise errors.TooManyRequestsError("later", retry_after=0.1)
            return await whole(*args)

        monkeypatch.setattr(watch, "_verdict", refused)
        path = f"/api/v1/watch/namespaces/{NAMESPACE}/inferenceservices/late/verdict"
        async with alice.stream(path) as answer:
            first = await _message(answer)
            refusals = 2
            stop = {"metadata": {"annotations": {"serving.kserve.io/stop": "true"}}}
            await app.cluster.patch(INFERENCE_SERVICE, stop, namespace=NAMESPACE, name="late")
            second = await _message(answer)
        assert refusals == 0
        assert second["verdict"]["status"] != first["verdict"]["status"]


async def test_what_is_read_while_the_cluster_is_away_says_so(app: App) -> None:
    config = replace(CONFIG, auth=AuthConfig(is_disabled=True))
    path = f"/api/v1/watch/namespaces/{NAMESPACE}/inferenceservices"
    async with AsyncExitStack() as stack:
        connection, proxy = await stack.enter_async_context(proxied(app.demo.connection))
        other = await stack.enter_async_context(running_app(config, connection=connection))
        anybody = await stack.enter_async_context(other.person(None))

        async def is_read() -> bool:
            return (await anybody.get(SERVICES)).status == 200

        await until(is_read)
        async with anybody.stream(path) as answer:
            assert "staleSince" not in await _message(answer)
        proxy.cut()

        async def is_stale() -> bool:
            return STALE in (await anybody.get(SERVICES)).headers

        await until(is_stale)
        since = (await anybody.get(SERVICES)).headers[STALE]
        async with anybody.stream(path) as answer:
            assert (await _message(answer))["staleSince"] == since
