"""The objects that Knative makes for a revision."""

import copy
from typing import Any

from modelsweb.demo.simulator.machinery import Object, owner_reference

_QUEUE_PROXY = "gcr.io/knative-releases/knative.dev/serving/cmd/queue@sha256:" + "3f" * 32
_SCALING = "autoscaling.knative.dev/"


def revision(configuration: Object, name: str, *, now: str) -> Object:
    """The Revision for the configuration's present template."""
    metadata = configuration["metadata"]
    template = configuration["spec"]["template"]
    labels = {
        **template["metadata"]["labels"],
        "serving.knative.dev/configuration": metadata["name"],
        "serving.knative.dev/configurationGeneration": str(metadata["generation"]),
        "serving.knative.dev/configurationUID": metadata["uid"],
        "serving.knative.dev/routingState": "active",
        "serving.knative.dev/service": metadata["labels"]["serving.knative.dev/service"],
        "serving.knative.dev/serviceUID": metadata["labels"]["serving.knative.dev/serviceUID"],
    }
    annotations = {
        **(template["metadata"].get("annotations") or {}),
        "serving.knative.dev/routes": metadata["name"],
        "serving.knative.dev/routingStateModified": now,
    }
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Revision",
        "metadata": {
            "name": name,
            "namespace": metadata["namespace"],
            "labels": labels,
            "annotations": annotations,
            "ownerReferences": [owner_reference(configuration)],
        },
        "spec": copy.deepcopy(template["spec"]),
    }


def _labels(obj: Object) -> dict[str, str]:
    name = obj["metadata"]["name"]
    own = {k: v for k, v in obj["metadata"]["labels"].items() if k != "serving.knative.dev/routingState"}
    extra = {
        "app": name,
        "serving.knative.dev/revision": name,
        "serving.knative.dev/revisionUID": obj["metadata"]["uid"],
    }
    return own | extra


def deployment(obj: Object, scale: int) -> Object:
    """The Deployment of a revision, with the queue-proxy."""
    name, namespace = obj["metadata"]["name"], obj["metadata"]["namespace"]
    labels = _labels(obj)
    unscaled = {
        key: value
        for key, value in obj["metadata"]["annotations"].items()
        if not key.startswith((_SCALING, "serving.knative.dev/"))
    }
    main, *others = copy.deepcopy(obj["spec"]["containers"])
    main.pop("readinessProbe", None)
    user_port = {"name": "user-port", "containerPort": 8080, "protocol": "TCP"}
    service = labels["serving.knative.dev/service"]
    identity = {"PORT": "8080", "K_REVISION": name, "K_CONFIGURATION": service, "K_SERVICE": service}
    main |= {
        "ports": [user_port],
        "env": [
            *(main.get("env") or ()),
            *({"name": key, "value": value} for key, value in identity.items()),
        ],
        "lifecycle": {"preStop": {"httpGet": {"path": "/wait-for-drain", "port": 8022, "scheme": "HTTP"}}},
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "imagePullPolicy": "Always" if main.get("image", "").endswith(":latest") else "IfNotPresent",
    }
    extra = {
        key: value
        for key, value in obj["spec"].items()
        if key not in {"containers", "containerConcurrency", "timeoutSeconds"}
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": f"{name}-deployment",
            "namespace": namespace,
            "labels": labels,
            "annotations": unscaled,
            "ownerReferences": [owner_reference(obj)],
        },
        "spec": {
            "replicas": scale,
            "selector": {"matchLabels": {"serving.knative.dev/revisionUID": obj["metadata"]["uid"]}},
            "template": {
                "metadata": {
                    "labels": labels,
                    "annotations": {
                        "kubectl.kubernetes.io/default-container": "kserve-container",
                        **unscaled,
                    },
                },
                "spec": {
                    **extra,
                    "containers": [main, *others, _queue_proxy(obj, service)],
                    "restartPolicy": "Always",
                    "terminationGracePeriodSeconds": 300,
                    "dnsPolicy": "ClusterFirst",
                    "securityContext": {},
                    "schedulerName": "default-scheduler",
                    "enableServiceLinks": False,
                },
            },
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": "25%"}},
            "revisionHistoryLimit": 0,
            "progressDeadlineSeconds": 120,
        },
    }


def _queue_proxy(obj: Object, service: str) -> dict[str, Any]:
    values = {
        "SERVING_NAMESPACE": obj["metadata"]["namespace"],
        "SERVING_SERVICE": service,
        "SERVING_CONFIGURATION": service,
        "SERVING_REVISION": obj["metadata"]["name"],
        "QUEUE_SERVING_PORT": "8012",
        "CONTAINER_CONCURRENCY": str(obj["spec"].get("containerConcurrency", 0)),
        "REVISION_TIMEOUT_SECONDS": str(obj["spec"].get("timeoutSeconds", 300)),
        "USER_PORT": "8080",
    }
    ports = {"http-autometric": 9090, "http-usermetric": 9091, "queue-port": 8012, "https-port": 8112}
    probe = {
        "path": "/",
        "port": 8012,
        "scheme": "HTTP",
        "httpHeaders": [{"name": "K-Network-Probe", "value": "queue"}],
    }
    return {
        "name": "queue-proxy",
        "image": _QUEUE_PROXY,
        "ports": [{"name": name, "containerPort": port, "protocol": "TCP"} for name, port in ports.items()],
        "env": [{"name": key, "value": value} for key, value in values.items()],
        "resources": {"requests": {"cpu": "25m"}},
        "readinessProbe": {
            "httpGet": probe,
            "timeoutSeconds": 1,
            "periodSeconds": 10,
            "successThreshold": 1,
            "failureThreshold": 3,
        },
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": "IfNotPresent",
    }


def services(obj: Object) -> tuple[Object, Object]:
    """The public and the private Service of a revision."""
    name = obj["metadata"]["name"]
    http, https = (
        {"name": "http", "port": 80, "targetPort": 8012},
        {"name": "https", "port": 443, "targetPort": 8112},
    )
    metrics = [
        {"name": "http-autometric", "port": 9090, "targetPort": "http-autometric"},
        {"name": "http-usermetric", "port": 9091, "targetPort": "http-usermetric"},
        {"name": "http-istio", "port": 8012, "targetPort": 8012},
    ]
    selector = {"serving.knative.dev/revisionUID": obj["metadata"]["uid"]}
    private = _core_service(
        obj, f"{name}-private", type_="Private", ports=[http, https, *metrics], selector=selector
    )
    return private, _core_service(obj, name, type_="Public", ports=[http, https], selector=None)


def _core_service(
    obj: Object, name: str, *, type_: str, ports: list[dict[str, Any]], selector: dict[str, str] | None
) -> Object:
    own = obj["metadata"]["name"]
    labels = _labels(obj) | {
        "networking.internal.knative.dev/serverlessservice": own,
        "networking.internal.knative.dev/serviceType": type_,
    }
    spec: dict[str, Any] = {"ports": [{"protocol": "TCP", **port} for port in ports], "type": "ClusterIP"}
    if selector:
        spec["selector"] = selector
    annotations = {
        k: v for k, v in obj["metadata"]["annotations"].items() if not k.startswith("serving.knative.dev/")
    }
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": name,
            "namespace": obj["metadata"]["namespace"],
            "labels": labels,
            "annotations": annotations,
            "ownerReferences": [owner_reference(obj)],
        },
        "spec": spec,
    }
