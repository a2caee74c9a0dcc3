"""Changing a part of a service: a few fields, a review, the save; in place where there is a script."""

import html
import re
from typing import Any

import pytest
from tests.running import NAMESPACE, App, Person, Reply, text_of
from tests.waiting import until

from modelsweb.kinds import INFERENCE_GRAPH, INFERENCE_SERVICE, LLM_INFERENCE_SERVICE
from modelsweb.objects.kind import Kind
from modelsweb.web.urls import segment

PATH = f"/n/{NAMESPACE}/services/one/edit"


async def _opened(person: Person, part: str, *, path: str = PATH) -> tuple[Reply, dict[str, str]]:
    """The page, and the form as the browser would send it."""
    page = await person.get(f"{path}?part={part}")
    assert page.status == 200
    fields = dict(re.findall(r'<input type="hidden" name="(uid|base|part)" value="([^"]*)"', page.text))
    return page, {name: html.unescape(value) for name, value in fields.items()}


def _reviewed(answer: Reply) -> str:
    return str(re.findall(r'name="reviewed" value="(\w*)"', answer.text)[0])


async def _live(app: App) -> dict[str, Any]:
    return await app.cluster.get(INFERENCE_SERVICE, namespace=NAMESPACE, name="one")


async def test_a_part_is_reviewed_then_saved(app: App) -> None:
    await app.add("one")
    async with app.alice as alice:
        page, form = await _opened(alice, "replicas")
        assert 'name="form:min-replicas"' in page.text
        assert 'name="form:uri"' not in page.text
        form |= {"form:min-replicas": "2", "form:max-replicas": "4"}
        answer = await alice.post(PATH, {**form, "step": "review"})
        words = text_of(answer.text)
        assert answer.status == 200, words
        assert "spec.predictor.maxReplicas" in words
        assert "maxReplicas" not in (await _live(app))["spec"]["predictor"]
        other = await alice.post(
            PATH, {**form, "form:max-replicas": "5", "step": "save", "reviewed": _reviewed(answer)}
        )
        assert "maxReplicas" not in (await _live(app))["spec"]["predictor"], text_of(other.text)
        saved = await alice.post(PATH, {**form, "step": "save", "reviewed": _reviewed(answer)})
        assert saved.url.partition("#")[0].endswith("/services/one")
    predictor = (await _live(app))["spec"]["predictor"]
    assert (predictor["minReplicas"], predictor["maxReplicas"]) == (2, 4)


async def test_a_field_that_is_emptied_is_taken_out(app: App) -> None:
    await app.add("one")
    change = {"spec": {"predictor": {"maxReplicas": 7}}}
    await app.cluster.patch(INFERENCE_SERVICE, change, namespace=NAMESPACE, name="one")
    async with app.alice as alice:
        _, form = await _opened(alice, "replicas")
        while "maxReplicas: 7" not in form["base"]:  # until the watch has brought it
            _, form = await _opened(alice, "replicas")
        form["form:max-replicas"] = ""
        answer = await alice.post(PATH, {**form, "step": "review"})
        await alice.post(PATH, {**form, "step": "save", "reviewed": _reviewed(answer)})
    assert "maxReplicas" not in (await _live(app))["spec"]["predictor"]


async def test_a_bad_value_stays_beside_its_field(app: App) -> None:
    await app.add("one")
    async with app.alice as alice:
        _, form = await _opened(alice, "resources")
        answer = await alice.post(PATH, {**form, "form:memory": "4GB", "step": "review"})
    assert answer.status == 422
    assert "Enter it like this: 4G, 4Gi" in text_of(answer.text)
    assert 'value="4GB"' in answer.text


async def test_a_restart_marks_the_pods_of_every_component(app: App) -> None:
    await app.add("one")
    async with app.alice as alice:
        page, form = await _opened(alice, "restart")
        assert "All pods of the service are replaced." in text_of(page.text)
        answer = await alice.post(PATH, {**form, "step": "save"})
        assert answer.url.partition("#")[0].endswith("/services/one")
    marks = (await _live(app))["spec"]["predictor"]["annotations"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", marks["kubectl.kubernetes.io/restartedAt"])


@pytest.mark.parametrize("base", ["", "a: [", "kind: x", "- 1"])
async def test_a_base_that_is_none_is_refused(app: App, base: str) -> None:
    await app.add("one")
    async with app.alice as alice:
        _, form = await _opened(alice, "restart")
        answer = await alice.post(PATH, {**form, "base": base, "step": "save"})
    assert answer.status in {400, 422}
    assert "annotations" not in (await _live(app))["spec"]["predictor"]


async def test_a_part_that_is_none_is_the_whole_object(app: App) -> None:
    await app.add("one")
    async with app.alice as alice:
        page = await alice.get(f"{PATH}?part=nothing")
    assert 'id="yaml-source"' in page.text


async def test_who_may_not_change_it_reads_why(app: App) -> None:
    await app.add("one")
    async with app.bob as bob:
        page = await bob.get(f"{PATH}?part=replicas")
    assert "You may not patch inferenceservices.serving.kserve.io" in text_of(page.text)
    assert 'name="form:min-replicas"' not in page.text


GRAPH = {"nodes": {"root": {"routerType": "Sequence", "steps": [{"serviceName": "a"}]}}}
LLM = {"model": {"uri": "hf://org/model", "name": "model"}, "router": {"route": {}}}


@pytest.mark.parametrize(
    ("kind", "spec", "part", "given", "wanted"),
    [
        (LLM_INFERENCE_SERVICE, LLM, "replicas", {"replicas": "3"}, ("replicas", 3)),
        (
            LLM_INFERENCE_SERVICE,
            LLM,
            "weight",
            {"group": "chat", "weight": "20"},
            ("router", {"route": {"group": "chat", "weight": 20}}),
        ),
        (INFERENCE_GRAPH, GRAPH, "replicas", {"min-replicas": "2"}, ("minReplicas", 2)),
    ],
    ids=["llm replicas", "llm weight", "graph replicas"],
)
async def test_parts_of_other_kinds_are_changed_in_place_too(
    app: App, kind: Kind, spec: dict[str, Any], part: str, given: dict[str, str], wanted: tuple[str, Any]
) -> None:
    body = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": {"name": "one"}, "spec": spec}
    await app.cluster.create(kind, body, namespace=NAMESPACE)
    page = f"/n/{NAMESPACE}/{segment(kind)}/one"
    path = f"{page}/edit"
    async with app.alice as alice:

        async def is_offered() -> bool:
            return f"{path}?part={part}" in (await alice.get(page)).text

        await until(is_offered)
        _, form = await _opened(alice, part, path=path)
        form |= {f"form:{name}": value for name, value in given.items()}
        answer = await alice.post(path, {**form, "step": "review"})
        assert answer.status == 200, text_of(answer.text)
        assert "You" in text_of(answer.text)
        saved = await alice.post(path, {**form, "step": "save", "reviewed": _reviewed(answer)})
        assert saved.url.partition("#")[0].endswith(page)
    live = await app.cluster.get(kind, namespace=NAMESPACE, name="one")
    assert live["spec"][wanted[0]] == wanted[1]


async def test_a_kind_without_parts_offers_none(app: App) -> None:
    async with app.alice as alice:
        page = await alice.get(f"/n/{NAMESPACE}/trained-models/one/edit?part=replicas")
    assert page.status == 404
