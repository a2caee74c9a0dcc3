"""InferenceServices and LLM services stand in one list, each for who may see it."""

import html
import json
from typing import Any

from tests.running import NAMESPACE, App, Person, message_with, text_of
from tests.waiting import until

from modelsweb.kinds import INFERENCE_SERVICE, LLM_INFERENCE_SERVICE
from modelsweb.objects.kind import Kind
from modelsweb.topology.stop import STOP

LIST = f"/n/{NAMESPACE}/services"


def _llm(name: str) -> dict[str, Any]:
    return {
        "apiVersion": LLM_INFERENCE_SERVICE.api_version,
        "kind": LLM_INFERENCE_SERVICE.kind,
        "metadata": {"name": name, "labels": {"team": "chat"}},
        "spec": {
            "model": {"uri": "hf://org/chat", "name": "chat-large"},
            "prefill": {"replicas": 2},
            "router": {"route": {"group": "chat", "weight": 20}},
        },
    }


async def _create(app: App, name: str) -> None:
    await app.cluster.create(LLM_INFERENCE_SERVICE, _llm(name), namespace=NAMESPACE)


async def _rows(person: Person, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((await person.get(f"{LIST}.json?{query}")).text)["rows"]
    return found


async def _until_there(person: Person, number: int) -> None:
    async def is_there() -> bool:
        return len(await _rows(person)) == number

    await until(is_there)


async def test_objects_of_one_name_are_two_rows_with_pages_of_their_own(app: App) -> None:
    await app.add("one")
    await _create(app, "one")
    async with app.alice as alice:
        await _until_there(alice, 2)
        page = (await alice.get(LIST)).text
        assert f'href="/models{LIST}/one"' in page
        assert f'href="/models/n/{NAMESPACE}/llm-services/one"' in page
        assert {row["kind"]["kind"] for row in await _rows(alice, "kind=LLMInferenceService")} == {
            "LLMInferenceService"
        }
        [found] = await _rows(alice, "q=chat-large")
        assert (found["storage_uri"], found["group"]) == ("hf://org/chat", "chat (20)")
        assert [row["name"] for row in await _rows(alice, "label=team%3Dchat")] == ["one"]
        exported = json.loads((await alice.get(f"{LIST}/-/export.json?kind=LLMInferenceService")).text)
        assert [(row["kind"], row["model"]) for row in exported] == [("LLMInferenceService", "chat-large")]


async def test_the_facet_of_kinds_is_there_where_there_are_several(app: App) -> None:
    await app.add("one")
    async with app.alice as alice:
        await _until_there(alice, 1)
        assert "kind=LLMInferenceService" not in (await alice.get(LIST)).text
        await _create(app, "two")
        await _until_there(alice, 2)
        assert "kind=LLMInferenceService" in html.unescape((await alice.get(LIST)).text)


async def test_the_list_is_live_for_both_kinds(app: App) -> None:
    await app.add("one")
    async with app.alice as alice:
        await _until_there(alice, 1)
        async with alice.stream(f"{LIST}/-/live") as stream:
            await _create(app, "later")
            assert "/llm-services/later" in await message_with(stream, "later")
            await app.cluster.delete(LLM_INFERENCE_SERVICE, namespace=NAMESPACE, name="later")
            await _until_there(alice, 1)


async def test_both_kinds_are_stopped_and_deleted_together(app: App) -> None:
    await app.add("one")
    await _create(app, "one")
    async with app.alice as alice:
        await _until_there(alice, 2)
        question = await alice.post(f"{LIST}/-/act", {"action": "stop", "all": "1"})
        assert "Stop 2 services?" in text_of(question.text)
        assert "llminferenceservices.serving.kserve.io one" in text_of(question.text)
        await alice.post(f"{LIST}/-/act/do", {"action": "stop", "all": "1"})
        for kind in (INFERENCE_SERVICE, LLM_INFERENCE_SERVICE):
            live = await app.cluster.get(kind, namespace=NAMESPACE, name="one")
            assert live["metadata"]["annotations"][STOP] == "true"
        of_llm = {"action": "delete", "confirm": "one", "item": f"{NAMESPACE}/one//llminferenceservices"}
        await alice.post(f"{LIST}/-/act/do", of_llm)
        await _until_there(alice, 1)
    assert (await app.cluster.get(INFERENCE_SERVICE, namespace=NAMESPACE, name="one"))["metadata"]["name"]


async def _may_list(app: App, user: str, kind: Kind) -> None:
    """Lets somebody list and create one kind in the namespace, and nothing else."""
    api = "rbac.authorization.k8s.io"
    role = {
        "apiVersion": f"{api}/v1",
        "kind": "Role",
        "metadata": {"name": "one-kind"},
        "rules": [
            {
                "apiGroups": [kind.group],
                "resources": [kind.plural],
                "verbs": ["get", "list", "watch", "create"],
            }
        ],
    }
    binding = {
        "apiVersion": f"{api}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "one-kind"},
        "roleRef": {"apiGroup": api, "kind": "Role", "name": "one-kind"},
        "subjects": [{"apiGroup": api, "kind": "User", "name": user}],
    }
    roles = Kind(group=api, version="v1", kind="Role", plural="roles")
    bindings = Kind(group=api, version="v1", kind="RoleBinding", plural="rolebindings")
    await app.cluster.create(roles, role, namespace=NAMESPACE)
    await app.cluster.create(bindings, binding, namespace=NAMESPACE)


async def test_who_may_list_one_kind_sees_that_and_reads_of_the_other(app: App) -> None:
    await app.add("hush")
    await _create(app, "shown")
    await _may_list(app, "dora@example.com", LLM_INFERENCE_SERVICE)
    async with app.person("dora@example.com") as dora, app.alice as alice:
        await _until_there(alice, 2)

        async def is_seen() -> bool:
            return (await dora.get(LIST)).status == 200

        await until(is_seen)
        assert [row["name"] for row in await _rows(dora)] == ["shown"]
        page = text_of((await dora.get(LIST)).text)
        assert "You may not list inferenceservices.serving.kserve.io here; they are left out." in page
        assert "hush" not in page
        assert f'<option value="{NAMESPACE}"' in (await dora.get(LIST)).text  # the selector knows it is hers
        assert "<textarea" in (await dora.get(f"/n/{NAMESPACE}/create")).text  # her own kind she may create


async def test_old_addresses_of_a_kind_lead_on(app: App) -> None:
    async with app.alice as alice:
        for old, new in (
            (f"/n/{NAMESPACE}/llminferenceservices/a/yaml", f"/n/{NAMESPACE}/llm-services/a/yaml"),
            (f"/n/{NAMESPACE}/inferencegraphs?q=x", f"/n/{NAMESPACE}/graphs?q=x"),
            ("/all/trainedmodels", "/all/trained-models"),
            ("/all/trainedmodels.json?q=x", "/all/trained-models.json?q=x"),
            (f"/n/{NAMESPACE}/inferencegraphs.json", f"/n/{NAMESPACE}/graphs.json"),
            ("/all/inferencegraphs/-/export.csv", "/all/graphs/-/export.csv"),
            (f"/n/{NAMESPACE}/llm-services?q=x", f"{LIST}?kind=LLMInferenceService&q=x"),
            ("/all/llm-services.json", "/services.json?kind=LLMInferenceService"),
        ):
            answer = await alice.get(old, follow=False)
            assert (answer.status, answer.headers["Location"]) == (301, f"/models{new}")
