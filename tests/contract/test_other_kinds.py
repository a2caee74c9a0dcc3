"""Each kind beside InferenceServices, from its creation to its end, through the pages: by an editor, and refused to a viewer."""

import html
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from modelsweb import errors
from modelsweb.kinds import (
    INFERENCE_GRAPH,
    LLM_INFERENCE_SERVICE,
    LOCAL_MODEL_NAMESPACE_CACHE,
    SERVING_RUNTIME,
    TRAINED_MODEL,
)
from modelsweb.objects.kind import Kind
from modelsweb.web.urls import segment
from tests.contract.cluster import Cluster
from tests.contract.test_personas import STOP, populated
from tests.running import App, Person, text_of
from tests.waiting import until

TEXTS: dict[Kind, str] = {
    LLM_INFERENCE_SERVICE: """\
apiVersion: serving.kserve.io/v1alpha2
kind: LLMInferenceService
metadata: {name: one}
spec:
  model: {uri: hf://a/b, name: a/b}
  router: {route: {}}
  worker: {containers: [{name: main, image: x}]}
  parallelism: {data: 2, dataLocal: 1}
""",
    INFERENCE_GRAPH: """\
apiVersion: serving.kserve.io/v1alpha1
kind: InferenceGraph
metadata: {name: one}
spec: {nodes: {root: {routerType: Sequence, steps: [{serviceName: gone}]}}}
""",
    TRAINED_MODEL: """\
apiVersion: serving.kserve.io/v1alpha1
kind: TrainedModel
metadata: {name: one}
spec: {inferenceService: iris, model: {framework: sklearn, memory: 1Gi, storageUri: "gs://b/m"}}
""",
    SERVING_RUNTIME: """\
apiVersion: serving.kserve.io/v1alpha1
kind: ServingRuntime
metadata: {name: one}
spec:
  supportedModelFormats: [{name: sklearn, version: "1", autoSelect: true}]
  containers: [{name: kserve-container, image: x}]
""",
    LOCAL_MODEL_NAMESPACE_CACHE: """\
apiVersion: serving.kserve.io/v1alpha1
kind: LocalModelNamespaceCache
metadata: {name: one}
spec: {sourceModelUri: hf://a/b, modelSize: 1Gi, nodeGroups: [gpu-nodes]}
""",
}
STOPPABLE = (LLM_INFERENCE_SERVICE, INFERENCE_GRAPH)


@pytest.fixture
async def app(cluster: Cluster) -> AsyncIterator[App]:
    async with populated(cluster) as (app, _):
        yield app


@pytest.mark.parametrize("kind", TEXTS, ids=lambda kind: kind.plural)
async def test_a_kind_lives_and_ends_by_the_pages(cluster: Cluster, app: App, kind: Kind) -> None:
    namespace = cluster.namespace
    here = f"/n/{namespace}/{segment(kind)}/one"
    fields = {"yaml": TEXTS[kind], "despite": "1"}

    async def is_there() -> bool:
        try:
            stored = await cluster.client.get(kind, namespace=namespace, name="one")
        except errors.NotFoundError:
            return False
        return "deletionTimestamp" not in stored["metadata"]

    async def stored_metadata() -> dict[str, Any]:
        stored = await cluster.client.get(kind, namespace=namespace, name="one")
        return dict(stored["metadata"])

    async with app.person("viewer@example.com") as viewer, app.person("editor@example.com") as editor:
        refused = await viewer.post(f"/n/{namespace}/create", fields)
        assert refused.status in {200, 403, 422}
        assert not await is_there()
        created = await editor.post(f"/n/{namespace}/create", fields)
        assert await is_there(), text_of(created.text)

        async def is_shown() -> bool:
            listed = await viewer.get(f"/n/{namespace}/{segment(kind)}.json")
            return '"one"' in listed.text and (await viewer.get(here)).status == 200

        await until(is_shown)
        assert "Delete…" not in (await viewer.get(here)).text
        assert "Delete…" in (await editor.get(here)).text
        await _annotated(viewer, here)
        assert "team" not in (await stored_metadata()).get("annotations", {})
        await _annotated(editor, here)
        assert (await stored_metadata())["annotations"]["team"] == "chat"

        async def is_changed() -> bool:
            return "chat" in (await viewer.get(f"{here}/yaml")).text

        await until(is_changed)
        if kind in STOPPABLE:
            assert (await viewer.post(f"{here}/act", {"action": "stop"})).status == 403
            assert (await editor.post(f"{here}/act", {"action": "stop"})).status == 200
            stored = await cluster.client.get(kind, namespace=namespace, name="one")
            assert stored["metadata"]["annotations"][STOP] == "true"
        ask = {"action": "delete", "confirm": "one"}
        assert (await viewer.post(f"{here}/act", ask)).status == 403
        assert await is_there()
        assert (await editor.post(f"{here}/act", ask)).status == 200
        assert not await is_there()


async def _annotated(person: Person, here: str) -> None:
    """Edits the YAML as the browser would: opens it, reviews the change, saves what was reviewed."""
    opened = (await person.get(f"{here}/edit")).text
    given = dict(re.findall(r'<input type="hidden" name="(uid|base)" value="([^"]*)"', opened))
    form = {name: html.unescape(value) for name, value in given.items()}
    base = form.get("base", "metadata:\n")
    form["yaml"] = base.replace("metadata:\n", "metadata:\n  annotations: {team: chat}\n", 1)
    review = await person.post(f"{here}/edit", {**form, "step": "review"})
    reviewed = re.findall(r'name="reviewed" value="(\w*)"', review.text)
    await person.post(f"{here}/edit", {**form, "step": "save", "reviewed": "".join(reviewed)})


async def test_what_a_graph_calls_is_told_by_its_name(cluster: Cluster, app: App) -> None:
    namespace = cluster.namespace
    async with app.person("editor@example.com") as editor:
        fields = {"yaml": TEXTS[INFERENCE_GRAPH], "despite": "1"}
        await editor.post(f"/n/{namespace}/create", fields)

        async def is_told() -> bool:
            page = await editor.get(f"/n/{namespace}/graphs/one")
            return "This service does not exist." in text_of(page.text)

        await until(is_told)
        runtimes = await editor.get(f"/n/{namespace}/runtimes/-/choice?format=nothing-like-it")
        assert runtimes.status == 200
        assert "Unknown: none of this namespace fits" in text_of(runtimes.text)
