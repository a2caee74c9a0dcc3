"""Root kinds have a list, a page, YAML, events and rights from their declaration alone."""

import json
import re
from typing import Any

import pytest
from tests.running import NAMESPACE, App, message_with
from tests.waiting import until

from modelsweb import errors
from modelsweb.kinds import (
    CLUSTER_SERVING_RUNTIME,
    EVENT,
    INFERENCE_GRAPH,
    INFERENCE_SERVICE,
    LLM_INFERENCE_SERVICE,
    LLM_INFERENCE_SERVICE_CONFIG,
    LOCAL_MODEL_NAMESPACE_CACHE,
    MODEL_SERVICES,
    ROOTS,
    SERVING_RUNTIME,
    TRAINED_MODEL,
)
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.viewmodels.components.subject import SUBJECTS
from modelsweb.web.urls import segment

STEP = {"serviceName": "iris"}
SPECS: dict[Kind, dict[str, Any]] = {
    INFERENCE_GRAPH: {"nodes": {"root": {"routerType": "Sequence", "steps": [STEP]}}},
    LLM_INFERENCE_SERVICE: {"model": {"uri": "hf://org/model", "name": "model"}},
    SERVING_RUNTIME: {
        "supportedModelFormats": [{"name": "sklearn"}],
        "containers": [{"name": "kserve-container", "image": "registry.example.com/server:1"}],
    },
    LOCAL_MODEL_NAMESPACE_CACHE: {"sourceModelUri": "hf://org/m", "modelSize": "1Gi", "nodeGroups": ["a"]},
    TRAINED_MODEL: {
        "inferenceService": "iris",
        "model": {"storageUri": "gs://b/m", "framework": "sklearn", "memory": "1Gi"},
    },
}


def _body(kind: Kind, name: str, **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "metadata": {"name": name, **metadata},
        "spec": SPECS[kind],
    }


@pytest.mark.parametrize(
    "kind", [kind for kind in SPECS if kind not in MODEL_SERVICES], ids=lambda kind: kind.plural
)
async def test_a_kind_alone_gives_list_page_yaml_and_export(app: App, kind: Kind) -> None:
    here = f"/n/{NAMESPACE}/{segment(kind)}"
    async with app.alice as alice:
        assert "that you may see" in (await alice.get(f"/all/{segment(kind)}")).text
        await app.cluster.create(kind, _body(kind, "one", labels={"team": "risk"}), namespace=NAMESPACE)
        await app.cluster.create(kind, _body(kind, "two"), namespace=NAMESPACE)

        async def is_listed() -> bool:
            return len(json.loads((await alice.get(f"{here}.json")).text)["rows"]) == 2

        await until(is_listed)
        for path in (here, f"/all/{segment(kind)}"):
            page = await alice.get(path)
            assert page.status == 200
            assert f"/n/{NAMESPACE}/{segment(kind)}/one" in page.text
        found = json.loads((await alice.get(f"{here}.json?q=team%3Drisk")).text)
        assert [row["name"] for row in found["rows"]] == ["one"]
        exported = json.loads((await alice.get(f"{here}/-/export.json")).text)
        assert [row["name"] for row in exported] == ["one", "two"]
        assert (
            (await alice.get(f"{here}/-/export.csv")).text.splitlines()[0].endswith("message,subject,created")
        )
        assert (await alice.get(f"{here}/-/export.xls")).status == 404
        heads = (await alice.get(here)).text
        assert str(SUBJECTS[kind][0]) in heads
        assert [row["subject"] for row in exported] == [SUBJECTS[kind][1](Obj(_body(kind, "one")))] * 2
        assert exported[0]["subject"]
        detail = await alice.get(f"{here}/one")
        assert detail.status == 200
        assert "team=risk" in detail.text
        assert json.loads((await alice.get(f"{here}/one.json")).text)["head"]["kind"] == kind.kind
        assert f"kind: {kind.kind}" in (await alice.get(f"{here}/one/yaml")).text
        assert (await alice.get(f"{here}/one/yaml/download")).text.startswith("apiVersion: ")
        missing = await alice.get(f"{here}/none")
        assert missing.status == 404
        assert f'href="/models{here}"' in missing.text
        assert (await alice.get(f"{here}/one/events")).status == 200


