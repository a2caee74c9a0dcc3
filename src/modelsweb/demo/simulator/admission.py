"""KServe's admission webhooks, for the demo cluster: what is filled in, and what is refused, in KServe's words."""

import re
from collections.abc import Mapping
from typing import Any

from modelsweb.demo.apiserver.failure import Failure
from modelsweb.demo.apiserver.operations import Admission

Object = dict[str, Any]

_FRAMEWORKS = {
    "sklearn": "SKLearn", "xgboost": "XGBoost", "tensorflow": "Tensorflow", "pytorch": "PyTorch", "triton": "Triton",
    "onnx": "ONNX", "huggingface": "HuggingFace", "pmml": "PMML", "lightgbm": "LightGBM", "paddle": "Paddle",
}  # fmt: skip
_NAME = re.compile(r"^[a-z]([-a-z0-9]*[a-z0-9])?$")
_CLASSES = {"hpa", "external", "keda", "none"}
_DEFAULT_RESOURCES = {"limits": {"cpu": "1", "memory": "2Gi"}, "requests": {"cpu": "1", "memory": "2Gi"}}
_DOWNLOADED = ("gs://", "s3://", "hf://", "http://", "https://", "hdfs://", "webhdfs://", "oci+fetch://")
_SOURCE_URI = "internal.serving.kserve.io/storage-initializer-sourceuri"
_VOLUME = "kserve-provision-location"


def _deny(message: str, webhook: str = "inferenceservice.kserve-webhook-server.validator") -> Failure:
    return Failure(403, "Forbidden", message=f'admission webhook "{webhook}" denied the request: {message}')


def default_service(obj: Object, _before: Object | None) -> None:
    """Fills in an InferenceService; what it cannot make sense of is left for the schema to refuse."""
    spec = obj.get("spec")
    predictor = spec.get("predictor") if isinstance(spec, dict) else None
    if not isinstance(predictor, dict) or not predictor:
        raise _deny("PredictorSpec must name a model, a framework or containers")
    _check_implementations(predictor)
    _default(obj, predictor)


def check_service(obj: Object, before: Object | None) -> None:
    """Checks an InferenceService."""
    name = obj["metadata"].get("name") or ""
    if not _NAME.match(name):
        raise _deny(
            f'the InferenceService "{name}" is invalid: a InferenceService name must consist of lower case alphanumeric '
            'characters or \'-\', and must start with alphabetical character. (e.g. "my-name" or "abc-123", regex '
            "used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
        )
    for component in ("predictor", "transformer", "explainer"):
        _check_scaling(obj["spec"].get(component) or {})
    _check_annotations(obj, before)


def _check_implementations(predictor: Mapping[str, Any]) -> None:
    legacy = [name for name in _FRAMEWORKS if name in predictor]
    if len(legacy) > 1 or (not legacy and "model" not in predictor and not predictor.get("containers")):
        names = ", ".join(["Name", *_FRAMEWORKS.values(), "Model"])
        raise _deny(f"exactly one of [{names}] must be specified in PredictorSpec")


def _default(obj: Object, predictor: dict[str, Any]) -> None:
    for name in _FRAMEWORKS:
        if isinstance(predictor.get(name), dict):
            legacy = predictor.pop(name)
            model = predictor.setdefault("model", {})
            model |= legacy
            model["modelFormat"] = {"name": name}
            if name in {"triton", "onnx", "huggingface"}:
                model.setdefault("protocolVersion", "v2")
    model = predictor.get("model")
    if isinstance(model, dict) and isinstance(model.get("modelFormat", {}), dict):
        model.setdefault("modelFormat", {"name": ""})
        model.setdefault("name", "")
        model.setdefault("resources", {})
        if model["modelFormat"].get("name"):
            obj["metadata"].setdefault("annotations", {})["modelFormat"] = model["modelFormat"]["name"]
    for component in ("predictor", "transformer"):
        containers = (obj["spec"].get(component) or {}).get("containers") or ()
        for index, container in enumerate(item for item in containers if isinstance(item, dict)):
            container.setdefault("resources", _DEFAULT_RESOURCES if index == 0 else {})


