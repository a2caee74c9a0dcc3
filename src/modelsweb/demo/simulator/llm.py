"""The controller of LLMInferenceServices, in the ways that the recordings show: without LeaderWorkerSet and without a gateway
controller of its own, whose answer it gives itself."""

import copy
from collections.abc import Iterable
from typing import Any

from modelsweb.demo.simulator import kinds, presets
from modelsweb.demo.simulator.components import SOURCE_URI
from modelsweb.demo.simulator.conditions import Conditions
from modelsweb.demo.simulator.machinery import (
    Controller,
    Key,
    Object,
    conditions_of,
    key_of_owner,
    owner_reference,
)
from modelsweb.objects.kind import Kind

_FINALIZER = "serving.kserve.io/llmisvc-finalizer"
_COMPONENT = "LLMInferenceServiceController"
_STOP = "serving.kserve.io/stop"
_GROUP = "serving.kserve.io/routing-group"
_KSERVE = "kserve"
_PART_OF = {"app.kubernetes.io/part-of": "llminferenceservice"}
_SERVER_IMAGE = "ghcr.io/llm-d/llm-d-cuda:v0.9.0"
_ROUTER_VERSION = "0.10.0"
_SCHEDULER_IMAGE = f"ghcr.io/llm-d/llm-d-router-endpoint-picker:v{_ROUTER_VERSION}"
_SIDECAR = {
    "name": "llm-d-routing-sidecar",
    "image": f"ghcr.io/llm-d/llm-d-router-disagg-sidecar:v{_ROUTER_VERSION}",
    "restartPolicy": "Always",
    "ports": [{"containerPort": 8000, "protocol": "TCP"}],
}
"""Stands before a server that only decodes, and asks the prefill servers first."""
_REASON_OF_GROUPS = "failed to reconcile workload: failed to reconcile multi node workload: "
_NO_GROUPS = (
    "failed to reconcile multi-node main workload: failed to get v1.LeaderWorkerSet {namespace}/{name}-kserve-mn: no matches for kind "
    '"LeaderWorkerSet" in version "leaderworkerset.x-k8s.io/v1"'
)
_GATEWAY = {
    "group": "gateway.networking.k8s.io",
    "kind": "Gateway",
    "name": "kserve-ingress-gateway",
    "namespace": "kserve",
}
_CONDITIONS = {
    "main": "MainWorkloadReady",
    "prefill": "PrefillWorkloadReady",
    "scheduler": "SchedulerWorkloadReady",
}
_SUFFIXES = {"main": "kserve", "prefill": "kserve-prefill", "scheduler": "kserve-router-scheduler"}
_LABELS = {
    "main": "llminferenceservice-workload",
    "prefill": "llminferenceservice-workload-prefill",
    "scheduler": "llminferenceservice-router-scheduler",
}


