"""The API of kserve/models-web-app: every route with every key, on both clusters, and its front end's own calls in their order."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

import aiohttp
import pytest

from modelsweb import errors
from modelsweb.kinds import EVENT, INFERENCE_GRAPH, INFERENCE_SERVICE, POD, TRAINED_MODEL
from modelsweb.objects.kind import Kind
from modelsweb.web.api.upstream.routes import ROUTES
from tests.contract.cluster import Cluster
from tests.contract.test_personas import BINDING, PERSONAS, populated
from tests.running import App, Person, Reply, next_message
from tests.sample_objects import service
from tests.waiting import LIMIT, until

ENVELOPE = {"success", "status", "user"}
ADMIN = "admin@example.com"


def graph(name: str, *services: str) -> dict[str, Any]:
    """A sequence of services."""
    steps = [{"serviceName": one} for one in services]
    return {
        "apiVersion": INFERENCE_GRAPH.api_version,
        "kind": INFERENCE_GRAPH.kind,
        "metadata": {"name": name},
        "spec": {"nodes": {"root": {"routerType": "Sequence", "steps": steps}}},
    }


@asynccontextmanager
async def opened(cluster: Cluster) -> AsyncIterator[tuple[App, Person, str]]:
    """The app, somebody who may do everything, and the address of the namespace; iris is there with its Deployment."""
    async with AsyncExitStack() as stack:
        app, _ = await stack.enter_async_context(populated(cluster))
        admin = await stack.enter_async_context(app.person(ADMIN))
        here = f"/api/namespaces/{cluster.namespace}"

        async def is_made() -> bool:
            """Each kind has a watch of its own, and any may come last."""
            paths = ("deployments/iris-predictor", "inferenceservices/iris/events", "inferenceservices/iris")
            answers = [await admin.get(f"{here}/{path}") for path in (*paths, "inferencegraphs")]
            return all(one.status == 200 for one in answers)

        await until(is_made)
        yield app, admin, here


def data(reply: Reply, key: str, *, user: str | None = ADMIN) -> Any:
    """The data of a success: its envelope has these keys and no others."""
    body = json.loads(reply.text)
    assert reply.status == 200, reply.text
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.headers["Cache-Control"] == "no-store"
    assert body.keys() == {*ENVELOPE, key}
    assert (body["success"], body["status"], body["user"]) == (True, 200, user)
    return body[key]


def failure(reply: Reply, status: int, *, user: str | None = ADMIN) -> str:
    """What the log of a failure says."""
    body = json.loads(reply.text)
    assert reply.status == status, reply.text
    assert {*ENVELOPE, "log", "reason"} <= body.keys()
    assert (body["success"], body["status"], body["user"]) == (False, status, user)
    assert isinstance(body["log"], str)
    assert body["log"]
    return str(body["log"])


async def test_services_are_listed_read_created_replaced_and_deleted(cluster: Cluster) -> None:
    async with opened(cluster) as (_, admin, here):
        [iris] = data(await admin.get(f"{here}/inferenceservices"), "inferenceServices")
        assert (iris["kind"], iris["apiVersion"]) == ("InferenceService", "serving.kserve.io/v1beta1")
        assert "deploymentMode" not in iris
        one = data(await admin.get(f"{here}/inferenceservices/iris"), "inferenceService")
        assert (one["metadata"]["name"], one["deploymentMode"]) == ("iris", "Standard")
        assert "hush" not in (await admin.get(f"{here}/inferenceservices")).text

        said = data(await admin.call("POST", f"{here}/inferenceservices", service("second")), "message")
        assert "second" in said
        stored = await cluster.client.get(INFERENCE_SERVICE, namespace=cluster.namespace, name="second")
        await until(lambda: _is_read(admin, f"{here}/inferenceservices/second"))
        assert "already exists" in failure(
            await admin.call("POST", f"{here}/inferenceservices", service("second")), 409
        )

        # As the front end edits: the object with its resourceVersion, and what it was answered beside it.
        edited: dict[str, Any] = {}

        async def is_edited() -> bool:
            """The controller writes meanwhile; its user reads again, and saves again."""
            found = json.loads((await admin.get(f"{here}/inferenceservices/second")).text)
            edited.update(found["inferenceService"])
            edited["spec"]["predictor"]["minReplicas"] = 2
            reply = await admin.call("PUT", f"{here}/inferenceservices/second", edited)
            if reply.status == 409:
                return False
            data(reply, "message")
            return True

        await until(is_edited)
        now = await cluster.client.get(INFERENCE_SERVICE, namespace=cluster.namespace, name="second")
        assert now["spec"]["predictor"]["minReplicas"] == 2
        assert "deploymentMode" not in now
        old = {
            **edited,
            "metadata": {**edited["metadata"], "resourceVersion": stored["metadata"]["resourceVersion"]},
        }
        failure(await admin.call("PUT", f"{here}/inferenceservices/second", old), 409)

        data(await admin.call("DELETE", f"{here}/inferenceservices/second"), "message")
        await until(lambda: _is_gone(cluster, "second"))
        failure(await admin.call("DELETE", f"{here}/inferenceservices/second"), 404)
        await until(lambda: _is_answered(admin, f"{here}/inferenceservices/second", 404))
        failure(await admin.get(f"{here}/inferenceservices/second"), 404)


async def _is_read(person: Person, path: str) -> bool:
    return await _is_answered(person, path, 200)


async def _is_answered(person: Person, path: str, status: int) -> bool:
    return (await person.get(path)).status == status


async def _is_gone(cluster: Cluster, name: str) -> bool:
    try:
        await cluster.client.get(INFERENCE_SERVICE, namespace=cluster.namespace, name=name)
    except errors.NotFoundError:
        return True
    return False


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ([], "object"),
        (None, "JSON"),
        ({"kind": "InferenceService", "metadata": {}, "spec": {}}, "apiVersion"),
        ({"apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService", "metadata": {}}, "spec"),
        ({"apiVersion": "x", "kind": "y", "metadata": "z", "spec": {}}, "metadata"),
    ],
)
async def test_a_body_that_is_no_object_is_named(cluster: Cluster, body: object, named: str) -> None:
    async with opened(cluster) as (_, admin, here):
        sent = {"Content-Type": "application/json"}
        reply = await admin.call("POST", f"{here}/inferenceservices", body, headers=sent)
        assert named in failure(reply, 400)
        failure(
            await admin.call(
                "POST", f"{here}/inferenceservices", body, headers={"Content-Type": "text/plain"}
            ),
            400,
        )
        large = {"metadata": {"name": "large", "labels": {"a": "x" * 4_000_000}}}
        failure(await admin.call("POST", f"{here}/inferenceservices", large), 413)
        wrong = {**service("x"), "spec": {"predictor": {"no-such-field": 1}}}
        assert "no-such-field" in failure(await admin.call("POST", f"{here}/inferenceservices", wrong), 400)


async def test_what_kserve_made_is_found_by_name_and_by_component(cluster: Cluster) -> None:
    async with opened(cluster) as (_, admin, here):
        for segment, key, name in (
            ("deployments", "deployment", "iris-predictor"),
            ("services", "service", "iris-predictor"),
            ("hpas", "hpa", "iris-predictor"),
        ):
            await until(partial(_is_read, admin, f"{here}/{segment}/{name}"))
            assert data(await admin.get(f"{here}/{segment}/{name}"), key)["metadata"]["name"] == name
        for segment in ("knativeServices", "configurations", "revisions", "routes", "deployments"):
            failure(await admin.get(f"{here}/{segment}/no-such"), 404)
        found = data(
            await admin.get(f"{here}/inferenceservices/iris/standard/predictor"), "standardDeploymentObjects"
        )
        assert {key: one["kind"] for key, one in found.items()} == {
            "deployment": "Deployment",
            "service": "Service",
            "hpa": "HorizontalPodAutoscaler",
        }
        none = data(
            await admin.get(f"{here}/inferenceservices/iris/standard/transformer"),
            "standardDeploymentObjects",
        )
        assert none == {"deployment": None, "service": None, "hpa": None}
        said = failure(await admin.get(f"{here}/inferenceservices/iris/modelmesh/predictor"), 400)
        assert "Standard mode" in said
        failure(await admin.get(f"{here}/inferenceservices/iris/standard/nonsense"), 404)
        failure(await admin.get(f"{here}/inferenceservices/no-such/standard/predictor"), 404)


async def test_a_knative_service_has_its_chain_and_a_modelmesh_service_its_runtime(cluster: Cluster) -> None:
    async with opened(cluster) as (_, admin, here):
        made = service("held")
        made["metadata"]["annotations"]["serving.kserve.io/deploymentMode"] = "ModelMesh"
        made["spec"]["predictor"]["model"]["runtime"] = "kserve-sklearnserver"
        await cluster.client.create(INFERENCE_SERVICE, made, namespace=cluster.namespace)
        await until(lambda: _is_read(admin, f"{here}/inferenceservices/held/modelmesh/predictor"))
        found = data(
            await admin.get(f"{here}/inferenceservices/held/modelmesh/predictor"), "modelmeshObjects"
        )
        assert found.keys() == {"predictor", "servingRuntime", "deployment", "service"}
        failure(await admin.get(f"{here}/inferenceservices/held/standard/predictor"), 400)
        one = data(await admin.get(f"{here}/inferenceservices/held"), "inferenceService")
        assert one["deploymentMode"] == "ModelMesh"


async def test_containers_logs_and_events_in_standard_mode(cluster: Cluster) -> None:
    async with opened(cluster) as (_, admin, here):
        component = f"{here}/inferenceservices/iris/components/predictor/pods/containers"
        await until(lambda: _is_read(admin, component))
        containers = data(await admin.get(component), "containers")
        assert containers[0] == "kserve-container"
        pods, _ = await cluster.client.list_all(POD, namespace=cluster.namespace)
        [pod] = [json.loads(bytes(one)) for one in pods]
        await cluster.write_log(pod, "kserve-container", "one line of the test")
        logs = f"{component}/kserve-container/logs"

        async def is_there() -> bool:
            return "one line of the test" in (await admin.get(logs)).text

        await until(is_there)
        lines = data(await admin.get(logs), "logs")
        assert all(isinstance(line, str) and "\n" not in line for line in lines)
        assert "no-such" in failure(await admin.get(f"{component}/no-such/logs"), 404)
        failure(await admin.get(f"{here}/inferenceservices/iris/components/explainer/pods/containers"), 404)
        failure(await admin.get(f"{here}/inferenceservices/iris/components/nonsense/pods/containers"), 404)

        async def has_events() -> bool:
            return '"InferenceService"' in (await admin.get(f"{here}/inferenceservices/iris/events")).text

        await _tell(cluster, "iris")
        await until(has_events)
        found = data(await admin.get(f"{here}/inferenceservices/iris/events"), "events")
        assert {one["involvedObject"]["kind"] for one in found} == {"InferenceService"}
        assert {one["involvedObject"]["name"] for one in found} == {"iris"}
        told = next(one for one in found if one["reason"] == "Tested")
        assert {"type", "reason", "message", "metadata", "lastTimestamp"} <= told.keys()
        assert data(await admin.get(f"{here}/inferenceservices/no-such/events"), "events") == []


async def _tell(cluster: Cluster, name: str, *, kind: Kind = INFERENCE_SERVICE) -> None:
    """An event about an object, as a controller writes it."""
    about = await cluster.client.get(kind, namespace=cluster.namespace, name=name)
    stamp = about["metadata"]["creationTimestamp"]
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{name}.tested", "namespace": cluster.namespace},
        "involvedObject": {
            "apiVersion": kind.api_version,
            "kind": kind.kind,
            "name": name,
            "namespace": cluster.namespace,
            "uid": about["metadata"]["uid"],
        },
        "type": "Normal",
        "reason": "Tested",
        "message": "by a test",
        "firstTimestamp": stamp,
        "lastTimestamp": stamp,
        "count": 1,
        "source": {"component": "tests"},
    }
    await cluster.client.create(EVENT, event, namespace=cluster.namespace)


async def test_graphs_are_listed_read_created_replaced_and_deleted(cluster: Cluster) -> None:
    async with opened(cluster) as (_, admin, here):
        data(await admin.call("POST", f"{here}/inferencegraphs", graph("both", "iris")), "message")
        await until(lambda: _is_read(admin, f"{here}/inferencegraphs/both"))
        [listed] = data(await admin.get(f"{here}/inferencegraphs"), "inferenceGraphs")
        one = data(await admin.get(f"{here}/inferencegraphs/both"), "inferenceGraph")
        assert listed["metadata"]["uid"] == one["metadata"]["uid"]
        assert "deploymentMode" not in one
        stored = await cluster.client.get(INFERENCE_GRAPH, namespace=cluster.namespace, name="both")
        stored["spec"]["nodes"]["root"]["steps"].append({"serviceName": "iris"})
        data(await admin.call("PUT", f"{here}/inferencegraphs/both", stored), "message")
        await _tell(cluster, "both", kind=INFERENCE_GRAPH)

        async def has_events() -> bool:
            return '"Tested"' in (await admin.get(f"{here}/inferencegraphs/both/events")).text

        await until(has_events)
        data(await admin.call("DELETE", f"{here}/inferencegraphs/both"), "message")
        await until(lambda: _is_answered(admin, f"{here}/inferencegraphs/both", 404))
        failure(await admin.call("PUT", f"{here}/inferencegraphs/both", stored), 404)


async def test_several_documents_are_created_in_their_order(cluster: Cluster) -> None:
    model = {
        "apiVersion": TRAINED_MODEL.api_version,
        "kind": TRAINED_MODEL.kind,
        "metadata": {"name": "held"},
        "spec": {
            "inferenceService": "made",
            "model": {"framework": "sklearn", "storageUri": "s3://m/x", "memory": "1Mi"},
        },
    }
    async with opened(cluster) as (_, admin, here):
        documents = [service("made"), graph("calls", "made"), model]
        reply = await admin.call("POST", f"{here}/kserve-resources", {"resources": documents})
        body = json.loads(reply.text)
        assert reply.status == 201, reply.text
        assert body.keys() == {"success", "status", "user", "message", "createdResources"}
        assert [one["kind"] for one in body["createdResources"]] == [
            "InferenceService",
            "InferenceGraph",
            "TrainedModel",
        ]
        assert {one["namespace"] for one in body["createdResources"]} == {cluster.namespace}
        assert body["createdResources"][0] == {
            "apiVersion": "serving.kserve.io/v1beta1",
            "kind": "InferenceService",
            "name": "made",
            "namespace": cluster.namespace,
        }
        # What was made stays where a later one fails, and the answer says which.
        again = [service("third"), service("made")]
        reply = await admin.call("POST", f"{here}/kserve-resources", {"resources": again})
        body = json.loads(reply.text)
        assert "already exists" in failure(reply, 409)
        assert (body["failedDocumentIndex"], body["failedResource"]["name"]) == (2, "made")
        assert [one["name"] for one in body["createdResources"]] == ["third"]
        assert body["message"] == body["log"]


@pytest.mark.parametrize(
    ("documents", "index", "said"),
    [
        ([], None, "resources"),
        ("text", None, "resources"),
        ([service("a"), "text"], 2, "object"),
        ([{"kind": "InferenceService"}], 1, "apiVersion"),
        ([{**service("a"), "kind": ""}], 1, "kind"),
        ([{**service("a"), "metadata": []}], 1, "metadata"),
        ([{**service("a"), "metadata": {}}], 1, "metadata.name"),
        ([{**service("a"), "spec": None}], 1, "spec"),
        ([service("a"), {**service("b"), "kind": "Secret"}], 2, "Secret"),
    ],
)
async def test_all_documents_are_looked_at_before_the_first_is_sent(
    cluster: Cluster, documents: Any, index: int | None, said: str
) -> None:
    async with opened(cluster) as (_, admin, here):
        reply = await admin.call("POST", f"{here}/kserve-resources", {"resources": documents})
        body = json.loads(reply.text)
        assert said in failure(reply, 400)
        assert body.get("failedDocumentIndex") == index
        assert body["createdResources"] == []
        assert await _is_gone(cluster, "a")


async def test_what_the_front_end_asks_first(cluster: Cluster) -> None:
    async with opened(cluster) as (app, admin, _):
        config = await admin.get("/api/config")
        assert json.loads(config.text) == {
            "grafanaPrefix": app.config.metrics.grafana_prefix,
            "grafanaCpuMemoryDb": app.config.metrics.grafana_cpu_memory,
            "grafanaHttpRequestsDb": app.config.metrics.grafana_requests,
        }
        for path in ("/api/config/namespaces", "/api/namespaces"):
            assert cluster.namespace in data(await admin.get(path), "namespaces")
        assert isinstance(data(await admin.get("/api/storageclasses"), "storageClasses"), list)
        assert isinstance(data(await admin.get("/api/storageclasses/default"), "defaultStorageClass"), str)
        assert data(await admin.get("/info"), "info") == {}
        for path in ("/api", "/api/no-such", "/api/config/", f"/api/namespaces/{cluster.namespace}/x/y"):
            failure(await admin.get(path), 404, user=None)
        one = f"/api/namespaces/{cluster.namespace}/inferenceservices/iris"
        failure(await admin.call("PATCH", one), 405, user=None)


async def test_a_list_an_object_and_events_are_streamed(cluster: Cluster) -> None:
    async with opened(cluster) as (_, admin, _):
        streams = f"/api/sse/namespaces/{cluster.namespace}/inferenceservices"
        async with AsyncExitStack() as stack:
            every, one, events = [
                await stack.enter_async_context(admin.stream(path))
                for path in (streams, f"{streams}/iris", f"{streams}/iris/events")
            ]
            assert every.headers["Content-Type"] == "text/event-stream; charset=utf-8"
            first = json.loads(await next_message(every))
            assert first.keys() == {"type", "items"}
            assert first["type"] == "INITIAL"
            [listed] = first["items"]
            assert (listed["metadata"]["name"], listed["deploymentMode"]) == ("iris", "Standard")
            alone = json.loads(await next_message(one))
            assert (alone["type"], alone["object"]["metadata"]["name"]) == ("INITIAL", "iris")
            told = json.loads(await next_message(events))
            assert told.keys() == {"type", "object", "items"}
            assert (told["type"], told["object"]) == ("INITIAL", None)

            await cluster.client.create(INFERENCE_SERVICE, service("second"), namespace=cluster.namespace)
            added = await _message(every, "ADDED", "second")
            assert added["object"]["deploymentMode"] == "Standard"
            labels = {"metadata": {"labels": {"changed": "yes"}}}
            await cluster.client.patch(INFERENCE_SERVICE, labels, namespace=cluster.namespace, name="iris")
            changed = await _changed(one)
            assert changed["metadata"]["labels"]["changed"] == "yes"
            await _tell(cluster, "iris")
            event = await _reason(events, "Tested")
            assert event["items"] is None
            await cluster.client.delete(INFERENCE_SERVICE, namespace=cluster.namespace, name="second")
            await _message(every, "DELETED", "second")
        failure(await admin.get(f"{streams}/no-such"), 404)


async def _message(answer: aiohttp.ClientResponse, type_: str, name: str) -> dict[str, Any]:
    """The next message of a type about an object; none is ever an error."""
    while True:
        found: dict[str, Any] = json.loads(await next_message(answer))
        assert found["type"] != "ERROR", found
        if found["type"] == type_ and found["object"]["metadata"]["name"] == name:
            return found


async def _changed(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    while True:
        found = json.loads(await next_message(answer))
        assert found["type"] == "MODIFIED"
        if "changed" in found["object"]["metadata"].get("labels", {}):
            return dict(found["object"])


async def _reason(answer: aiohttp.ClientResponse, reason: str) -> dict[str, Any]:
    while True:
        found: dict[str, Any] = json.loads(await next_message(answer))
        assert found["type"] == "ADDED"
        if found["object"]["reason"] == reason:
            return found


async def test_logs_are_streamed_again_when_they_changed(cluster: Cluster) -> None:
    async with opened(cluster) as (_, admin, here):
        component = f"{here}/inferenceservices/iris/components/predictor/pods/containers"
        await until(lambda: _is_read(admin, component))
        pods, _ = await cluster.client.list_all(POD, namespace=cluster.namespace)
        pod = json.loads(bytes(pods[0]))
        logs = f"/api/sse/namespaces/{cluster.namespace}/inferenceservices/iris/logs"
        async with admin.stream(f"{logs}?component=predictor") as answer:
            await cluster.write_log(pod, "kserve-container", "streamed line")
            while True:
                found = json.loads(await next_message(answer))
                assert found.keys() == {"type", "logs", "message"}
                assert (found["type"], found["message"]) == ("UPDATE", None)
                [of_pod] = found["logs"]["predictor"]
                assert of_pod.keys() == {"podName", "logs"}
                if "streamed line" in of_pod["logs"]:
                    break
        async with admin.stream(logs) as answer:
            assert json.loads(await next_message(answer))["logs"] == {}
        many = "&".join(["component=predictor"] * 11)
        reply = await admin.get(f"{logs}?{many}")
        assert (reply.status, "error" in json.loads(reply.text)) == (400, True)


async def test_a_stream_ends_with_the_right_to_it(cluster: Cluster) -> None:
    async with opened(cluster) as (app, _, here), app.person("viewer@example.com") as viewer:
        await until(lambda: _is_read(viewer, f"{here}/inferenceservices"))
        path = f"/api/sse/namespaces/{cluster.namespace}/inferenceservices"
        async with viewer.stream(path) as answer:
            assert '"INITIAL"' in await next_message(answer)
            name = f"viewer-here-{cluster.namespace}"
            await cluster.client.delete(BINDING, namespace=cluster.namespace, name=name)
            while (found := json.loads(await next_message(answer)))["type"] != "ERROR":
                continue
            assert "viewer@example.com" in found["object"]["message"]
            assert await asyncio.wait_for(next_message(answer), LIMIT) == ""


NEEDS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "inference_services_list": (("list", "serving.kserve.io", "inferenceservices"),),
    "inference_services_read": (("get", "serving.kserve.io", "inferenceservices"),),
    "inference_services_events": (("list", "", "events"),),
    "inference_graphs_list": (("list", "serving.kserve.io", "inferencegraphs"),),
    "inference_graphs_read": (("get", "serving.kserve.io", "inferencegraphs"),),
    "inference_graphs_events": (("list", "", "events"),),
    "owned_knativeServices": (("get", "serving.knative.dev", "services"),),
    "owned_configurations": (("get", "serving.knative.dev", "configurations"),),
    "owned_revisions": (("get", "serving.knative.dev", "revisions"),),
    "owned_routes": (("get", "serving.knative.dev", "routes"),),
    "owned_deployments": (("get", "apps", "deployments"),),
    "owned_services": (("get", "", "services"),),
    "owned_hpas": (("get", "autoscaling", "horizontalpodautoscalers"),),
    "standard": (
        ("get", "serving.kserve.io", "inferenceservices"),
        ("list", "apps", "deployments"),
        ("list", "", "services"),
        ("list", "autoscaling", "horizontalpodautoscalers"),
    ),
    "containers": (("get", "serving.kserve.io", "inferenceservices"), ("list", "", "pods")),
    "logs": (
        ("get", "serving.kserve.io", "inferenceservices"),
        ("list", "", "pods"),
        ("get", "", "pods/log"),
    ),
    "sse_list": (("list", "serving.kserve.io", "inferenceservices"),),
    "sse_one": (("get", "serving.kserve.io", "inferenceservices"),),
    "sse_events": (("list", "", "events"),),
    "sse_logs": (("get", "serving.kserve.io", "inferenceservices"), ("get", "", "pods/log")),
    "storage_classes": (("list", "storage.k8s.io", "storageclasses"),),
    "default_storage_class": (("list", "storage.k8s.io", "storageclasses"),),
}
OPEN = {"config", "config_namespaces", "namespaces", "info", "modelmesh"}
"""They are everybody's, or show what is theirs; a service in Standard mode has nothing of the last."""
WRITES = {
    "inference_services_create": ("create", "inferenceservices"),
    "inference_services_replace": ("update", "inferenceservices"),
    "inference_services_delete": ("delete", "inferenceservices"),
    "inference_graphs_create": ("create", "inferencegraphs"),
    "inference_graphs_replace": ("update", "inferencegraphs"),
    "inference_graphs_delete": ("delete", "inferencegraphs"),
    "kserve_resources": ("create", "inferenceservices"),
}


