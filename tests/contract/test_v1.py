"""Our own API: every operation on both clusters, each answer held against the OpenAPI document."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from modelsweb.config import AuthConfig
from modelsweb.kinds import (
    INFERENCE_SERVICE,
    POD,
    ROOTS,
    TRAINED_MODEL,
)
from modelsweb.manifests.document import dump
from modelsweb.web.api.v1.operation import EVENTS, Operation
from modelsweb.web.api.v1.operations import OPERATIONS
from modelsweb.web.api.v1.reference import curl as written
from tests import openapi
from tests.contract.cluster import Cluster
from tests.contract.test_personas import BINDING, PERSONAS, populated
from tests.running import App, Person, Reply, next_message
from tests.sample_objects import service
from tests.waiting import LIMIT, until

ADMIN = "admin@example.com"
DOCS = Path(__file__).resolve().parents[2] / "docs" / "api.md"


@asynccontextmanager
async def opened(cluster: Cluster) -> AsyncIterator[tuple[App, Person, str]]:
    """The app, somebody who may do everything, and the services of the namespace; iris is there with its pod."""
    async with AsyncExitStack() as stack:
        app, _ = await stack.enter_async_context(populated(cluster))
        admin = await stack.enter_async_context(app.person(ADMIN))
        services = f"/api/v1/namespaces/{cluster.namespace}/inferenceservices"

        async def has_pod() -> bool:
            """Each kind has a watch of its own, and any may come last."""
            lists = [await admin.get(f"/api/v1/{kind.plural}?limit=1") for kind in ROOTS]
            reply = await admin.get(f"{services}/iris/pods")
            are_read = all(one.status == 200 for one in (*lists, reply))
            return are_read and bool(json.loads(reply.text)["items"])

        await until(has_pod)
        yield app, admin, services


async def ask(
    person: Person,
    method: str,
    path: str,
    body: object = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Any:
    """The value of an answer that is as the document has it, and of this status."""
    reply = await call(person, method, path, body, headers=headers)
    assert reply.status == status, (method, path, reply.status, reply.text[:800])
    return json.loads(reply.text) if "json" in reply.headers.get("Content-Type", "") else reply.text


async def call(
    person: Person,
    method: str,
    path: str,
    body: object = None,
    *,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """An answer that is as the document has it."""
    media = {"Content-Type": "application/merge-patch+json"} if method == "PATCH" else {}
    reply = await person.call(method, path, body, headers={**media, **(headers or {})})
    openapi.check(method, path, status=reply.status, headers=reply.headers, text=reply.text)
    return reply


async def test_what_there_is(cluster: Cluster) -> None:
    async with opened(cluster) as (_, admin, _):
        kinds = {one["plural"]: one for one in (await ask(admin, "GET", "/api/v1/kinds"))["items"]}
        assert kinds.keys() == {kind.plural for kind in ROOTS}
        assert kinds["inferenceservices"] == {
            "kind": "InferenceService",
            "apiVersion": "serving.kserve.io/v1beta1",
            "plural": "inferenceservices",
            "namespaced": True,
            "isJudged": True,
            "hasPods": True,
            "canBeCreated": True,
            "canBeStopped": True,
        }
        assert cluster.namespace in (await ask(admin, "GET", "/api/v1/namespaces"))["items"]
        choice = await ask(
            admin, "GET", f"/api/v1/namespaces/{cluster.namespace}/runtime-choice?format=sklearn"
        )
        assert choice["chosen"]["name"] == "kserve-sklearnserver"
        wrong = await ask(admin, "GET", f"/api/v1/namespaces/{cluster.namespace}/runtime-choice", status=400)
        assert wrong["faults"][0]["field"] == "format"


async def test_objects_are_created_read_changed_and_deleted(cluster: Cluster) -> None:
    async with opened(cluster) as (_, admin, services):
        trial = await ask(admin, "POST", f"{services}?dryRun=true", service("second"), status=201)
        assert trial["metadata"]["name"] == "second"
        await ask(admin, "GET", f"{services}/second", status=404)
        bare = {key: value for key, value in service("second").items() if key not in {"kind", "apiVersion"}}
        made = await ask(admin, "POST", services, bare, status=201)
        assert "managedFields" not in made["metadata"]
        # A write that succeeded is read at once.
        read = await ask(admin, "GET", f"{services}/second")
        assert read["metadata"]["uid"] == made["metadata"]["uid"]
        again = await ask(admin, "POST", services, bare, status=409)
        assert again["code"] == "already-exists"

        patched = await ask(admin, "PATCH", f"{services}/second", {"spec": {"predictor": {"maxReplicas": 3}}})
        assert patched["spec"]["predictor"]["maxReplicas"] == 3
        old = {**made, "metadata": {**made["metadata"], "resourceVersion": "1"}}
        assert (await ask(admin, "PUT", f"{services}/second", old, status=409))["code"] == "conflict"

        async def is_replaced() -> bool:
            """The controller writes meanwhile; its user reads again, and saves again."""
            fresh = await ask(admin, "GET", f"{services}/second")
            fresh["spec"]["predictor"]["maxReplicas"] = 4
            reply = await call(admin, "PUT", f"{services}/second", fresh)
            return reply.status == 200 and json.loads(reply.text)["spec"]["predictor"]["maxReplicas"] == 4

        await until(is_replaced)

        other = "0b8f4f62-0000-0000-0000-000000000000"
        await ask(admin, "DELETE", f"{services}/second?uid={other}", status=409)
        gone = await ask(admin, "DELETE", f"{services}/second?dryRun=true", status=202)
        assert gone == {
            "kind": "InferenceService",
            "namespace": cluster.namespace,
            "name": "second",
            "dryRun": True,
        }
        stored = await cluster.client.get(INFERENCE_SERVICE, namespace=cluster.namespace, name="second")
        assert "deletionTimestamp" not in stored["metadata"]
        await ask(admin, "DELETE", f"{services}/second", status=202)

        async def is_gone() -> bool:
            return (await call(admin, "GET", f"{services}/second")).status == 404

        await until(is_gone)


NONSENSE: tuple[tuple[str, str, object, int, str], ...] = (
    ("POST", "", [], 422, "the body"),
    ("POST", "", {"metadata": []}, 422, "metadata"),
    ("POST", "", {"metadata": {}}, 422, "metadata.name"),
    ("POST", "", {**service("x"), "kind": "Pod"}, 422, "kind"),
    ("POST", "", {**service("x"), "apiVersion": "v1"}, 422, "apiVersion"),
    (
        "POST",
        "",
        {**service("x"), "metadata": {"name": "x", "namespace": "y"}},
        422,
        "metadata.namespace",
    ),
    ("PUT", "/iris", service("x"), 422, "metadata.name"),
    ("PUT", "/iris", service("iris"), 422, "metadata.resourceVersion"),
    ("PATCH", "/iris", [], 422, "the body"),
    ("PATCH", "/iris?uid=1", {"metadata": "text"}, 422, "metadata"),
    ("GET", "?limit=0", None, 400, "limit"),
    ("GET", "?limit=many", None, 400, "limit"),
    ("GET", "?limit=1&limit=2", None, 400, "limit"),
    ("GET", "?page=2", None, 400, "page"),
    ("GET", "?continue=%21", None, 400, "continue"),
    ("GET", "?fields=a..b", None, 400, "fields"),
    ("POST", "", {"metadata": {"name": ["x"]}}, 422, "metadata.name"),
    ("GET", "/iris?managedFields=perhaps", None, 400, "managedFields"),
    ("GET", "/iris/figures?start=10&end=5", None, 400, "end"),
    ("GET", "/iris/logs?tailLines=-1", None, 400, "tailLines"),
)
"""Method, the rest of the address, body; the status and the field that the answer names."""


async def test_what_makes_no_sense_is_named(cluster: Cluster) -> None:
    async with opened(cluster) as (_, admin, services):
        for method, tail, body, status, field in NONSENSE:
            problem = await ask(admin, method, services + tail, body, status=status)
            assert [one["field"] for one in problem["faults"]] == [field], (method, tail)
            assert problem["status"] == status
            assert problem["requestId"]


async def test_a_body_that_cannot_be_read_is_told_with_its_place(cluster: Cluster) -> None:
    async with opened(cluster) as (_, admin, services):
        broken = '{"metadata":\n  {"name": oops}}'
        reply = await admin._send(
            "POST",
            services,
            data=broken,
            headers={"X-Requested-By": "tests", "Content-Type": "application/json"},
        )
        problem = json.loads(reply.text)
        assert (reply.status, problem["faults"][0]["line"], problem["faults"][0]["column"]) == (400, 2, 12)
        twice = '{"metadata": {"name": "x"}, "metadata": {"name": "y"}}'
        headers = {"X-Requested-By": "tests", "Content-Type": "application/json"}
        reply = await admin._send("POST", services, data=twice, headers=headers)
        assert (reply.status, "twice" in json.loads(reply.text)["detail"]) == (400, True)
        refused = await admin.call("POST", services, {}, headers={"Content-Type": "text/plain"})
        openapi.check("POST", services, status=refused.status, headers=refused.headers, text=refused.text)
        assert (refused.status, json.loads(refused.text)["code"]) == (415, "unsupported-media-type")
        deep: dict[str, Any] = {"metadata": {"name": "deep"}}
        for _ in range(101):
            deep = {"metadata": {"name": "deep"}, "spec": deep}
        assert "levels" in (await ask(admin, "POST", services, deep, status=400))["detail"]
        assert "levels" in (await ask(admin, "PATCH", f"{services}/iris", deep, status=400))["detail"]
        large = {"metadata": {"name": "large", "labels": {"a": "x" * 4_000_000}}}
        assert (await ask(admin, "POST", services, large, status=413))["code"] == "too-large"
        wrong = {**service("x"), "spec": {"predictor": {"noSuchField": 1}}}
        assert "noSuchField" in (await ask(admin, "POST", services, wrong, status=400))["detail"]
        for path in ("/api/v1", "/api/v1/no-such/way", "/api/v1/namespaces/x/nonsense"):
            reply = await admin.get(path)
            assert (reply.status, reply.headers["Content-Type"]) == (404, "application/problem+json")
        reply = await admin.call("PATCH", "/api/v1/kinds")
        assert (reply.status, json.loads(reply.text)["code"]) == (405, "method-not-allowed")


async def test_lists_have_pages_fields_and_tags(cluster: Cluster) -> None:
    async with opened(cluster) as (_, admin, services):
        for name in ("a", "b", "c"):
            await ask(admin, "POST", services, service(name), status=201)
        names, token = [], ""
        while True:
            page = await ask(admin, "GET", f"{services}?limit=2&fields=metadata.name&continue={token}")
            assert page["kind"] == "InferenceServiceList"
            names += [one["metadata"]["name"] for one in page["items"]]
            assert all(one.keys() == {"apiVersion", "kind", "metadata"} for one in page["items"])
            token = page["metadata"].get("continue", "")
            if not token:
                break
            assert page["metadata"]["remainingItemCount"] == 4 - len(names)
        assert names == ["a", "b", "c", "iris"]
        whole = await call(admin, "GET", services)
        assert [one["metadata"]["name"] for one in json.loads(whole.text)["items"]] == names
        every = await ask(admin, "GET", f"/api/v1/inferenceservices?namespaces={cluster.namespace}")
        assert [one["metadata"]["name"] for one in every["items"]] == names
        rows = await ask(admin, "GET", f"/api/v1/summaries/inferenceservices?namespaces={cluster.namespace}")
        assert [one["name"] for one in rows["items"]] == names
        assert {one["mode"] for one in rows["items"]} == {"Standard"}

        label = "metadata.labels['suite'],spec.predictor.model.storageUri"
        one = await ask(admin, "GET", f"{services}/iris?fields={label}")
        assert one["metadata"] == {"labels": {"suite": "tests"}}
        assert one["spec"] == {"predictor": {"model": {"storageUri": "s3://models/iris"}}}
        managed = await ask(admin, "GET", f"{services}/iris?managedFields=true")
        assert managed["metadata"]["managedFields"]
        assert managed["metadata"]["name"] == "iris"


async def test_a_kind_is_where_it_is(cluster: Cluster) -> None:
    async with opened(cluster) as (_, admin, _):
        runtimes = (await ask(admin, "GET", "/api/v1/clusterservingruntimes"))["items"]
        name = runtimes[0]["metadata"]["name"]
        assert (await ask(admin, "GET", f"/api/v1/cluster/clusterservingruntimes/{name}"))["metadata"][
            "name"
        ] == name
        inside = f"/api/v1/namespaces/{cluster.namespace}/clusterservingruntimes"
        for path in (inside, f"{inside}/{name}", f"{inside}/{name}?managedFields=true"):
            assert "whole cluster" in (await ask(admin, "GET", path, status=404))["detail"]
        assert (
            "namespaces"
            in (await ask(admin, "GET", "/api/v1/cluster/inferenceservices/iris", status=404))["detail"]
        )
        narrowed = f"/api/v1/clusterservingruntimes?namespaces={cluster.namespace}"
        assert (await ask(admin, "GET", narrowed, status=400))["faults"][0]["field"] == "namespaces"


async def test_what_is_known_already_is_not_sent_again(cluster: Cluster) -> None:
    async with opened(cluster) as (app, admin, _):
        runtimes = f"/api/v1/namespaces/{cluster.namespace}/servingruntimes"
        paths = (runtimes, "/api/v1/kinds", "/api/v1/clusterservingruntimes", "/api/openapi.json")
        for path in paths:
            first = await admin.get(path)
            tag = first.headers["ETag"]
            assert first.headers["Cache-Control"] == "private, no-cache"
            same = await admin.get(path, headers={"If-None-Match": f'"other", {tag}'})
            assert (same.status, same.text, same.headers["ETag"]) == (304, "", tag)
            assert (await admin.get(path, headers={"If-None-Match": 'W/"other"'})).status == 200
        # Another part, and somebody who sees less, are another answer.
        tag = (await admin.get(runtimes)).headers["ETag"]
        assert (await admin.get(f"{runtimes}?limit=1", headers={"If-None-Match": tag})).status == 200
        async with app.person("nobody@example.com") as nobody:
            assert (await nobody.get(runtimes, headers={"If-None-Match": tag})).status == 403
        made = {
            "metadata": {"name": "own"},
            "spec": {"containers": [{"name": "kserve-container", "image": "registry.example.com/s:1"}]},
        }
        await ask(admin, "POST", runtimes, made, status=201)
        assert (await admin.get(runtimes, headers={"If-None-Match": tag})).status == 200
        own = await call(admin, "GET", f"{runtimes}/own")
        same = await call(admin, "GET", f"{runtimes}/own", headers={"If-None-Match": own.headers["ETag"]})
        assert same.status == 304


async def test_the_state_of_an_object(cluster: Cluster) -> None:
    async with opened(cluster) as (_, admin, services):
        missing = service("wrong")
        missing["spec"]["predictor"]["model"]["modelFormat"]["name"] = "no-such-format"
        await ask(admin, "POST", services, missing, status=201)

        async def is_told() -> bool:
            found = await ask(admin, "GET", f"{services}/wrong/verdict")
            return bool(found.get("cause")) and "no-such-format" in found["cause"]

        await until(is_told)
        verdict = await ask(admin, "GET", f"{services}/wrong/verdict")
        assert verdict["finding"]["rule"]
        assert verdict["finding"]["object"]["name"] == "wrong"
        assert verdict["finding"]["evidence"]
        assert verdict["findings"][0] == verdict["finding"]

        async def is_in_the_list() -> bool:
            """Rows are made a moment after what they are made of."""
            path = f"/api/v1/summaries/inferenceservices?namespaces={cluster.namespace}"
            rows = (await ask(admin, "GET", path))["items"]
            row = next(one for one in rows if one["name"] == "wrong")
            return (row["status"], row.get("cause")) == (verdict["status"], verdict["cause"])

        await until(is_in_the_list)

        [pod, *_] = (await ask(admin, "GET", f"{services}/iris/pods"))["items"]
        assert pod["component"] == "predictor"
        assert pod["mainContainer"] == "kserve-container"
        members = (await ask(admin, "GET", f"{services}/iris/members"))["items"]
        assert {"Deployment", "Pod"} <= {one["kind"] for one in members}
        whole = await ask(admin, "GET", f"{services}/iris/members/deployments.apps/iris-predictor")
        assert (whole["kind"], whole["metadata"]["name"]) == ("Deployment", "iris-predictor")
        part = await ask(
            admin, "GET", f"{services}/iris/members/deployments.apps/iris-predictor?fields=spec.replicas"
        )
        assert part == {"apiVersion": "apps/v1", "kind": "Deployment", "spec": {"replicas": 1}}
        odd = await ask(admin, "GET", f"{services}/iris?fields=kind.x,apiVersion.y")
        assert odd == {"apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceService"}
        for wrong in ("deployments.apps/other", "secrets/iris", "events/iris"):
            await ask(admin, "GET", f"{services}/iris/members/{wrong}", status=404)
        known = {one["uid"] for one in members}
        assert all(one["parent"] in known or one["kind"] != "Pod" for one in members)

        pods, _ = await cluster.client.list_all(POD, namespace=cluster.namespace)
        raw = next(one for one in map(json.loads, map(bytes, pods)) if one["metadata"]["name"] == pod["name"])
        await cluster.write_log(raw, "kserve-container", "one line of v1")

        async def is_logged() -> bool:
            reply = await call(admin, "GET", f"{services}/iris/logs?tailLines=5")
            return "one line of v1" in reply.text

        await until(is_logged)
        reply = await call(admin, "GET", f"{services}/iris/logs?pod={pod['name']}&limitBytes=3")
        assert (reply.headers["Modelsweb-Pod"], len(reply.text)) == (pod["name"], 3)
        for tail in ("pod=no-such", "container=no-such"):
            assert (
                "no-such" in (await ask(admin, "GET", f"{services}/iris/logs?{tail}", status=404))["detail"]
            )
        events = await ask(admin, "GET", f"{services}/iris/events")
        assert all({"type", "reason", "message", "kind", "name"} <= one.keys() for one in events["items"])
        # The app of these tests has no Prometheus, and says so.
        assert "Prometheus" in (await ask(admin, "GET", f"{services}/iris/figures", status=404))["detail"]
        refused = await ask(
            admin, "GET", f"/api/v1/namespaces/{cluster.namespace}/servingruntimes/x/logs", status=404
        )
        assert "inferenceservices" in refused["detail"]


async def test_services_are_stopped_started_and_restarted(cluster: Cluster) -> None:
    async with opened(cluster) as (_, admin, services):
        tried = await ask(admin, "POST", f"{services}/iris/stop?dryRun=true")
        assert (tried["state"], tried["dryRun"]) == ("done", True)
        await ask(admin, "POST", f"{services}/iris/stop")
        stopped = await cluster.client.get(INFERENCE_SERVICE, namespace=cluster.namespace, name="iris")
        assert stopped["metadata"]["annotations"]["serving.kserve.io/stop"] == "true"
        await ask(admin, "POST", f"{services}/iris/start")
        await ask(admin, "POST", f"{services}/iris/restart")
        now = await cluster.client.get(INFERENCE_SERVICE, namespace=cluster.namespace, name="iris")
        assert "serving.kserve.io/stop" not in now["metadata"]["annotations"]
        assert "kubectl.kubernetes.io/restartedAt" in now["spec"]["predictor"]["annotations"]
        for verb in ("stop", "start", "restart"):
            gone = await ask(admin, "POST", f"{services}/no-such/{verb}", status=404)
            assert gone["code"] == "no-longer-there"
        other = "0b8f4f62-0000-0000-0000-000000000000"
        await ask(admin, "POST", f"{services}/iris/stop?uid={other}", status=409)


async def test_a_text_of_several_documents_is_tried_then_created(cluster: Cluster) -> None:
    async with opened(cluster) as (_, admin, _):
        path = f"/api/v1/namespaces/{cluster.namespace}/manifests"
        model = {
            "apiVersion": TRAINED_MODEL.api_version,
            "kind": TRAINED_MODEL.kind,
            "metadata": {"name": "held"},
            "spec": {
                "inferenceService": "made",
                "model": {"framework": "sklearn", "storageUri": "s3://m/x", "memory": "1Mi"},
            },
        }

        async def send(text: str, query: str = "") -> tuple[int, dict[str, Any]]:
            sent = {"X-Requested-By": "tests", "Content-Type": "application/yaml"}
            reply = await admin._send("POST", path + query, data=text.encode(), headers=sent)
            openapi.check("POST", path, status=reply.status, headers=reply.headers, text=reply.text)
            return reply.status, json.loads(reply.text)

        text = dump(service("made")) + "---\n" + dump(model)
        status, tried = await send(text, "?dryRun=true")
        assert (status, [one["state"] for one in tried["documents"]]) == (200, ["pending", "pending"])
        status, made = await send(text, "?despiteConcerns=true")
        assert (status, [one["state"] for one in made["documents"]]) == (201, ["done", "done"])
        status, same = await send(text, "?despiteConcerns=true")
        assert [one["state"] for one in same["documents"]] == ["unchanged", "unchanged"]
        status, wrong = await send(text.replace("minReplicas", "minReplica"))
        assert (status, wrong["documents"][0]["state"]) == (422, "failed")
        fault = wrong["documents"][0]["faults"][0]
        assert (fault["code"], fault["field"]) == ("unknown-field", "spec.predictor.minReplica")
        assert fault["line"]
        status, broken = await send("a: [")
        assert (status, broken["code"]) == (422, "unreadable-yaml")
        assert broken["faults"][0]["line"]
        odd = service("odd")
        odd["metadata"]["annotations"]["example.com/odd"] = "next\x85line\x7f\u2028end\U0001f600"
        await ask(admin, "POST", f"{path}?despiteConcerns=true", odd, status=201)
        stored = await cluster.client.get(INFERENCE_SERVICE, namespace=cluster.namespace, name="odd")
        kept = stored["metadata"]["annotations"]["example.com/odd"]
        assert kept == odd["metadata"]["annotations"]["example.com/odd"]
        as_json = await ask(admin, "POST", f"{path}?dryRun=true", [service("third"), service("fourth")])
        assert [one["name"] for one in as_json["documents"]] == ["third", "fourth"]


async def _next(answer: aiohttp.ClientResponse) -> tuple[str, dict[str, Any]]:
    """The id and the data of the next message."""
    id_ = ""
    while True:
        line = (await asyncio.wait_for(answer.content.readline(), LIMIT)).decode()
        if line.startswith("id: "):
            id_ = line[4:].strip()
        elif line.startswith("data: "):
            return id_, json.loads(line[6:])
        assert line, "the stream ended"


async def _until(answer: aiohttp.ClientResponse, type_: str, name: str) -> str:
    """The id after a message about an object."""
    while True:
        id_, found = await _next(answer)
        assert found["type"] != "ERROR", found
        if found["type"] == type_ and found["object"]["metadata"]["name"] == name:
            return id_


async def test_a_stream_is_taken_up_where_it_was_left(cluster: Cluster) -> None:
    async with opened(cluster) as (app, admin, _):
        path = f"/api/v1/watch/namespaces/{cluster.namespace}/servingruntimes"
        runtimes = f"/api/v1/namespaces/{cluster.namespace}/servingruntimes"

        def runtime(name: str) -> dict[str, Any]:
            held = [{"name": "kserve-container", "image": "registry.example.com/s:1"}]
            return {"metadata": {"name": name}, "spec": {"containers": held}}

        await ask(admin, "POST", runtimes, runtime("first"), status=201)
        async with admin.stream(path) as answer:
            assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
            id_, begun = await _next(answer)
            assert (begun["type"], [one["metadata"]["name"] for one in begun["items"]]) == ("SYNC", ["first"])
            await ask(admin, "POST", runtimes, runtime("second"), status=201)
            await _until(answer, "ADDED", "second")
        # Meanwhile one comes, one changes, one goes.
        await ask(admin, "POST", runtimes, runtime("third"), status=201)
        await ask(admin, "PATCH", f"{runtimes}/second", {"metadata": {"labels": {"a": "b"}}})
        await ask(admin, "DELETE", f"{runtimes}/first", status=202)

        async def is_gone() -> bool:
            return (await call(admin, "GET", f"{runtimes}/first")).status == 404

        await until(is_gone)
        async with admin.stream(f"{path}?lastEventId={id_}") as answer:
            seen: dict[str, str] = {}
            while len(seen) < 3:
                _, found = await _next(answer)
                assert found["type"] != "SYNC"
                seen[found["object"]["metadata"]["name"]] = found["type"]
        assert seen == {"first": "DELETED", "second": "ADDED", "third": "ADDED"}
        run, number, seal = id_.split("-")
        for unknown in (
            "nonsense",
            f"{run}-{int(number) - 1}-{seal}",
            f"00000000{id_[8:]}",
            f"{id_[:9]}999999{id_[9:]}",
        ):
            async with admin.stream(f"{path}?lastEventId={unknown}") as answer:
                assert (await _next(answer))[1]["type"] == "SYNC"
        async with (
            app.person("editor@example.com") as editor,
            editor.stream(f"{path}?lastEventId={id_}") as answer,
        ):
            assert (await _next(answer))[1]["type"] == "SYNC"  # it was given to somebody else
        # Of another selection the same id says nothing.
        async with admin.stream(f"{path}?fields=metadata.name&lastEventId={id_}") as answer:
            _, begun = await _next(answer)
            assert [one["metadata"] for one in begun["items"]] == [{"name": "second"}, {"name": "third"}]
        async with admin.stream(f"{path}?timeoutSeconds=1") as answer:
            await _next(answer)
            assert (await asyncio.wait_for(answer.content.read(), LIMIT)).strip() == b""
        async with admin.stream(f"{path}/not-yet") as answer:
            assert (await _next(answer))[1] == {"type": "SYNC", "items": []}
            await ask(admin, "POST", runtimes, runtime("not-yet"), status=201)
            await _until(answer, "ADDED", "not-yet")


async def test_a_log_is_streamed_and_taken_up(cluster: Cluster) -> None:
    async with opened(cluster) as (_, admin, services):
        pods, _ = await cluster.client.list_all(POD, namespace=cluster.namespace)
        pod = json.loads(bytes(pods[0]))
        path = f"/api/v1/watch/namespaces/{cluster.namespace}/inferenceservices/iris/logs"

        async def is_logged() -> bool:
            return (await admin.get(f"{services}/iris/logs")).status == 200

        await until(is_logged)
        await cluster.write_log(pod, "kserve-container", "followed one")
        async with admin.stream(path) as answer:
            id_, _ = await _line(answer, "followed one")
        other = "00000000" + id_[8:].replace("+", "%2B")
        async with admin.stream(f"{path}?lastEventId={other}") as answer:  # as after a rollout
            assert (await _next(answer))[1] == {"type": "GAP"}
            await _line(answer, "followed one")
        await cluster.write_log(pod, "kserve-container", "followed two")
        async with admin.stream(f"{path}?lastEventId={id_.replace('+', '%2B')}") as answer:
            _, first = await _line(answer, "followed two")
            assert "followed one" not in first
        assert "no-such" in (await ask(admin, "GET", f"{path}?pod=no-such", status=404))["detail"]


async def _line(answer: aiohttp.ClientResponse, wanted: str) -> tuple[str, list[str]]:
    """The id of the message with a line, and all lines of the stream so far."""
    told: list[str] = []
    while True:
        id_, found = await _next(answer)
        assert found["type"] == "LINES", found
        told += [text for _, text in found["lines"]]
        if wanted in told:
            return id_, told


async def test_a_verdict_is_streamed_and_ends_with_the_object(cluster: Cluster) -> None:
    async with opened(cluster) as (_, admin, services):
        path = f"/api/v1/watch/namespaces/{cluster.namespace}/inferenceservices/iris/verdict"
        async with admin.stream(path) as answer:
            _, found = await _next(answer)
            assert (found["type"], found["verdict"]["name"]) == ("VERDICT", "iris")
            await ask(admin, "POST", f"{services}/iris/stop")
            while found["verdict"]["status"] != "stopped":
                _, found = await _next(answer)
        assert (await admin.get(path.replace("iris", "no-such"))).status == 404


async def test_a_stream_ends_with_the_right_to_it(cluster: Cluster) -> None:
    async with opened(cluster) as (app, _, services), app.person("viewer@example.com") as viewer:

        async def may_list() -> bool:
            return (await viewer.get(services)).status == 200

        await until(may_list)
        path = f"/api/v1/watch/namespaces/{cluster.namespace}/inferenceservices"
        async with viewer.stream(path) as answer:
            assert (await _next(answer))[1]["type"] == "SYNC"
            name = f"viewer-here-{cluster.namespace}"
            await cluster.client.delete(BINDING, namespace=cluster.namespace, name=name)
            while (found := (await _next(answer))[1])["type"] != "ERROR":
                continue
            assert found["problem"]["code"] == "permission-denied"
            assert await asyncio.wait_for(next_message(answer), LIMIT) == ""


NEEDS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "listObjects": (("list", ""),),
    "readObject": (("get", ""),),
    "createObject": (("create", ""),),
    "replaceObject": (("update", ""),),
    "patchObject": (("patch", ""),),
    "deleteObject": (("delete", ""),),
    "readVerdict": (("get", ""),),
    "listEvents": (("get", ""),),
    "listMembers": (("get", ""),),
    "listPods": (("get", ""),),
    "readLog": (("get", ""), ("get", "pods/log")),
    "readFigures": (("get", "pods.metrics"),),
    "stopObject": (("patch", ""),),
    "startObject": (("patch", ""),),
    "restartObject": (("get", ""), ("patch", "")),
    "watchObjects": (("list", ""),),
    "watchObject": (("get", ""),),
    "watchVerdict": (("get", ""),),
    "watchLog": (("get", ""), ("get", "pods/log")),
    "readMember": (("get", ""), ("list", "deployments.apps")),
    "chooseRuntime": (("list", "servingruntimes"),),
    "createManifests": (),
}
"""What an operation in a namespace asks of its user, on the kind of its path where that is empty. The last answers each document by itself."""
OF_CLUSTER = {
    "readObjectOfCluster": "get",
    "readVerdictOfCluster": "get",
    "listEventsOfCluster": "get",
    "watchObjectOfCluster": "get",
}
OPEN = {"listKinds", "listNamespaces", "listAllObjects", "listSummaries", "watchAllObjects"}
"""They show what is theirs."""
_GROUPS = {
    "pods/log": ("", "pods/log"),
    "pods.metrics": ("metrics.k8s.io", "pods"),
    "deployments.apps": ("apps", "deployments"),
}


async def test_every_operation_answers_every_persona_as_rbac_says(cluster: Cluster) -> None:
    assert {one.id for one in OPERATIONS} == NEEDS.keys() | OF_CLUSTER.keys() | OPEN
    async with AsyncExitStack() as stack:
        app, other = await stack.enter_async_context(populated(cluster))
        admin = await stack.enter_async_context(app.person(ADMIN))
        for namespace, name in ((cluster.namespace, "iris"), (other, "hush")):
            path = f"/api/v1/namespaces/{namespace}/inferenceservices/{name}/logs"

            async def is_there(path: str = path) -> bool:
                return (await admin.get(path)).status == 200

            await until(is_there)
        for persona in PERSONAS:
            person = await stack.enter_async_context(app.person(persona.name))
            for namespace, name, is_here in ((cluster.namespace, "iris", True), (other, "hush", False)):
                for operation in OPERATIONS:
                    status, text = await _answered(person, operation, namespace=namespace, name=name)
                    told = (persona.name, operation.id, namespace, status, text[:300])
                    assert status < 500, told
                    if operation.id in OPEN or operation.id == "createManifests":
                        assert status in {200, 403, 422}, told
                    else:
                        is_in_reach = is_here and operation.id not in OF_CLUSTER
                        may = all(persona.may(one, here=is_in_reach) for one in _questions(operation))
                        assert (status == 403) != may, told
                    if not persona.may(("list", "serving.kserve.io", "inferenceservices"), here=False):
                        assert "hush" not in text.replace(f"/{name}", "").replace(f'"{name}"', ""), told


def _questions(operation: Operation[Any]) -> list[tuple[str, str, str]]:
    if operation.id in OF_CLUSTER:
        return [(OF_CLUSTER[operation.id], "serving.kserve.io", operation.kinds[0])]
    group = "serving.kserve.io"
    return [
        (verb, *(_GROUPS.get(what) or (group, what or operation.kinds[0])))
        for verb, what in NEEDS[operation.id]
    ]


def _path(operation: Operation[Any], *, namespace: str, name: str) -> str:
    return operation.path.format(
        namespace=namespace,
        name=name,
        plural=operation.kinds[0] if operation.kinds else "",
        resource="deployments.apps",
        member=f"{name}-predictor",
    )


async def _answered(
    person: Person, operation: Operation[Any], *, namespace: str, name: str
) -> tuple[int, str]:
    """What is sent is a trial, of a body that the cluster refuses; who may not, hears of that first."""
    path = _path(operation, namespace=namespace, name=name)
    if operation.method == "GET":
        query = "?format=sklearn" if operation.id == "chooseRuntime" else ""
        async with person.stream(path + query) as answer:
            return answer.status, "" if operation.answer.media == EVENTS else await answer.text()
    body = None
    if operation.body is not None:
        body = {"metadata": {"labels": {"x": "y"}}} if operation.method == "PATCH" else service("Not A Name")
        if operation.method == "PUT":
            body = {**service(name), "metadata": {"name": name, "resourceVersion": "1"}}
    reply = await call(person, operation.method, f"{path}?dryRun=true", body)
    return reply.status, reply.text


async def test_no_other_site_can_write_and_nobody_reads(cluster: Cluster) -> None:
    async with opened(cluster) as (app, admin, services):
        for headers in (
            {"X-Requested-By": ""},
            {"Origin": "https://elsewhere.example.com"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Authorization": "Bearer guessed", "X-Requested-By": ""},
        ):
            problem = await ask(admin, "POST", services, service("foreign"), status=403, headers=headers)
            assert problem["code"] == "untrusted-page"
        async with app.person(None) as nobody:
            for operation in OPERATIONS:
                if operation.method == "GET":
                    path = _path(operation, namespace=cluster.namespace, name="iris")
                    assert (await call(nobody, "GET", path)).status == 401
            for path in ("/api/openapi.json", "/api/docs"):
                assert (await nobody.get(path)).status == 401


def _blocks(language: str) -> list[str]:
    part = DOCS.read_text().partition("\n## That of the former")[0]
    return re.findall(rf"```{language}\n(.*?)```", part, re.DOTALL)


async def test_the_lines_of_curl_in_the_documentation(cluster: Cluster) -> None:
    async with opened(cluster) as (app, _, _), app.person(None) as anyone:
        variables = {"APP": "", "SPACE": cluster.namespace, "USER_ID": ADMIN}
        lines = "".join(_blocks("sh")).replace("\\\n", " ").splitlines()
        assert lines
        for line in lines:
            sent = openapi.curl(line, variables)
            reply = await anyone._send(sent.method, sent.url, data=sent.data, headers=sent.headers)
            assert reply.status == 200, (line, reply.text)
            openapi.check(sent.method, sent.url, status=reply.status, headers=reply.headers, text=reply.text)


async def test_the_call_that_the_page_gives_for_each_operation(cluster: Cluster) -> None:
    async with opened(cluster) as (app, _, _), app.person(None) as anyone:
        for operation in OPERATIONS:
            line = written(operation, prefix="", auth=AuthConfig())
            sent = openapi.curl(line, {"APP": "", "USER_ID": ADMIN})
            url = sent.url.replace("/team", f"/{cluster.namespace}")
            if operation.answer.media == EVENTS:
                url += "?timeoutSeconds=1"
            data = sent.data.replace('"team"', f'"{cluster.namespace}"') if sent.data is not None else None
            reply = await anyone._send(sent.method, url, data=data, headers=sent.headers)
            openapi.check(sent.method, url, status=reply.status, headers=reply.headers, text=reply.text)
            expected = {200, 202}
            if operation.id == "readFigures" or operation.id in OF_CLUSTER.keys() - {"watchObjectOfCluster"}:
                expected = {404}  # no Prometheus, no such object
            elif operation.id in {"createObject", "replaceObject"}:
                expected = {409}  # iris is there, and in another version
            assert reply.status in expected, (line, reply.status, reply.text)


async def test_the_script_of_the_documentation(cluster: Cluster) -> None:
    async with opened(cluster) as (app, _, _):
        [script] = _blocks("python")
        environment = {**os.environ, "APP": app.address, "SPACE": cluster.namespace, "USER_ID": ADMIN}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            script,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await asyncio.wait_for(process.communicate(), LIMIT)
        assert process.returncode == 0, out.decode()
        assert "2 replicas" in out.decode()

        async def is_gone() -> bool:
            found, _ = await cluster.client.list_all(INFERENCE_SERVICE, namespace=cluster.namespace)
            return all(json.loads(bytes(one))["metadata"]["name"] != "scripted" for one in found)

        await until(is_gone)
