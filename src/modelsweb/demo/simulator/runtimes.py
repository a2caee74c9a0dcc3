"""Which serving runtime an InferenceService gets, and the container that follows from it."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modelsweb.demo.simulator import kinds
from modelsweb.demo.simulator.machinery import Cluster, Object

CONTAINER = "kserve-container"


class UnsupportedError(Exception):
    """No runtime can serve this. ``reason`` and ``message`` go into modelStatus, the text into an event."""

    def __init__(self, reason: str, message: str, *, event: str) -> None:
        super().__init__(event)
        self.reason = reason
        self.message = message


@dataclass(frozen=True, slots=True)
class Runtime:
    """A ServingRuntime or ClusterServingRuntime."""

    name: str
    is_cluster_wide: bool
    spec: Mapping[str, Any]


def select(cluster: Cluster, service: Object) -> Runtime | None:
    """The runtime for the predictor's model; None for a custom predictor. Raises UnsupportedError."""
    model = service["spec"]["predictor"].get("model")
    if model is None:
        return None
    wanted = model.get("modelFormat") or {}
    protocol = model.get("protocolVersion")
    candidates = list(_runtimes(cluster, service["metadata"]["namespace"]))
    if name := model.get("runtime"):
        runtime = next((runtime for runtime in candidates if runtime.name == name), None)
        return _check_named(runtime, name, wanted=wanted, protocol=protocol)
    fitting = [
        (not entry_priority, -entry_priority, runtime.name, runtime)
        for runtime in candidates
        if not runtime.spec.get("disabled")
        and "workerSpec" not in runtime.spec
        and _speaks(runtime, protocol or "v1")
        for entry_priority in [_priority(runtime, wanted)]
        if entry_priority is not None
    ]
    if not fitting:
        version = wanted.get("version") or "<nil>"
        raise UnsupportedError(
            "NoSupportingRuntime",
            "No runtime found to support specified framework/version",
            event=f"no runtime found to support predictor with model type: {{{wanted.get('name', '')} {version}}}",
        )
    return min(fitting, key=lambda item: (item[3].is_cluster_wide, *item[:3]))[3]


def _runtimes(cluster: Cluster, namespace: str) -> Iterator[Runtime]:
    for obj in cluster.all(kinds.SERVING_RUNTIME, namespace):
        yield Runtime(obj["metadata"]["name"], is_cluster_wide=False, spec=obj["spec"])
    for obj in cluster.all(kinds.CLUSTER_SERVING_RUNTIME):
        yield Runtime(obj["metadata"]["name"], is_cluster_wide=True, spec=obj["spec"])


def _check_named(
    runtime: Runtime | None, name: str, *, wanted: Mapping[str, Any], protocol: str | None
) -> Runtime:
    if runtime is None:
        raise UnsupportedError(
            "RuntimeNotRecognized",
            "Waiting for runtime to become available",
            event=f"No ServingRuntimes or ClusterServingRuntimes with the name: {name}",
        )
    if runtime.spec.get("disabled"):
        raise UnsupportedError(
            "RuntimeDisabled", "Specified runtime is disabled", event=f"specified runtime {name} is disabled"
        )
    formats = runtime.spec.get("supportedModelFormats") or ()
    if not any(_same_format(entry, wanted) for entry in formats):
        raise UnsupportedError(
            "NoSupportingRuntime",
            "Specified runtime does not support specified framework/version",
            event=f"specified runtime {name} does not support specified framework/version",
        )
    if protocol and not _speaks(runtime, protocol):
        raise UnsupportedError(
            "NoSupportingRuntime",
            "Specified runtime does not support specified protocol version",
            event=f"specified runtime {name} does not support specified protocol version",
        )
    return runtime


def _same_format(entry: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return entry.get("name") == wanted.get("name") and wanted.get("version") in (None, entry.get("version"))


def _priority(runtime: Runtime, wanted: Mapping[str, Any]) -> int | None:
    fits = [
        int(entry.get("priority") or 0)
        for entry in runtime.spec.get("supportedModelFormats") or ()
        if entry.get("autoSelect") and _same_format(entry, wanted)
    ]
    return max(fits, default=None)


def _speaks(runtime: Runtime, protocol: str) -> bool:
    spoken = runtime.spec.get("protocolVersions") or ()
    return not spoken or protocol in spoken


def predictor_container(service: Object, runtime: Runtime | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The main container, and the other fields of the pod that the runtime or the user sets."""
    predictor = service["spec"]["predictor"]
    name = service["metadata"]["name"]
    if runtime is None:
        container, *others = copy.deepcopy(predictor.get("containers") or [{}])
        container["name"] = CONTAINER
        pod = {"containers": others} if others else {}
    else:
        container = copy.deepcopy(runtime.spec["containers"][0])
        pod = {
            key: copy.deepcopy(runtime.spec[key])
            for key in ("volumes", "nodeSelector")
            if key in runtime.spec
        }
        container["args"] = [arg.replace("{{.Name}}", name) for arg in container.get("args") or ()]
        _overlay(container, predictor["model"])
    container.setdefault("env", []).append({"name": "INFERENCE_SERVICE_NAME", "value": name})
    for key in ("serviceAccountName", "nodeSelector", "tolerations", "imagePullSecrets", "volumes"):
        if key in predictor:
            pod[key] = copy.deepcopy(predictor[key])
    return container, pod


def _overlay(container: dict[str, Any], model: Mapping[str, Any]) -> None:
    container["args"] = [*container["args"], *(model.get("args") or ())]
    container["env"] = [*(container.get("env") or ()), *(model.get("env") or ())]
    for part in ("limits", "requests"):
        given = (model.get("resources") or {}).get(part) or {}
        container.setdefault("resources", {}).setdefault(part, {}).update(given)
    if model.get("image"):
        container["image"] = model["image"]
    elif model.get("runtimeVersion"):
        container["image"] = f"{container['image'].rpartition(':')[0]}:{model['runtimeVersion']}"
    elif "nvidia.com/gpu" in container["resources"]["limits"] and "huggingfaceserver" in container["image"]:
        container["image"] += "-gpu"


def transformer_container(service: Object) -> dict[str, Any]:
    """The transformer's container, which is given the predictor's address."""
    name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
    container: dict[str, Any] = copy.deepcopy(service["spec"]["transformer"]["containers"][0])
    container["name"] = CONTAINER
    container["args"] = [
        *(container.get("args") or ()),
        f"--model_name={name}",
        "--predictor_host",
        f"{name}-predictor.{namespace}",
        "--http_port",
        "8080",
    ]
    container.setdefault("env", []).append({"name": "INFERENCE_SERVICE_NAME", "value": name})
    return container