async def _may_see_runtimes(app: App, user: str) -> None:
    """Lets somebody see the runtimes of the whole cluster, and nothing else."""
    api, name = "rbac.authorization.k8s.io", user.partition("@")[0]
    rule = {
        "apiGroups": ["serving.kserve.io"],
        "resources": ["clusterservingruntimes"],
        "verbs": ["get", "list", "watch"],
    }
    role = {"apiVersion": f"{api}/v1", "kind": "ClusterRole", "metadata": {"name": name}, "rules": [rule]}
    binding = {
        "apiVersion": f"{api}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": api, "kind": "ClusterRole", "name": name},
        "subjects": [{"apiGroup": api, "kind": "User", "name": user}],
    }
    await app.cluster.create(
        Kind(group=api, version="v1", kind="ClusterRole", plural="clusterroles", namespaced=False), role
    )
    await app.cluster.create(
        Kind(
            group=api, version="v1", kind="ClusterRoleBinding", plural="clusterrolebindings", namespaced=False
        ),
        binding,
    )


async def test_rights_are_those_to_the_kind(app: App) -> None:
    await app.cluster.create(SERVING_RUNTIME, _body(SERVING_RUNTIME, "hush"), namespace=NAMESPACE)
    async with app.person("nobody@example.com") as nobody, app.alice as alice:

        async def is_there() -> bool:
            return (await alice.get(f"/n/{NAMESPACE}/runtimes/hush")).status == 200

        await until(is_there)
        for path in (
            f"/n/{NAMESPACE}/runtimes",
            f"/n/{NAMESPACE}/runtimes/hush",
            f"/n/{NAMESPACE}/runtimes/hush/yaml",
            f"/n/{NAMESPACE}/runtimes/none",
            "/cluster/clusterservingruntimes",
        ):
            answer = await nobody.get(path)
            assert answer.status == 403, path
            assert "servingruntimes.serving.kserve.io" in answer.text
        assert "hush" not in (await nobody.get("/all/runtimes")).text


async def test_kinds_of_the_whole_cluster_stand_under_an_address_of_their_own(app: App) -> None:
    await _may_see_runtimes(app, "carol@example.com")
    async with app.person("carol@example.com") as carol:
        found = json.loads((await carol.get("/cluster/clusterservingruntimes.json")).text)
        names = [row["name"] for row in found["rows"]]
        assert "kserve-sklearnserver" in names
        page = await carol.get("/cluster/clusterservingruntimes/kserve-sklearnserver")
        assert page.status == 200
        assert "Services with this runtime" in page.text
        assert 'href="/models/services?runtime=kserve-sklearnserver"' in page.text
        assert (await carol.get("/n/team-risk/clusterservingruntimes")).status == 404
        assert (await carol.get("/cluster/servingruntimes")).status == 404
        assert (await carol.get("/cluster/pods")).status == 404
        assert (await carol.get("/n/team-risk/secrets")).status == 404


async def test_rows_and_events_come_live_and_belong_to_their_object(app: App) -> None:
    here = f"/n/{NAMESPACE}/graphs"
    async with app.alice as alice, alice.stream(f"{here}/-/live") as stream:
        made = await app.cluster.create(
            INFERENCE_GRAPH, _body(INFERENCE_GRAPH, "live-one"), namespace=NAMESPACE
        )
        assert "live-one" in await message_with(stream, "live-one")
        event = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": "told", "namespace": NAMESPACE},
            "type": "Warning",
            "reason": "NoSuchService",
            "message": "iris is not there",
            "involvedObject": {
                "kind": "InferenceGraph",
                "name": "live-one",
                "namespace": NAMESPACE,
                "uid": made["metadata"]["uid"],
            },
        }
        await app.cluster.create(EVENT, event, namespace=NAMESPACE)

        async def is_told() -> bool:
            return "iris is not there" in (await alice.get(f"{here}/live-one/events")).text

        await until(is_told)
        await app.cluster.delete(INFERENCE_GRAPH, namespace=NAMESPACE, name="live-one")

        async def is_gone() -> bool:
            return (await alice.get(f"{here}/live-one")).status == 404

        await until(is_gone)


async def test_the_selector_stays_with_the_kind(app: App) -> None:
    async with app.alice as alice:
        sent = await alice.get(f"/namespaces?namespace={NAMESPACE}&kind=inferencegraphs", follow=False)
        assert sent.headers["Location"].endswith(f"/n/{NAMESPACE}/graphs")
        sent = await alice.get("/namespaces?namespace=*&kind=inferencegraphs", follow=False)
        assert sent.headers["Location"].endswith("/all/graphs")
        sent = await alice.get(f"/namespaces?namespace={NAMESPACE}&kind=secrets", follow=False)
        assert sent.headers["Location"].endswith(f"/n/{NAMESPACE}/services")