async def test_every_route_answers_every_persona_as_rbac_says(cluster: Cluster) -> None:
    names = {entry.name.removeprefix("api_") for entry in ROUTES}
    assert names == NEEDS.keys() | OPEN | WRITES.keys()
    async with AsyncExitStack() as stack:
        app, other = await stack.enter_async_context(populated(cluster))
        admin = await stack.enter_async_context(app.person(ADMIN))
        component = (
            f"/api/namespaces/{cluster.namespace}/inferenceservices/iris/components/predictor/pods/containers"
        )
        await until(lambda: _is_read(admin, component))
        await until(lambda: _is_read(admin, f"/api/namespaces/{other}/inferenceservices/hush"))
        for persona in PERSONAS:
            person = await stack.enter_async_context(app.person(persona.name))
            for namespace, name, is_here in ((cluster.namespace, "iris", True), (other, "hush", False)):
                for entry in ROUTES:
                    route = entry.name.removeprefix("api_")
                    path = (
                        entry.path.replace("{namespace}", namespace)
                        .replace("{name}", "no-such" if entry.method == "DELETE" else name)
                        .replace("{component}", "predictor")
                        .replace("{container}", "kserve-container")
                    )
                    told = f"{persona.name} {entry.method} {path}"
                    if route in WRITES:
                        verb, plural = WRITES[route]
                        may = persona.may((verb, "serving.kserve.io", plural), here=is_here)
                        # What the cluster would refuse, so that nothing is changed: who may not, hears of that first.
                        body = None if entry.method == "DELETE" else _wrong(route)
                        reply = await person.call(entry.method, path, body)
                        assert (reply.status == 403) != may, (told, reply.text)
                        assert reply.status < 500, (told, reply.text)
                        continue
                    may = all(persona.may(question, here=is_here) for question in NEEDS.get(route, ()))
                    async with person.stream(path) as answer:
                        status = answer.status
                        text = "" if route.startswith("sse_") else await answer.text()
                    if route in OPEN:
                        assert status in {200, 400, 403, 404}, told
                    else:
                        assert (status == 403) != may, (told, status, text)
                        assert status in {200, 403, 404}, (told, status, text)
                    if not persona.may(("list", "serving.kserve.io", "inferenceservices"), here=False):
                        assert "hush" not in text.replace(path, ""), told


