"""Many services at once: rights for each, a result for each, and no way around the question."""

import json

import pytest
from tests.running import NAMESPACE, App, Reply, text_of
from tests.waiting import until

from modelsweb.kinds import INFERENCE_GRAPH, INFERENCE_SERVICE

ACT = f"/n/{NAMESPACE}/services/-/act"


async def _item(app: App, name: str) -> str:
    created = await app.add(name)
    return f"{NAMESPACE}/{name}/{created['metadata']['uid']}"


async def test_stopping_asks_then_stops(app: App) -> None:
    item = await _item(app, "iris")
    async with app.alice as alice:
        asked = await alice.post(ACT, {"action": "stop", "item": item})
        assert "Stop 1 service?" in text_of(asked.text)
        done = await alice.post(f"{ACT}/do", {"action": "stop", "item": item})
    assert "1 service stopped" in text_of(done.text)
    stored = await app.cluster.get(INFERENCE_SERVICE, namespace=NAMESPACE, name="iris")
    assert stored["metadata"]["annotations"]["serving.kserve.io/stop"] == "true"
    async with app.alice as alice:
        await alice.post(f"{ACT}/do", {"action": "start", "item": item})
    stored = await app.cluster.get(INFERENCE_SERVICE, namespace=NAMESPACE, name="iris")
    assert "serving.kserve.io/stop" not in stored["metadata"].get("annotations", {})


async def test_deleting_needs_the_name_of_one_and_the_count_of_several(app: App) -> None:
    item = await _item(app, "iris")
    await app.add("other")
    async with app.alice as alice:
        wrong = await alice.post(f"{ACT}/do", {"action": "delete", "item": item, "confirm": "1"})
        assert wrong.status == 422
        every = {"action": "delete", "all": "1", "confirm": "1"}
        assert (await alice.post(f"{ACT}/do", every)).status == 422
        done = await alice.post(f"{ACT}/do", {**every, "confirm": "2"})
    assert "Deletion of 2 services requested" in text_of(done.text)

    async def gone() -> bool:
        async with app.alice as alice:
            return '"rows":[]' in (await alice.get(f"/n/{NAMESPACE}/services.json")).text

    await until(gone)


async def test_another_object_of_the_same_name_is_left_alone(app: App) -> None:
    await app.add("iris")
    async with app.alice as alice:
        form = {"action": "stop", "item": f"{NAMESPACE}/iris/another-uid"}
        done = await alice.post(f"{ACT}/do", form)
    assert "0 of 1 succeeded" in text_of(done.text)
    stored = await app.cluster.get(INFERENCE_SERVICE, namespace=NAMESPACE, name="iris")
    assert "serving.kserve.io/stop" not in stored["metadata"].get("annotations", {})


@pytest.mark.parametrize("action", ["stop", "start", "delete"])
async def test_who_may_only_look_is_blocked_item_by_item(app: App, action: str) -> None:
    item = await _item(app, "iris")
    async with app.bob as bob:
        page = await bob.get(f"/n/{NAMESPACE}/services")
        asked = await bob.post(ACT, {"action": action, "item": item})
        done = await bob.post(f"{ACT}/do", {"action": action, "item": item, "confirm": "iris"})
    assert 'name="item"' not in page.text
    assert "needs permission to" in text_of(asked.text)
    assert "0 of 1 succeeded" in text_of(done.text)
    assert (await app.cluster.get(INFERENCE_SERVICE, namespace=NAMESPACE, name="iris"))["metadata"]["name"]


async def test_charlie_may_not_even_learn_what_there_is(app: App) -> None:
    await app.add("iris")
    async with app.charlie as charlie:
        answer = await charlie.post(ACT, {"action": "delete", "all": "1"})
        everywhere = await charlie.get("/services")
        exported = await charlie.get("/services/-/export.csv")
        refused = await charlie.get(f"/n/{NAMESPACE}/services/-/export.csv")
    assert answer.status == refused.status == 403
    assert "iris" not in everywhere.text + exported.text
    assert "not shown" not in text_of(everywhere.text)


@pytest.mark.parametrize(
    "form", [{"action": "explode"}, {"item": "x"}, {"action": "stop", "item": "a/b/c/d"}, {"action": "stop"}]
)
async def test_nonsense_is_no_server_error(app: App, form: dict[str, str]) -> None:
    async with app.alice as alice:
        answers: list[Reply] = [await alice.post(path, form) for path in (ACT, f"{ACT}/do")]
    assert all(answer.status < 500 for answer in answers)


async def test_writes_need_the_token(app: App) -> None:
    async with app.alice as alice:
        await alice.get("/namespaces")
        answer = await alice.post(f"{ACT}/do", {"action": "stop", "all": "1"}, token=False)
    assert answer.status == 403


async def test_exports_hold_every_page_and_only_what_may_be_seen(app: App) -> None:
    for name in ("a", "b", "c"):
        await app.add(name)
    async with app.bob as bob:
        found = await bob.get("/services/-/export.json?per=20&cols=none&sort=-name")
        unknown = await bob.get("/services/-/export.xls")
    assert found.headers["content-disposition"].startswith("attachment")
    assert [row["name"] for row in json.loads(found.text)] == ["c", "b", "a"]
    assert unknown.status == 404


async def test_a_service_is_stopped_and_started_from_its_own_page(app: App) -> None:
    item = await _item(app, "iris")
    page = f"/n/{NAMESPACE}/services/iris"
    async with app.alice as alice:
        assert "Stop…" in (await alice.get(page)).text
        assert f'value="{item}"' in (await alice.get(page)).text
        done = await alice.post(f"{ACT}/do", {"action": "stop", "item": item})
        assert f"{page}</a>" not in done.text
        assert f'{page}"' in done.text  # the name leads back

        async def startable() -> bool:
            said = (await alice.get(page)).text
            return "Start…" in said and "Stop…" not in said

        await until(startable)


async def test_who_may_only_read_is_not_offered_to_stop(app: App) -> None:
    await app.add("iris")
    async with app.bob as bob:
        said = (await bob.get(f"/n/{NAMESPACE}/services/iris")).text
    assert "iris" in said
    assert "Stop…" not in said


async def test_each_of_several_says_what_leans_on_it(app: App) -> None:
    await app.add("one")
    await app.add("two")
    root = {"routerType": "Sequence", "steps": [{"serviceName": "two"}]}
    graph = {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "InferenceGraph",
        "metadata": {"name": "calls-it"},
        "spec": {"nodes": {"root": root}},
    }
    await app.cluster.create(INFERENCE_GRAPH, graph, namespace=NAMESPACE)
    async with app.alice as alice:

        async def is_known() -> bool:
            return "calls-it" in (await alice.get(f"/n/{NAMESPACE}/services/two/delete")).text

        await until(is_known)
        words = text_of((await alice.post(ACT, {"action": "delete", "all": "1"})).text)
    assert "Delete 2 services?" in words
    assert "1 object depends on it: InferenceGraph calls-it" in words