@pytest.mark.parametrize("query", ["page=99999999999", "page=0", "page=x", "sort=none&desc=1", "q=%00&q=x"])
async def test_a_query_that_makes_no_sense_is_no_error(app: App, query: str) -> None:
    async with app.alice as alice:
        assert (await alice.get(f"/n/{NAMESPACE}/runtimes?{query}")).status == 200


def test_every_root_has_words_and_is_watched() -> None:
    assert CLUSTER_SERVING_RUNTIME in ROOTS
    for kind in ROOTS:
        assert kind.watched, kind.kind
        assert kind.title is not None, kind.kind
        assert {"list", "watch"} <= set(kind.verbs), kind.kind


async def test_what_may_not_be_seen_with_an_object_is_said(app: App) -> None:
    """Bob may read the namespace; somebody with the right to graphs alone is told what that leaves out."""
    api, user = "rbac.authorization.k8s.io", "dora@example.com"
    rule = {"apiGroups": ["serving.kserve.io"], "resources": ["inferencegraphs"], "verbs": ["get", "list"]}
    role = {"apiVersion": f"{api}/v1", "kind": "Role", "metadata": {"name": "graphs"}, "rules": [rule]}
    binding = {
        "apiVersion": f"{api}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "graphs"},
        "roleRef": {"apiGroup": api, "kind": "Role", "name": "graphs"},
        "subjects": [{"apiGroup": api, "kind": "User", "name": user}],
    }
    await app.cluster.create(
        Kind(group=api, version="v1", kind="Role", plural="roles"), role, namespace=NAMESPACE
    )
    await app.cluster.create(
        Kind(group=api, version="v1", kind="RoleBinding", plural="rolebindings"), binding, namespace=NAMESPACE
    )
    await app.cluster.create(INFERENCE_GRAPH, _body(INFERENCE_GRAPH, "bare"), namespace=NAMESPACE)
    async with app.person(user) as dora:
        page = f"/n/{NAMESPACE}/graphs/bare"

        async def is_there() -> bool:
            return (await dora.get(page)).status == 200

        await until(is_there)
        assert "ingresses.networking.k8s.io" in (await dora.get(page)).text
        assert "do not have permission" in (await dora.get(f"{page}/events")).text


@pytest.mark.parametrize("kind", [LLM_INFERENCE_SERVICE, INFERENCE_GRAPH], ids=lambda kind: kind.plural)
async def test_what_has_pods_has_them_and_their_logs_on_tabs(app: App, kind: Kind) -> None:
    here = f"/n/{NAMESPACE}/{segment(kind)}"
    async with app.alice as alice:
        await app.cluster.create(kind, _body(kind, "one"), namespace=NAMESPACE)

        async def is_there() -> bool:
            return (await alice.get(f"{here}/one")).status == 200

        await until(is_there)
        page = await alice.get(f"{here}/one/pods")
        assert page.status == 200
        assert f"{here}/one/logs" in page.text
        assert "No pod has been created yet." in page.text or "No pods." in page.text
        logs = await alice.get(f"{here}/one/logs?tail=100")
        assert logs.status == 200
        assert kind.kind in logs.text
    async with app.alice as alice:
        runtimes = await alice.get(f"/n/{NAMESPACE}/trained-models/one/pods")
        assert runtimes.status == 404


@pytest.mark.parametrize("kind", [LLM_INFERENCE_SERVICE, INFERENCE_GRAPH], ids=lambda kind: kind.plural)
async def test_stop_start_and_delete_ask_first(app: App, kind: Kind) -> None:
    here = f"/n/{NAMESPACE}/{segment(kind)}/one"
    async with app.alice as alice:
        await app.cluster.create(kind, _body(kind, "one"), namespace=NAMESPACE)

        async def is_there() -> bool:
            return (await alice.get(here)).status == 200

        async def annotation() -> str | None:
            stored = await app.cluster.get(kind, namespace=NAMESPACE, name="one")
            return (stored["metadata"].get("annotations") or {}).get("serving.kserve.io/stop")

        await until(is_there)
        assert "Stop one?" in (await alice.get(f"{here}/act?action=stop")).text
        assert await annotation() is None
        assert (await alice.post(f"{here}/act", {"action": "stop"})).status == 200
        assert await annotation() == "true"
        await alice.post(f"{here}/act", {"action": "start"})
        assert await annotation() is None
        assert (await alice.post(f"{here}/act", {"action": "explode"})).status == 400
        wrong = await alice.post(f"{here}/act", {"action": "delete", "confirm": "two"})
        assert wrong.status == 422
        assert "Nothing was deleted" in wrong.text
        assert (await alice.post(f"{here}/act", {"action": "delete", "confirm": "one"})).status == 200
        with pytest.raises(errors.NotFoundError):
            await app.cluster.get(kind, namespace=NAMESPACE, name="one")


