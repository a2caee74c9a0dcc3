"""Deleting: asked first, by name, and shown until it is done."""

from tests.running import NAMESPACE, App, text_of
from tests.waiting import until

from modelsweb.kinds import INFERENCE_GRAPH, INFERENCE_SERVICE

DELETE = f"/n/{NAMESPACE}/services/iris/delete"


async def test_the_question_names_what_goes(app: App) -> None:
    await app.add("iris")
    async with app.alice as alice:
        page = await alice.get(DELETE)
    assert "Delete iris?" in page.text
    assert 'name="confirm"' in page.text


async def test_a_wrong_name_deletes_nothing(app: App) -> None:
    await app.add("iris")
    async with app.alice as alice:
        answer = await alice.post(DELETE, {"confirm": "irish"})
    assert answer.status == 422
    assert "Nothing was deleted" in answer.text
    assert await app.cluster.get(INFERENCE_SERVICE, namespace=NAMESPACE, name="iris")


async def test_the_row_says_deleting_until_the_object_is_gone(app: App) -> None:
    created = await app.add("iris")
    held = {"metadata": {"finalizers": ["example.com/hold"]}}
    await app.cluster.patch(INFERENCE_SERVICE, held, namespace=NAMESPACE, name="iris")
    async with app.alice as alice:
        form = {"confirm": "iris", "uid": created["metadata"]["uid"]}
        page = await alice.post(DELETE, form)
        assert page.url.endswith(f"/n/{NAMESPACE}/services")

        async def deleting() -> bool:
            words = text_of((await alice.get(f"/n/{NAMESPACE}/services")).text)
            return "Deleting" in words and "example.com/hold" in words

        await until(deleting)
        await app.cluster.patch(
            INFERENCE_SERVICE, {"metadata": {"finalizers": None}}, namespace=NAMESPACE, name="iris"
        )

        async def gone() -> bool:
            return "No model services" in (await alice.get(f"/n/{NAMESPACE}/services")).text

        await until(gone)


async def test_an_object_that_is_gone_already_is_no_error(app: App) -> None:
    created = await app.add("iris")
    await app.cluster.delete(INFERENCE_SERVICE, namespace=NAMESPACE, name="iris")
    async with app.alice as alice:
        page = await alice.post(DELETE, {"confirm": "iris", "uid": created["metadata"]["uid"]})
    assert page.status == 200


async def test_a_new_object_of_the_same_name_is_spared(app: App) -> None:
    await app.add("iris")
    async with app.alice as alice:
        answer = await alice.post(DELETE, {"confirm": "iris", "uid": "an-older-one"})
    assert answer.status == 409
    assert "Conflicting change" in answer.text


async def test_a_reader_may_not_delete(app: App) -> None:
    created = await app.add("iris")
    async with app.bob as bob:
        assert 'name="confirm"' not in (await bob.get(DELETE)).text
        answer = await bob.post(DELETE, {"confirm": "iris", "uid": created["metadata"]["uid"]})
    assert answer.status == 403
    assert await app.cluster.get(INFERENCE_SERVICE, namespace=NAMESPACE, name="iris")


async def test_what_depends_on_it_is_said_before(app: App) -> None:
    await app.add("one")
    graph = {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "InferenceGraph",
        "metadata": {"name": "calls-it"},
        "spec": {"nodes": {"root": {"routerType": "Sequence", "steps": [{"serviceName": "one"}]}}},
    }
    await app.cluster.create(INFERENCE_GRAPH, graph, namespace=NAMESPACE)
    async with app.alice as alice:

        async def is_said() -> bool:
            words = text_of((await alice.get(f"/n/{NAMESPACE}/services/one/delete")).text)
            return "1 object depends on it" in words and "calls-it" in words

        await until(is_said)
