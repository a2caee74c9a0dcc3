"""KServe's admission webhooks, for the demo cluster: what is filled in, and what is refused, in KServe's words."""

import re
from collections.abc import Mapping
from typing import Any

from modelsweb.demo.apiserver.failure import Failure
from modelsweb.demo.apiserver.operations import Admission
from modelsweb.demo.simulator.components import AGENT, SOURCE_URI

Object = dict[str, Any]

_FRAMEWORKS = {
    "sklearn": "SKLearn", "xgboost": "XGBoost", "tensorflow": "Tensorflow", "pytorch": "PyTorch", "triton": "Triton",
    "onnx": "ONNX", "huggingface": "HuggingFace", "pmml": "PMML", "lightgbm": "LightGBM", "paddle": "Paddle",
}  # fmt: skip
_NAME = re.compile(r"^[a-z]([-a-z0-9]*[a-z0-9])?$")
_CLASSES = {"hpa", "external", "keda", "none"}
_DEFAULT_RESOURCES = {"limits": {"cpu": "1", "memory": "2Gi"}, "requests": {"cpu": "1", "memory": "2Gi"}}
_DOWNLOADED = ("gs://", "s3://", "hf://", "http://", "https://", "hdfs://", "webhdfs://", "oci+fetch://")
_VOLUME = "kserve-provision-location"


_DEFAULTER = "inferenceservice.kserve-webhook-server.defaulter"
_IMPLEMENTATIONS = (
    "Name", *_FRAMEWORKS.values(), "Model", "StorageUris", "StorageContainerName", "WorkerSpec", "PodSpec",
)  # fmt: skip
_TRAINED_MODEL = re.compile(r"^[a-zA-Z0-9_-]+$")
_SAMPLERS = {
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
}
_DENIED = re.compile(r'admission webhook "([^"]*)" denied the request: (.*)', re.DOTALL)


def _deny(message: str, webhook: str = "inferenceservice.kserve-webhook-server.validator") -> Failure:
    return Failure(403, "Forbidden", message=f'admission webhook "{webhook}" denied the request: {message}')


def denial(failure: Failure) -> tuple[str, str]:
    """The webhook that refused, and its own words: the API server puts the rest before them."""
    found = _DENIED.fullmatch(failure.message)
    return (found[1], found[2]) if found else ("", failure.message)


def default_service(obj: Object, _before: Object | None) -> None:
    """Fills in an InferenceService; what it cannot make sense of is left for the schema to refuse."""
    spec = obj.get("spec")
    predictor = spec.get("predictor") if isinstance(spec, dict) else None
    if predictor is None or predictor == {}:
        # So it crashes, and so the API server passes that on (recording webhook-denials).
        crash = "panic: runtime error: index out of range [0] with length 0 [recovered]"
        raise Failure(500, "", message=f'admission webhook "{_DEFAULTER}" denied the request: {crash}')
    if not isinstance(predictor, dict):
        return
    if sum(name in predictor for name in _FRAMEWORKS) < 2:  # of two the validator says what is wrong
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
    _check_implementations(obj["spec"].get("predictor") or {})
    for component in ("predictor", "transformer", "explainer"):
        _check_scaling(obj["spec"].get(component) or {})
    _check_annotations(obj, before)
    _check_workers(name, obj["spec"].get("predictor") or {})
    _check_tracing(obj["spec"].get("tracing") or {})


def _check_workers(name: str, predictor: Mapping[str, Any]) -> None:
    uri = str((predictor.get("model") or {}).get("storageUri") or "")
    scheme = uri.partition("://")[0].partition("+")[0]
    if predictor.get("workerSpec") is not None and scheme not in {"pvc", "oci"}:
        raise _deny(
            f"the InferenceService \"{name}\" is invalid: Multinode only supports 'pvc' and 'oci' Storage Protocol({scheme})"
        )


