"""The controller of InferenceGraphs in Standard mode, as the recordings show it."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from modelsweb.demo.simulator import kinds
from modelsweb.demo.simulator.components import autoscaler
from modelsweb.demo.simulator.conditions import Conditions
from modelsweb.demo.simulator.machinery import (
    Controller,
    Key,
    Object,
    is_ready,
    key_of_owner,
    owner_reference,
)
from modelsweb.objects.kind import Kind

_ROUTER_IMAGE = "kserve/router:latest"
_LABEL = "serving.kserve.io/inferencegraph"
_STOP = "serving.kserve.io/stop"
_MODE = {"serving.kserve.io/deploymentMode": "Standard"}


class GraphController(Controller):
    """Reconciles InferenceGraphs. While a service of a step is not ready, or not there, it writes nothing at all."""

    watches = (kinds.INFERENCE_GRAPH, kinds.INFERENCE_SERVICE, kinds.DEPLOYMENT, kinds.SERVICE)

    def interested(self, kind: Kind, obj: Object, *, before: Object | None) -> Iterable[Key]:
        """A graph's own changes, its router's, and those of the services that it calls."""
        metadata = obj["metadata"]
        if kind is kinds.INFERENCE_GRAPH:
            yield metadata["namespace"], metadata["name"]
        elif kind is kinds.INFERENCE_SERVICE:
            for graph in self.cluster.all(kinds.INFERENCE_GRAPH, metadata["namespace"]):
                if metadata["name"] in _services(graph):
                    yield graph["metadata"]["namespace"], graph["metadata"]["name"]
        elif kind is kinds.DEPLOYMENT:
            yield from key_of_owner(obj, kinds.INFERENCE_GRAPH)

    async def reconcile(self, key: Key) -> float | None:
        """One graph."""
        graph = self.cluster.get(kinds.INFERENCE_GRAPH, *key)
        if graph is None or "deletionTimestamp" in graph["metadata"]:
            return None
        if str((graph["metadata"].get("annotations") or {}).get(_STOP, "")).lower() == "true":
            for kind in (kinds.DEPLOYMENT, kinds.SERVICE, kinds.AUTOSCALER):
                for child in self.cluster.owned(kind, graph):
                    await self.cluster.delete(kind, child)
            await self._report(graph, is_stopped=True)
            return None
        if not all(
            is_ready(self.cluster.get(kinds.INFERENCE_SERVICE, key[0], name)) for name in _services(graph)
        ):
            return None
        await self.cluster.ensure(kinds.DEPLOYMENT, _deployment(graph))
        await self.cluster.ensure(kinds.SERVICE, _service(graph))
        await self.cluster.ensure(kinds.AUTOSCALER, autoscaler(_metadata(graph), graph["spec"]))
        await self._report(graph, is_stopped=False)
        return None

    async def _report(self, graph: Object, *, is_stopped: bool) -> None:
        conditions = Conditions(
            (graph.get("status") or {}).get("conditions") or (),
            self.cluster.now(),
            top="Ready",
            dependents=(),
        )
        conditions.set("Ready", str(not is_stopped), reason="Stopped" if is_stopped else "")
        conditions.set("Stopped", str(is_stopped))
        namespace, name = graph["metadata"]["namespace"], graph["metadata"]["name"]
        rendered = [{key: one[key] for key in one if key != "severity"} for one in conditions.render()]
        status: dict[str, Any] = {"conditions": rendered, "observedGeneration": 1}
        if not is_stopped:
            status["url"] = f"http://{name}-{namespace}.example.com"
        is_new = not is_stopped and not is_ready(graph)
        await self.cluster.write_status(kinds.INFERENCE_GRAPH, graph, status=status)
        if is_new:
            await self.cluster.say_ready(graph, component="InferenceGraphController")


def _services(graph: Object) -> list[str]:
    nodes = (graph["spec"].get("nodes") or {}).values()
    return [
        str(step["serviceName"])
        for node in nodes
        for step in node.get("steps") or ()
        if step.get("serviceName")
    ]


def _metadata(graph: Object) -> dict[str, Any]:
    name = graph["metadata"]["name"]
    return {
        "name": name,
        "namespace": graph["metadata"]["namespace"],
        "labels": {"app": f"isvc.{name}", _LABEL: name},
        "annotations": dict(_MODE),
        "ownerReferences": [owner_reference(graph)],
    }


def _deployment(graph: Object) -> Object:
    metadata = _metadata(graph)
    container = {
        "name": metadata["name"],
        "image": _ROUTER_IMAGE,
        "args": ["--graph-json", _running(graph)],
        "resources": graph["spec"].get("resources")
        or {"requests": {"cpu": "100m", "memory": "100Mi"}, "limits": {"cpu": "1", "memory": "500Mi"}},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata,
        "spec": {
            "replicas": max(1, graph["spec"].get("minReplicas") or 1),
            "selector": {"matchLabels": {"app": metadata["labels"]["app"]}},
            "template": {
                "metadata": {"labels": metadata["labels"], "annotations": dict(_MODE)},
                "spec": {"containers": [container]},
            },
            "progressDeadlineSeconds": 600,
        },
    }


def _running(graph: Object) -> str:
    """The graph with the address of each service, as the router is given it."""
    namespace = graph["metadata"]["namespace"]

    def step(given: Mapping[str, Any]) -> dict[str, Any]:
        name = given.get("serviceName")
        address = f"http://{name}-predictor.{namespace}.svc.cluster.local/v1/models/{name}:predict"
        return {**given, **({"serviceUrl": address} if name and not given.get("serviceUrl") else {})}

    nodes = {
        name: {**node, "steps": [step(one) for one in node.get("steps") or ()]}
        for name, node in (graph["spec"].get("nodes") or {}).items()
    }
    return json.dumps({"nodes": nodes, "resources": {}}, separators=(",", ":"))


def _service(graph: Object) -> Object:
    metadata = _metadata(graph)
    ports = [{"name": metadata["name"], "port": 80, "targetPort": 8080}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {"selector": {"app": metadata["labels"]["app"]}, "ports": ports},
    }


CONTROLLERS = (GraphController,)
