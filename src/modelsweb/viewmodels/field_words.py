"""What the fields of KServe's kinds are for: its schemas carry no descriptions.

The sentences say what KServe does with a field (https://kserve.github.io/website/docs/reference/crd-api).
"""

from collections.abc import Mapping

from modelsweb.text import Text, text
from modelsweb.topology.predictor import COMPONENTS

_COMPONENT: Mapping[str, Text] = {
    "minReplicas": text("Lower limit of replicas; 1 if absent. 0 lets Knative and KEDA scale to zero."),
    "maxReplicas": text("Upper limit for the autoscaler."),
    "scaleMetric": text("What the autoscaler looks at: CPU or memory in Standard mode, concurrency or requests per second in Knative mode."),
    "scaleTarget": text("The value of the metric that the autoscaler aims for."),
    "containerConcurrency": text("Requests that one replica takes at the same time. Knative mode only."),
    "canaryTrafficPercent": text("Share of requests for the newest revision. Knative mode only."),
    "timeout": text("Seconds after which a request is given up."),
    "serviceAccountName": text("Account of the pods. Its Secrets hold the credentials for downloads."),
    "logger": text("Sends requests and responses to a collector."),
    "batcher": text("Collects requests and sends them to the model together."),
    "containers": text("Custom containers. The one named kserve-container serves the model."),
    "model": text("A model that KServe downloads and serves with a serving runtime."),
    "workerSpec": text("Further pods of one replica, for models that need several nodes."),
}  # fmt: skip
_MODEL: Mapping[str, Text] = {
    "modelFormat": text("Format of the model; KServe chooses the serving runtime by it."),
    "storageUri": text("Address from which the model is downloaded: s3, gs, hf, https, pvc, oci."),
    "storage": text("Address by way of the storage-config Secret, instead of storageUri."),
    "runtime": text("Name of the serving runtime; KServe chooses one if absent."),
    "protocolVersion": text("Inference protocol; v1 if absent."),
    "runtimeVersion": text("Tag of the runtime's image, instead of its own."),
    "args": text("Arguments of the server, added to those of the runtime."),
    "env": text("Environment variables of the server. The download does not see them."),
    "resources": text("What each replica asks for (requests) and may take at most (limits)."),
}
_OTHERS: Mapping[str, Mapping[tuple[str, ...], Text]] = {
    "InferenceService": {
        ("spec", "predictor"): text("Serves the model."),
        ("spec", "transformer"): text("Reshapes requests before the model sees them, and responses after it."),
        ("spec", "explainer"): text("Explains predictions."),
        ("spec", "canary"): text("A second version that gets a share of the requests. Standard mode only."),
    },
    "InferenceGraph": {
        ("spec", "nodes"): text("The nodes by name; requests enter at root."),
    },
    "TrainedModel": {
        ("spec", "inferenceService"): text("The service with a multi-model server that loads this model."),
    },
    "LLMInferenceService": {
        ("spec", "model"): text("The model, its name for clients, and its LoRA adapters."),
        ("spec", "baseRefs"): text("Configurations to build on; later ones win."),
        ("spec", "prefill"): text("Separate pods that read prompts."),
        ("spec", "worker"): text("Further pods of one replica, for models that need several nodes."),
        ("spec", "router"): text("Gateway, route and scheduler in front of the pods."),
        ("spec", "parallelism"): text("How one replica is spread over accelerators and nodes."),
    },
}  # fmt: skip


def meaning(kind: str, path: tuple[str, ...]) -> Text | None:
    """What a field is for, by the keys that lead to it; None where nobody has said."""
    if found := _OTHERS.get(kind, {}).get(path):
        return found
    match path:
        case ("spec", component, name) if kind == "InferenceService" and component in COMPONENTS:
            return _COMPONENT.get(name)
        case ("spec", "predictor", "model", name) if kind == "InferenceService":
            return _MODEL.get(name)
    return None