def _check_tracing(tracing: Mapping[str, Any]) -> None:
    """https://github.com/kserve/kserve/pull/6108; the words are ours, as no recording has them."""
    sampler, endpoint = tracing.get("sampler"), str(tracing.get("exporterEndpoint") or "")
    if sampler and sampler not in _SAMPLERS:
        raise _deny(f"tracing sampler {sampler} is not supported")
    if endpoint and not endpoint.startswith(("http://", "https://")):
        raise _deny(f"tracing exporterEndpoint {endpoint} must be an absolute http or https URL")


def _check_implementations(predictor: Mapping[str, Any]) -> None:
    legacy = [name for name in _FRAMEWORKS if name in predictor]
    if len(legacy) > 1 or (not legacy and "model" not in predictor and not predictor.get("containers")):
        names = ", ".join(_IMPLEMENTATIONS)
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


def check_trained_model(obj: Object, _before: Object | None) -> None:
    """Checks a TrainedModel."""
    webhook = "trainedmodel.kserve-webhook-server.validator"
    name, uri = obj["metadata"].get("name") or "", str((obj["spec"].get("model") or {}).get("storageUri"))
    if not _TRAINED_MODEL.match(name):
        message = (
            f"the Trained Model \"{name}\" is invalid: a Trained Model name must consist of alphanumeric characters, '_', or "
            "'-'. (e.g. \"my-Name\" or \"abc_123\", regex used for validation is '^[a-zA-Z0-9_-]+$')"
        )
        raise _deny(message, webhook)
    if not uri.startswith(("s3://", "gs://", "https://", "http://")):
        message = (
            f'the Trained Model "{name}" storageUri field is invalid. The storage uri must start with one of the prefixes: '
            f's3://, gs://, https://, http://. (the storage uri given is "{uri}")'
        )
        raise _deny(message, webhook)


def check_runtime(obj: Object, _before: Object | None) -> None:
    """Checks a ServingRuntime: one format has one priority. That another runtime has the same is not looked at here."""
    priorities: dict[str, Any] = {}
    for entry in obj["spec"].get("supportedModelFormats") or ():
        name, priority = entry.get("name"), entry.get("priority")
        if priorities.setdefault(name, priority) != priority:
            message = f"different priorities assigned for the model format {name} under the servingruntime {obj['metadata'].get('name')}"
            raise _deny(message, "servingruntime.kserve-webhook-server.validator")


def default_pod(obj: Object, before: Object | None) -> None:
    """Puts the storage-initializer into pods whose model has to be downloaded, and the agent into those that hold several."""
    labels = obj["metadata"].get("labels") or {}
    if before is not None or "serving.kserve.io/inferenceservice" not in labels:
        return
    annotations = obj["metadata"].setdefault("annotations", {})
    for name in (
        "serving.kserve.io/enable-metric-aggregation",
        "serving.kserve.io/enable-prometheus-scraping",
    ):
        annotations.setdefault(name, "false")
    if annotations.get(AGENT) == "true":
        obj["spec"]["containers"].append(_agent())
    uri = annotations.get(SOURCE_URI, "")
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


def _agent() -> Object:
    return {
        "name": "agent",
        "image": "kserve/agent:latest",
        "args": ["--enable-puller", "--config-dir", "/mnt/configs", "--model-dir", "/mnt/models"],
        "ports": [{"name": "agent-port", "containerPort": 9081, "protocol": "TCP"}],
        "resources": {
            "limits": {"cpu": "1", "memory": "1Gi"},
            "requests": {"cpu": "100m", "memory": "100Mi"},
        },
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "Always",
    }


ADMISSION = {
    "inferenceservices.serving.kserve.io": Admission(mutate=default_service, validate=check_service),
    "inferencegraphs.serving.kserve.io": Admission(validate=check_graph),
    "trainedmodels.serving.kserve.io": Admission(validate=check_trained_model),
    "servingruntimes.serving.kserve.io": Admission(validate=check_runtime),
    "pods": Admission(mutate=default_pod),
}
