"""Objects that tests create."""

from typing import Any

from modelsweb.objects.kind import Kind

CONFIG_MAP = Kind(group="", version="v1", kind="ConfigMap", plural="configmaps")


def service(name: str, **spec: Any) -> dict[str, Any]:
    """A small InferenceService in Standard mode; ``spec`` goes over the predictor."""
    model = {"modelFormat": {"name": "sklearn"}, "storageUri": "s3://models/iris"}
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {
            "name": name,
            "labels": {"suite": "tests"},
            "annotations": {"serving.kserve.io/deploymentMode": "Standard"},
        },
        "spec": {"predictor": {"minReplicas": 1, "model": model, **spec}},
    }


def config_map(name: str, **metadata: Any) -> dict[str, Any]:
    """A ConfigMap: an object that no controller cares about."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, **metadata},
        "data": {"key": "value"},
    }


def pod(name: str, *containers: str) -> dict[str, Any]:
    """A pod with containers of these names."""
    named = [
        {"name": container, "image": "registry.example.com/server:1"} for container in containers or ("main",)
    ]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": named}}