def _check_scaling(component: Mapping[str, Any]) -> None:
    minimum, maximum = component.get("minReplicas") or 0, component.get("maxReplicas") or 0
    if minimum < 0:
        raise _deny("'MinReplicas' cannot be less than 0")
    if maximum < 0:
        raise _deny("'MaxReplicas' cannot be less than 0")
    if maximum and minimum > maximum:
        raise _deny("'MinReplicas' cannot be greater than MaxReplicas")
    if (component.get("containerConcurrency") or 0) < 0:
        raise _deny("parallelism cannot be less than 0")


def _check_annotations(obj: Object, before: Object | None) -> None:
    annotations = obj["metadata"].get("annotations") or {}
    scaler = annotations.get("serving.kserve.io/autoscalerClass")
    if scaler and scaler not in _CLASSES:
        raise _deny(f"[{scaler}] is not a supported autoscaler class type")
    known = ((before or {}).get("status") or {}).get("deploymentMode")
    wanted = annotations.get("serving.kserve.io/deploymentMode")
    wanted = {"RawDeployment": "Standard", "Serverless": "Knative"}.get(wanted or "", wanted)
    if known and wanted and wanted != known:
        raise _deny(f"update rejected: deploymentMode cannot be changed from '{known}' to '{wanted}'")


def check_graph(obj: Object, _before: Object | None) -> None:
    """Checks an InferenceGraph."""
    webhook = "inferencegraph.kserve-webhook-server.validator"
    nodes = obj["spec"].get("nodes") or {}
    if "root" not in nodes:
        message = (
            "root node not found, InferenceGraph needs a node with name 'root' as the root node of the graph"
        )
        raise _deny(message, webhook)
    for name, node in nodes.items():
        weights = [step.get("weight") or 0 for step in node.get("steps") or ()]
        if node.get("routerType") == "Splitter" and sum(weights) != 100:
            graph = obj["metadata"].get("name")
            message = f"InferenceGraph[{graph}] Node[{name}] splitter node: the sum of traffic weights for all routing targets should be 100"
            raise _deny(message, webhook)


def default_pod(obj: Object, before: Object | None) -> None:
    """Puts the storage-initializer into pods whose model has to be downloaded."""
    labels = obj["metadata"].get("labels") or {}
    if before is not None or "serving.kserve.io/inferenceservice" not in labels:
        return
    annotations = obj["metadata"].setdefault("annotations", {})
    for name in (
        "serving.kserve.io/enable-metric-aggregation",
        "serving.kserve.io/enable-prometheus-scraping",
    ):
        annotations.setdefault(name, "false")
    uri = annotations.get(_SOURCE_URI, "")
    if not uri.startswith(_DOWNLOADED):
        return
    spec = obj["spec"]
    spec.setdefault("volumes", []).append({"name": _VOLUME, "emptyDir": {}})
    spec["initContainers"] = [
        {
            "name": "storage-initializer",
            "image": "kserve/storage-initializer:latest",
            "args": [uri, "/mnt/models"],
            "env": [
                {"name": "HF_HUB_ENABLE_HF_TRANSFER", "value": "1"},
                {"name": "HF_XET_HIGH_PERFORMANCE", "value": "1"},
                {"name": "HF_XET_NUM_CONCURRENT_RANGE_GETS", "value": "8"},
            ],
            "resources": {
                "limits": {"cpu": "1", "memory": "1Gi"},
                "requests": {"cpu": "100m", "memory": "100Mi"},
            },
            "volumeMounts": [{"name": _VOLUME, "mountPath": "/mnt/models"}],
            "terminationMessagePath": "/dev/termination-log",
            "terminationMessagePolicy": "FallbackToLogsOnError",
            "imagePullPolicy": "IfNotPresent",
        }
    ]
    mount = {"name": _VOLUME, "readOnly": True, "mountPath": "/mnt/models"}
    spec["containers"][0].setdefault("volumeMounts", []).append(mount)


ADMISSION = {
    "inferenceservices.serving.kserve.io": Admission(mutate=default_service, validate=check_service),
    "inferencegraphs.serving.kserve.io": Admission(validate=check_graph),
    "pods": Admission(mutate=default_pod),
}
