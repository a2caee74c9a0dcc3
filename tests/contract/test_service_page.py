"""The service page over both clusters: resources, pods, events, progress and logs of a Standard and a Knative service."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from modelsweb.config import AuthConfig, Config, WebConfig
from modelsweb.kinds import INFERENCE_SERVICE, POD
from tests.contract.cluster import Cluster
from tests.running import Person, running_app
from tests.sample_objects import service
from tests.waiting import until

CONFIG = Config(web=WebConfig(secure_cookies=False, port=0, prefix=""), auth=AuthConfig(is_disabled=True))
OWNED = {
    "Standard": {"InferenceService", "Deployment", "ReplicaSet", "Pod", "Service"},
    "Serverless": {
        "InferenceService",
        "Knative Service",
        "Configuration",
        "Revision",
        "Route",
        "Deployment",
        "ReplicaSet",
        "Pod",
    },
}
STEPS = {
    "Standard": {"requested", "runtime", "scheduled", "pulled", "loaded", "routed"},
    "Serverless": {"requested", "runtime", "revision", "scheduled", "pulled", "loaded", "routed"},
}


@asynccontextmanager
async def showing(cluster: Cluster, mode: str) -> AsyncIterator[Person]:
    """Somebody who looks at the service ``iris`` of that mode."""
    body = service("iris")
    body["metadata"]["annotations"]["serving.kserve.io/deploymentMode"] = mode
    await cluster.client.create(INFERENCE_SERVICE, body, namespace=cluster.namespace)
    async with running_app(CONFIG, connection=cluster.connection) as app, app.person(None) as person:
        yield person


async def _json(person: Person, path: str) -> dict[str, Any]:
    answer = await person.get(path)
    return dict(json.loads(answer.text)) if answer.status == 200 else {}


@pytest.mark.parametrize("mode", OWNED)
async def test_a_service_shows_all_that_it_owns_and_what_happened(cluster: Cluster, mode: str) -> None:
    base = f"/n/{cluster.namespace}/services/iris"
    async with showing(cluster, mode) as person:

        async def all_of_it() -> dict[str, Any] | None:
            found = await _json(person, f"{base}/resources.json")
            kinds = {row["kind"] for row in found.get("rows", ())}
            return found if kinds >= OWNED[mode] else None

        resources = await until(all_of_it)
        assert resources
        assert resources["rows"][0]["depth"] == 0
        assert [row["depth"] for row in resources["rows"]].count(0) == 1

        async def is_ready() -> dict[str, Any] | None:
            found = await _json(person, f"{base}.json")
            is_done = all(step["state"] == "done" for step in found.get("steps", ()))
            return found if found.get("head", {}).get("status") == "ready" and is_done else None

        overview = await until(is_ready)
        assert overview
        names = {step["name"] for step in overview["steps"]}
        assert names >= STEPS[mode]
        assert {condition["type"] for condition in overview["conditions"]} >= {"Ready", "PredictorReady"}

        async def seen() -> set[tuple[str, str]]:
            rows = (await _json(person, f"{base}/events.json")).get("rows", ())
            found = {(row["kind"], row["reason"]) for row in rows}
            return found if ("Pod", "Scheduled") in found else set()

        events = await until(seen)
        assert ("Pod", "Scheduled") in events
        pods = await _json(person, f"{base}/pods.json")
        containers = pods["groups"][0]["pods"][0]["containers"]
        assert "kserve-container" in {container["name"] for container in containers}
        for row in resources["rows"][1:]:
            page = await person.get(f"{base}/resources/{row['plural']}/{row['name']}")
            assert page.status in {200, 404}, row  # 404: it was replaced meanwhile
            assert page.status == 404 or "apiVersion:" in page.text


@pytest.mark.parametrize("mode", OWNED)
async def test_the_logs_of_a_service_and_of_the_pod_that_takes_over(cluster: Cluster, mode: str) -> None:
    base = f"/n/{cluster.namespace}/services/iris"
    async with showing(cluster, mode) as person:

        async def pod_names() -> list[str]:
            groups = (await _json(person, f"{base}/pods.json")).get("groups", ())
            return [pod["name"] for group in groups for pod in group["pods"] if pod["mood"] == "good"]

        first = (await until(pod_names))[0]
        raw = await cluster.client.get(POD, namespace=cluster.namespace, name=first)
        mark = raw["metadata"]["uid"]

        async def has_line(words: str) -> bool:
            return words in (await person.get(f"{base}/logs/lines?once=1")).text

        await cluster.write_log(raw, "kserve-container", f"{mark} 第一行")
        await until(lambda: has_line(f"{mark} 第一行"))
        await cluster.client.delete(POD, namespace=cluster.namespace, name=first)

        async def other() -> str:
            return next((name for name in await pod_names() if name != first), "")

        second = await until(other)
        raw = await cluster.client.get(POD, namespace=cluster.namespace, name=second)
        await cluster.write_log(raw, "kserve-container", f"{raw['metadata']['uid']} took over")
        await until(lambda: has_line(f"{raw['metadata']['uid']} took over"))