class LlmController(Controller):
    """Reconciles LLMInferenceServices."""

    watches = (
        kinds.LLM_INFERENCE_SERVICE,
        kinds.LLM_INFERENCE_SERVICE_CONFIG,
        kinds.DEPLOYMENT,
        kinds.SERVICE,
    )

    def interested(self, kind: Kind, obj: Object, *, before: Object | None) -> Iterable[Key]:
        """A service's own changes, those of its Deployments, and of configurations that it is made from."""
        metadata = obj["metadata"]
        if kind is kinds.LLM_INFERENCE_SERVICE:
            yield metadata["namespace"], metadata["name"]
        elif kind is kinds.LLM_INFERENCE_SERVICE_CONFIG:
            for service in self.cluster.all(kinds.LLM_INFERENCE_SERVICE):
                if metadata["name"] in _base_refs(service):
                    yield service["metadata"]["namespace"], service["metadata"]["name"]
        elif kind is kinds.DEPLOYMENT:
            yield from key_of_owner(obj, kinds.LLM_INFERENCE_SERVICE)

    async def reconcile(self, key: Key) -> float | None:
        """One service."""
        service = self.cluster.get(kinds.LLM_INFERENCE_SERVICE, *key)
        if service is None:
            return None
        metadata = service["metadata"]
        finalizers = metadata.get("finalizers") or []
        if "deletionTimestamp" in metadata:
            if _FINALIZER in finalizers:
                kept = [name for name in finalizers if name != _FINALIZER] or None
                await self._patch(service, {"metadata": {"finalizers": kept}})
        elif _FINALIZER not in finalizers:
            await self._patch(service, {"metadata": {"finalizers": [*finalizers, _FINALIZER]}})
        elif (metadata.get("labels") or {}).get(_GROUP) != _group(service):
            await self._patch(service, {"metadata": {"labels": {_GROUP: _group(service)}}})
        elif str((metadata.get("annotations") or {}).get(_STOP, "")).lower() == "true":
            await self._stop(service)
        elif missing := self._missing_config(service):
            await self._refuse(service, "PresetsCombined", reason="ConfigNotFound", message=missing)
        elif service["spec"].get("worker") is not None:
            message = _NO_GROUPS.format(namespace=key[0], name=key[1])
            await self._refuse(
                service, "WorkerWorkloadReady", reason="ReconcileMultiNodeWorkloadError", message=message
            )
        else:
            await self._serve(service)
        return None

    async def _patch(self, service: Object, change: dict[str, Any]) -> None:
        await self.cluster.patch(kinds.LLM_INFERENCE_SERVICE, service, change=change)

    def _config_place(self, service: Object, name: str) -> str:
        """The namespace of a configuration: that of the service, or KServe's; empty where it is in neither."""
        places = (service["metadata"]["namespace"], _KSERVE)
        found = (
            place for place in places if self.cluster.get(kinds.LLM_INFERENCE_SERVICE_CONFIG, place, name)
        )
        return next(found, "")

    def _missing_config(self, service: Object) -> str:
        """KServe's own presets are always there."""
        missing = next(
            (
                name
                for name in _base_refs(service)
                if not name.startswith("kserve-config-") and not self._config_place(service, name)
            ),
            "",
        )
        namespace = service["metadata"]["namespace"]
        return (
            f'LLMInferenceServiceConfig "{missing}" not found in namespaces [{namespace} kserve]'
            if missing
            else ""
        )

    def _configs(self, service: Object) -> list[dict[str, str]]:
        presets = [{"name": name, "namespace": _KSERVE, "source": "Preset"} for name in _presets(service)]
        refs = [
            {"name": name, "namespace": place, "source": "UserRef"}
            for name in _base_refs(service)
            if (place := self._config_place(service, name))
        ]
        return [*presets, *refs]

    def _combined(self, service: Object) -> dict[str, Any]:
        places = [(one["namespace"], one["name"]) for one in self._configs(service)]
        found = [self.cluster.get(kinds.LLM_INFERENCE_SERVICE_CONFIG, *place) for place in places]
        specs = [*(one["spec"] for one in found if one is not None), service["spec"]]
        return presets.combined(specs, name=service["metadata"]["name"])

    async def _stop(self, service: Object) -> None:
        for kind in (kinds.DEPLOYMENT, kinds.SERVICE):
            for child in self.cluster.owned(kind, service):
                if "deletionTimestamp" not in child["metadata"]:
                    await self.cluster.delete(kind, child)
        conditions = self._conditions(service)
        conditions.set("PresetsCombined", "True")
        for type_ in (*_CONDITIONS.values(), "HTTPRoutesReady", "InferencePoolReady"):
            conditions.set(type_, "False", reason="Stopped")
        for type_ in ("WorkloadsReady", "RouterReady"):
            conditions.set(type_, "False", reason="Stopped")
        status = {"conditions": conditions.render(), "url": (service.get("status") or {}).get("url")}
        await self._write(service, {key: value for key, value in status.items() if value})

    async def _refuse(self, service: Object, type_: str, *, reason: str, message: str) -> None:
        conditions = self._conditions(service)
        if type_ != "PresetsCombined":
            conditions.set("PresetsCombined", "True")
            conditions.set(type_, "False", reason=reason, message=message)
            type_ = "WorkloadsReady"
        conditions.set(type_, "False", reason=reason, message=message)
        if conditions_of(service).get(type_, {}).get("message") != message:
            why = _REASON_OF_GROUPS if type_ == "WorkloadsReady" else ""
            text = f"Reconciliation failed: {why}{message}"
            await self.cluster.event(service, "Warning", reason="Error", message=text, component=_COMPONENT)
        await self._write(service, {"conditions": conditions.render()})

    def _conditions(self, service: Object) -> Conditions:
        return Conditions(
            (service.get("status") or {}).get("conditions") or (),
            self.cluster.now(),
            top="Ready",
            dependents=("PresetsCombined", "WorkloadsReady", "RouterReady"),
        )

    async def _serve(self, service: Object) -> None:
        whole = {**service, "spec": self._combined(service)}
        for part in _parts(service):
            await self._make(service, kinds.DEPLOYMENT, wanted=_deployment(whole, part))
        await self._make(service, kinds.SERVICE, wanted=_workload_service(service))
        if "scheduler" in _parts(service):
            await self._make(service, kinds.SERVICE, wanted=_picker_service(service))
        await self._report(service)

    async def _make(self, service: Object, kind: Kind, *, wanted: Object) -> None:
        place = wanted["metadata"]["namespace"], wanted["metadata"]["name"]
        is_new = self.cluster.get(kind, *place) is None
        await self.cluster.ensure(kind, wanted)
        if is_new:
            text = f"Created {kind.version}.{kind.kind} {'/'.join(place)}"
            await self.cluster.event(service, "Normal", reason="Created", message=text, component=_COMPONENT)

    async def _report(self, service: Object) -> None:
        namespace, name = service["metadata"]["namespace"], service["metadata"]["name"]
        router = service["spec"].get("router") or {}
        conditions = self._conditions(service)
        conditions.set("PresetsCombined", "True")
        waiting = {
            "reason": "MinimumReplicasUnavailable",
            "message": "Deployment does not have minimum availability.",
        }
        states: dict[str, bool] = {}
        workloads: dict[str, Any] = {}
        for part in _parts(service):
            child = f"{name}-{_SUFFIXES[part]}"
            made = self.cluster.get(kinds.DEPLOYMENT, namespace, child)
            ready = int(((made or {}).get("status") or {}).get("readyReplicas") or 0)
            states[part] = bool(ready) or (made or {}).get("spec", {}).get("replicas") == 0
            conditions.set(_CONDITIONS[part], str(states[part]), **({} if states[part] else waiting))
            workloads["primary" if part == "main" else part] = {
                "apiGroup": "apps",
                "kind": "Deployment",
                "name": child,
                "readyReplicas": ready,
            }
        serves = states["main"] and states.get("prefill", True)
        conditions.set("WorkloadsReady", str(serves), **({} if serves else waiting))
        status: dict[str, Any] = {"workloads": workloads, "appliedConfigs": self._configs(service)}
        if "route" in router:
            conditions.set("HTTPRoutesReady", "True")
            url = f"http://gateway.example.com/{namespace}/{name}"
            route = {
                "group": _GATEWAY["group"],
                "kind": "HTTPRoute",
                "name": f"{name}-kserve-route",
                "namespace": namespace,
            }
            status["router"] = {"gateways": [{**_GATEWAY, "httpRoutes": [route]}]}
            status["url"] = url
            status["addresses"] = _addresses(service, url)
            if group := _group(service):
                status["router"]["group"] = {"name": group, "members": self._members(service, group)}
                conditions.set("GroupReady", "True")
        else:
            status["addresses"] = _addresses(service, "")
        if "scheduler" in states:
            conditions.set("InferencePoolReady", "True")
            pool = {
                "group": "inference.networking.k8s.io",
                "kind": "InferencePool",
                "name": f"{name}-inference-pool",
            }
            status.setdefault("router", {})["scheduler"] = {"inferencePool": pool}
        is_routed = states.get("scheduler", True)
        conditions.set("RouterReady", str(is_routed), **({} if is_routed else waiting))
        is_new = conditions.status("Ready") == "True" != conditions_of(service).get("Ready", {}).get("status")
        await self._write(service, {**status, "conditions": conditions.render()})
        if is_new:
            await self.cluster.say_ready(service, component=_COMPONENT)

    def _members(self, service: Object, group: str) -> list[dict[str, Any]]:
        """The services of the namespace that say the same group."""
        found = []
        for other in self.cluster.all(kinds.LLM_INFERENCE_SERVICE, service["metadata"]["namespace"]):
            if _group(other) == group:
                route = other["spec"]["router"]["route"]
                stopped = str((other["metadata"].get("annotations") or {}).get(_STOP, "")).lower() == "true"
                member = {"name": other["metadata"]["name"], "weight": route.get("weight", 1)}
                found.append(member | ({"stopped": True} if stopped else {}))
        return sorted(found, key=lambda one: str(one["name"]))

    async def _write(self, service: Object, status: dict[str, Any]) -> None:
        status["observedGeneration"] = service["metadata"].get("generation", 1)
        await self.cluster.write_status(kinds.LLM_INFERENCE_SERVICE, service, status=status)


