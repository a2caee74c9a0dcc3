"""Logs as the browser gets them: rights first, then lines once and in order, taken up where they broke off."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from tests.running import NAMESPACE, App, running_app
from tests.waiting import LIMIT, until

from modelsweb.config import AuthConfig, Config, WebConfig
from modelsweb.kinds import POD

CONFIG = Config(web=WebConfig(secure_cookies=False, port=0), auth=AuthConfig(cache_seconds=0.2))
PAGE = f"/n/{NAMESPACE}/services/iris/logs"


@pytest.fixture
async def serving() -> AsyncIterator[tuple[App, dict[str, Any]]]:
    """An app whose service ``iris`` has a running pod, and that pod."""
    async with running_app(CONFIG, with_simulator=True) as app:
        await app.add("iris")

        async def running() -> dict[str, Any] | None:
            page = await app.cluster.list_page(POD, namespace=NAMESPACE)
            for raw in page.items or ():
                pod: dict[str, Any] = json.loads(bytes(raw))
                conditions = pod.get("status", {}).get("conditions", ())
                if any(one["type"] == "Ready" and one["status"] == "True" for one in conditions):
                    return pod
            return None

        found = await until(running)
        assert found
        async with app.alice as alice:

            async def seen() -> bool:
                return (
                    found["metadata"]["name"]
                    in (await alice.get(f"/n/{NAMESPACE}/services/iris/pods.json")).text
                )

            await until(seen)
        yield app, found


def write(app: App, pod: dict[str, Any], text: str) -> None:
    app.demo.server.logs.write(pod["metadata"]["uid"], "kserve-container", text=text)


async def event(answer: aiohttp.ClientResponse) -> tuple[str, dict[str, Any]]:
    """The next named message."""
    name = ""
    while True:
        line = (await asyncio.wait_for(answer.content.readline(), LIMIT)).decode()
        if line.startswith("event: "):
            name = line[7:].strip()
        elif line.startswith("data: "):
            return name, json.loads(line[6:].strip() or "{}")
        elif not line:
            return "end", {}
        elif line == "\n" and name == "close":
            return name, {}


async def texts_until(answer: aiohttp.ClientResponse, last: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    while not any(text == last for _, text in found):
        name, data = await event(answer)
        assert name not in {"end", "close"}, found
        if name == "lines":
            found += [(stamp, text) for stamp, text in data["l"]]
    return found


async def test_lines_come_as_they_are_written_and_are_taken_up_after_a_break(
    serving: tuple[App, dict[str, Any]],
) -> None:
    app, pod = serving
    id_ = f"{pod['metadata']['name']}/kserve-container"
    async with app.alice as alice:
        async with alice.stream(f"{PAGE}/lines") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            for number in range(20):
                write(app, pod, f"行 {number} <b>&</b>")
            first = await texts_until(answer, "行 19 <b>&</b>")
        for number in range(20, 30):
            write(app, pod, f"行 {number} <b>&</b>")
        stamp = first[-1][0]
        count = sum(at == stamp for at, _ in first)
        async with alice.stream(f"{PAGE}/lines?have={id_}@{stamp}~{count}") as answer:
            second = await texts_until(answer, "行 29 <b>&</b>")
    mine = [text for _, text in (*first, *second) if text.startswith("行")]
    assert mine == [f"行 {number} <b>&</b>" for number in range(30)]


async def test_tail_and_since_narrow_and_say_so(serving: tuple[App, dict[str, Any]]) -> None:
    app, pod = serving
    for number in range(300):
        write(app, pod, f"line {number}")
    async with app.alice as alice:
        async with alice.stream(f"{PAGE}/lines?tail=10") as answer:
            found = await texts_until(answer, "line 299")
        assert len(found) < 20  # the container itself may write on meanwhile
        assert "line 289" not in [text for _, text in found]
        async with alice.stream(f"{PAGE}/lines?once=1&tail=1") as answer:
            body = await answer.text()
        assert '"line 290"' not in body
        assert '"missed":false' in body
        async with alice.stream(f"{PAGE}/lines?once=1&since=zero&tail=-3&prev=maybe&have=nonsense") as answer:
            assert answer.status == 200
            assert '"line 299"' in await answer.text()


async def test_a_new_pod_joins_the_open_page(serving: tuple[App, dict[str, Any]]) -> None:
    app, pod = serving
    async with app.alice as alice, alice.stream(f"{PAGE}/lines") as answer:
        write(app, pod, "here")
        await texts_until(answer, "here")
        await app.cluster.delete(POD, namespace=NAMESPACE, name=pod["metadata"]["name"])
        joined: set[str] = set()
        while len({id_ for id_ in joined if id_.endswith("/kserve-container")}) < 2:
            name, data = await event(answer)
            assert name not in {"end", "close"}
            if name == "streams":
                joined |= set(data["ids"])


async def test_without_the_right_to_logs_there_is_an_explanation_and_no_byte(
    serving: tuple[App, dict[str, Any]],
) -> None:
    app, pod = serving
    write(app, pod, "secret words")
    async with app.bob as bob:
        page = await bob.get(PAGE)
        assert page.status == 200
        assert "You do not have permission to view logs here" in page.text
        assert "pods/log" in page.text
        assert 'id="log"' not in page.text
        for path in ("lines", "lines?once=1", "download"):
            refused = await bob.get(f"{PAGE}/{path}")
            assert refused.status == 403
            assert "secret words" not in refused.text
        overview = await bob.get(f"/n/{NAMESPACE}/services/iris")
        assert "/logs?" not in overview.text
    async with app.charlie as charlie:
        for path in ("", "/lines", "/download", "/live"):
            assert (await charlie.get(PAGE + path)).status == 403


async def test_a_right_that_goes_ends_the_open_stream(serving: tuple[App, dict[str, Any]]) -> None:
    app, pod = serving
    async with app.alice as alice, alice.stream(f"{PAGE}/lines") as answer:
        write(app, pod, "before")
        await texts_until(answer, "before")
        for obj in list(app.demo.server.storage.list(_bindings(app), NAMESPACE)):
            if obj["metadata"]["name"] == "kserve-edit":
                app.demo.server.storage.remove(_bindings(app), (NAMESPACE, "kserve-edit"))
        name = ""
        while name not in {"close", "end"}:
            name, _ = await event(answer)
        # Where one right goes before another the browser is sent back, and refused when it comes.
        if name == "end":

            async def refused() -> bool:
                return (await alice.get(f"{PAGE}/lines?once=1")).status == 403

            await until(refused)


def _bindings(app: App) -> Any:
    return app.demo.server.registry.get("rbac.authorization.k8s.io", "v1", plural="rolebindings")


async def test_download_gives_all_of_it(serving: tuple[App, dict[str, Any]]) -> None:
    app, pod = serving
    write(app, pod, "模型 \x1b[31mred\x1b[0m")
    async with app.alice as alice:
        one = await alice.get(f"{PAGE}/download?c=kserve-container")
        assert one.headers["content-disposition"] == f'attachment; filename="{NAMESPACE}-iris.log"'
        assert "模型 \x1b[31mred\x1b[0m\n" in one.text
        assert "==>" not in one.text
        both = await alice.get(f"{PAGE}/download?c=kserve-container&c=storage-initializer")
        assert both.text.count("==> ") == 2
        none = await alice.get(f"{PAGE}/download?pod=nobody")
        assert none.status == 404


async def test_pods_of_others_can_not_be_named(serving: tuple[App, dict[str, Any]]) -> None:
    app, pod = serving
    await app.add("other")
    write(app, pod, "of iris")
    async with app.alice as alice:
        body = (
            await alice.get(f"/n/{NAMESPACE}/services/other/logs/lines?once=1&pod={pod['metadata']['name']}")
        ).text
        assert "of iris" not in body
        page = await alice.get(f"/n/{NAMESPACE}/services/other/logs?pod={pod['metadata']['name']}")
        assert page.status == 200
        assert "No pods match the selection" in page.text