async def test_a_graph_tells_of_a_service_that_is_not_there(app: App) -> None:
    async with app.alice as alice:
        await app.cluster.create(INFERENCE_GRAPH, _body(INFERENCE_GRAPH, "one"), namespace=NAMESPACE)

        async def is_told() -> bool:
            page = await alice.get(f"/n/{NAMESPACE}/graphs/one")
            return "which does not exist" in page.text and "This service does not exist." in page.text

        await until(is_told)
        rows = json.loads((await alice.get(f"/n/{NAMESPACE}/graphs.json")).text)["rows"]
        assert [row["status"] for row in rows] == ["failed"]


async def test_a_service_names_what_leans_on_it_live(app: App) -> None:
    """For those who may list these kinds; and no longer when it is gone."""
    model = {"modelFormat": {"name": "sklearn"}}
    service = {
        "apiVersion": INFERENCE_SERVICE.api_version,
        "kind": INFERENCE_SERVICE.kind,
        "metadata": {"name": "iris"},
        "spec": {"predictor": {"model": model}},
    }
    await app.cluster.create(INFERENCE_SERVICE, service, namespace=NAMESPACE)
    async with app.alice as alice:
        here = f"/n/{NAMESPACE}/services/iris"

        async def is_there() -> bool:
            return (await alice.get(here)).status == 200

        await until(is_there)
        assert "Called by" not in (await alice.get(here)).text
        async with alice.stream(f"{here}/live") as stream:
            for kind, name in ((TRAINED_MODEL, "held-one"), (INFERENCE_GRAPH, "caller-one")):
                await app.cluster.create(kind, _body(kind, name), namespace=NAMESPACE)
                assert f"/n/{NAMESPACE}/{segment(kind)}/{name}" in await message_with(stream, name)
            await app.cluster.delete(INFERENCE_GRAPH, namespace=NAMESPACE, name="caller-one")

            async def is_gone() -> bool:
                return "Called by" not in (await alice.get(here)).text

            await until(is_gone)
        assert "held-one" in (await alice.get(here)).text


async def test_an_llm_service_tells_where_its_values_come_from(app: App) -> None:
    """And what could not be read of it."""
    kind, config = LLM_INFERENCE_SERVICE, LLM_INFERENCE_SERVICE_CONFIG
    made = await app.cluster.create(kind, _body(kind, "combined"), namespace=NAMESPACE)
    base = {
        "apiVersion": config.api_version,
        "kind": config.kind,
        "metadata": {"name": "base"},
        "spec": {"replicas": 3, "model": {"name": "of-base"}},
    }
    await app.cluster.create(config, base, namespace=NAMESPACE)
    applied = [
        {"namespace": NAMESPACE, "name": "base", "source": "UserRef"},
        {"namespace": "elsewhere", "name": "hidden", "source": "Preset"},
    ]
    await app.cluster.replace(
        kind,
        {**made, "status": {"appliedConfigs": applied}},
        namespace=NAMESPACE,
        name="combined",
        subresource="status",
    )
    here = f"/n/{NAMESPACE}/llm-services/combined"
    async with app.alice as alice:

        async def is_told() -> bool:
            return "elsewhere/hidden" in (await alice.get(f"{here}/spec")).text

        await until(is_told)
        page = (await alice.get(f"{here}/spec")).text
        assert "2 of 3 values are set by the service itself" in page
        assert "of-base" in page
        assert 'href="#layer-1-4"' in page
        assert 'id="layer-1-4">    name: of-base' in page
        for show, paths in (
            ("own", ["model.name", "model.uri"]),
            ("others", ["replicas"]),
            ("overridden", ["model.name"]),
            ("different", []),
        ):
            found = (await alice.get(f"{here}/spec?show={show}")).text
            assert re.findall(r'rowheader"><code translate="no">([^<]*)', found) == paths, show
            assert ("No such values" in found) is (not paths)
        assert "2 of 3 values" in (await alice.get(f"{here}/spec?show=nonsense")).text
        assert f'href="/models{here}/spec"' in (await alice.get(here)).text
        assert (await alice.get(f"/n/{NAMESPACE}/graphs/none/spec")).status == 404
        assert (await alice.get(f"/n/{NAMESPACE}/runtimes/none/spec")).status == 404
    async with app.person("nobody@example.com") as nobody:
        assert (await nobody.get(f"{here}/spec")).status == 403