def _group(service: Object) -> str | None:
    """The routing group that it asks for."""
    route = (service["spec"].get("router") or {}).get("route") or {}
    return route.get("group") or None


def _parts(service: Object) -> list[str]:
    found = ["main"]
    if service["spec"].get("prefill") is not None:
        found.append("prefill")
    if (service["spec"].get("router") or {}).get("scheduler") is not None:
        found.append("scheduler")
    return found


def _labels(service: Object, part: str) -> dict[str, str]:
    labels = {
        "app.kubernetes.io/component": _LABELS[part],
        "app.kubernetes.io/name": service["metadata"]["name"],
        **_PART_OF,
    }
    if part == "scheduler":
        return labels
    role = (
        "prefill" if part == "prefill" else "decode" if service["spec"].get("prefill") is not None else "both"
    )
    return {**labels, "kserve.io/component": "workload", "llm-d.ai/role": role}


def _deployment(service: Object, part: str) -> Object:
    metadata, spec = service["metadata"], service["spec"]
    own = spec if part == "main" else spec.get("prefill") or {}
    uri = str(spec["model"]["uri"])
    if part == "scheduler":
        own = (spec.get("router") or {}).get("scheduler") or {}
    pod: dict[str, Any] = copy.deepcopy(own.get("template") or {})
    listed = pod.pop("containers", ())
    given: dict[str, Any] = next((one for one in listed if one.get("name") == "main"), {})
    container = {
        "image": _SCHEDULER_IMAGE if part == "scheduler" else _SERVER_IMAGE,
        "terminationMessagePolicy": "FallbackToLogsOnError",
        **given,
        "name": "main",
    }
    pod["containers"] = [container, *(one for one in listed if one.get("name") != "main")]
    annotations = {"app.kubernetes.io/version": _ROUTER_VERSION} if part == "scheduler" else {}
    if part == "main" and spec.get("prefill") is not None:
        pod.setdefault("initContainers", []).insert(0, copy.deepcopy(_SIDECAR))
    if part != "scheduler" and uri.partition("://")[0] in {"hf", "s3"}:
        args = [uri, "/mnt/models"]
        pod.setdefault("initContainers", []).append(
            {"name": "storage-initializer", "image": "kserve/storage-initializer:latest", "args": args}
        )
        annotations[SOURCE_URI] = uri
    labels = _labels(service, part)
    replicas = own.get("replicas", 1)
    name = f"{metadata['name']}-{_SUFFIXES[part]}"
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": name,
            "namespace": metadata["namespace"],
            "labels": labels,
            "ownerReferences": [owner_reference(service)],
        },
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels, "annotations": annotations}, "spec": pod},
            "progressDeadlineSeconds": 600,
            **({"strategy": {"type": "Recreate"}} if part == "scheduler" else {}),
        },
    }