def _wrong(route: str) -> dict[str, Any]:
    document = graph("Not A Name", "x") if "graphs" in route else service("Not A Name")
    return {"resources": [document]} if route == "kserve_resources" else document


async def test_no_other_site_can_write(cluster: Cluster) -> None:
    async with opened(cluster) as (app, admin, here):
        path, body = f"{here}/inferenceservices", service("foreign")
        for headers in (
            {"X-Requested-By": ""},
            {"Origin": "https://elsewhere.example.com"},
            {"Sec-Fetch-Site": "cross-site"},
            {"X-Requested-By": "", "X-XSRF-TOKEN": "guessed"},
        ):
            failure(await admin.call("POST", path, body, headers=headers), 403)
        page = await admin.get("/namespaces")  # which gives a browser its token
        token = page.headers.get("Set-Cookie", "").partition("XSRF-TOKEN=")[2].partition(";")[0]
        if token:
            ours = {"X-Requested-By": "", "X-XSRF-TOKEN": token}
            data(await admin.call("POST", path, body, headers=ours), "message")
        async with app.person(None) as nobody:
            failure(await nobody.get(path), 401, user=None)
            failure(await nobody.call("POST", path, body), 401, user=None)


async def test_the_calls_of_the_former_front_end_in_their_order(cluster: Cluster) -> None:
    """Its start, list, creation, details with logs and events, edit, graphs, deletion; what it reads of each answer is there."""
    async with opened(cluster) as (_, admin, here):
        assert {"grafanaPrefix", "grafanaCpuMemoryDb", "grafanaHttpRequestsDb"} <= json.loads(
            (await admin.get("/api/config")).text
        ).keys()
        assert cluster.namespace in data(await admin.get("/api/config/namespaces"), "namespaces")
        stream = f"/api/sse/namespaces/{cluster.namespace}/inferenceservices"
        async with admin.stream(stream) as answer:
            [row] = json.loads(await next_message(answer))["items"]
            assert {"metadata", "kind", "spec"} <= row.keys()
            assert {"name", "namespace", "creationTimestamp"} <= row["metadata"].keys()
            created = await admin.call(
                "POST", f"{here}/kserve-resources", {"resources": [service("new-one")]}
            )
            assert len(json.loads(created.text)["createdResources"]) == 1
            await _message(answer, "ADDED", "new-one")
        one = f"{here}/inferenceservices/new-one"
        async with admin.stream(f"{stream}/new-one") as answer:
            details = json.loads(await next_message(answer))["object"]
        assert {"annotations", "uid", "resourceVersion"} <= details["metadata"].keys()
        data(await admin.get(f"{one}/standard/predictor"), "standardDeploymentObjects")
        containers = f"{one}/components/predictor/pods/containers"
        await until(lambda: _is_read(admin, containers))
        [first, *_] = data(await admin.get(containers), "containers")

        async def has_log() -> bool:
            return (await admin.get(f"{containers}/{first}/logs")).status == 200

        await until(has_log)
        data(await admin.get(f"{one}/events"), "events")

        async def is_edited() -> bool:
            fresh = json.loads((await admin.get(one)).text)["inferenceService"]
            kept = {key: fresh[key] for key in ("apiVersion", "kind", "spec")}
            meta = {
                key: fresh["metadata"][key]
                for key in ("name", "namespace", "resourceVersion", "annotations", "labels")
            }
            kept["spec"]["predictor"]["maxReplicas"] = 3
            return (await admin.call("PUT", one, {**kept, "metadata": meta})).status == 200

        await until(is_edited)  # the controller writes meanwhile: then it is 409, and the user saves again
        data(await admin.call("POST", f"{here}/inferencegraphs", graph("g", "iris")), "message")
        await until(lambda: _is_read(admin, f"{here}/inferencegraphs/g"))
        [shown] = data(await admin.get(f"{here}/inferencegraphs"), "inferenceGraphs")
        assert shown["spec"]["nodes"]["root"]["routerType"] == "Sequence"
        for path in (f"{here}/inferencegraphs/g", one):
            data(await admin.call("DELETE", path), "message")