def _workload_service(service: Object) -> Object:
    ports = [{"name": "http", "port": 8000, "targetPort": 8000}]
    return _service(service, "main", name="kserve-workload-svc", ports=ports)


def _picker_service(service: Object) -> Object:
    ports = {"grpc": 9002, "grpc-health": 9003, "metrics": 9090, "zmq": 5557}
    wanted = [{"name": name, "port": port, "targetPort": name} for name, port in ports.items()]
    return _service(service, "scheduler", name="epp-service", ports=wanted)


def _service(service: Object, part: str, *, name: str, ports: list[dict[str, Any]]) -> Object:
    metadata = service["metadata"]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": f"{metadata['name']}-{name}",
            "namespace": metadata["namespace"],
            "labels": {
                "app.kubernetes.io/component": _LABELS[part],
                "app.kubernetes.io/name": metadata["name"],
                **_PART_OF,
            },
            "ownerReferences": [owner_reference(service)],
        },
        "spec": {"selector": _labels(service, part), "ports": ports},
    }


def _base_refs(service: Object) -> list[str]:
    return [str(one.get("name", "")) for one in service["spec"].get("baseRefs") or ()]


def _presets(service: Object) -> list[str]:
    has_prefill = service["spec"].get("prefill") is not None
    return [
        *(["kserve-config-llm-scheduler"] if "scheduler" in _parts(service) else []),
        *(["kserve-config-llm-router-route"] if "route" in (service["spec"].get("router") or {}) else []),
        *(
            ["kserve-config-llm-prefill-template", "kserve-config-llm-decode-template"]
            if has_prefill
            else ["kserve-config-llm-template"]
        ),
    ]


def _addresses(service: Object, url: str) -> list[dict[str, Any]]:
    metadata = service["metadata"]
    model = service["spec"]["model"].get("name") or metadata["name"]
    inside = f"http://{metadata['name']}-kserve-workload-svc.{metadata['namespace']}.svc.cluster.local:8000"
    found = [{"name": "internal", "url": inside, "models": [{"name": model}]}]
    if url:
        publisher = f"publishers/{metadata['namespace']}/models/{model}"
        routed = {
            "name": "gateway-external-model-routing",
            "url": "http://gateway.example.com/",
            "models": [{"name": publisher}],
        }
        found = [{"name": "gateway-external", "url": url, "models": [{"name": model}]}, routed, *found]
    return found


CONTROLLERS = (LlmController,)
