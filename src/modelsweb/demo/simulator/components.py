"""The objects that KServe makes for an InferenceService, as it would write them."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelsweb.demo.simulator.machinery import Object, owner_reference
from modelsweb.demo.simulator.runtimes import Runtime, predictor_container, transformer_container

DOMAIN = "example.com"
SOURCE_URI = "internal.serving.kserve.io/storage-initializer-sourceuri"
AGENT = "internal.serving.kserve.io/agent"
"""On pods that hold several models: a container beside the server that downloads them."""
SERVICE_LABEL = "serving.kserve.io/inferenceservice"
LOCAL_GATEWAY = "knative-local-gateway.istio-system.svc.cluster.local"
_UNPROPAGATED = {"modelFormat", "kubectl.kubernetes.io/last-applied-configuration"}
_READY_PROBE = {
    "tcpSocket": {"port": 8080},
    "timeoutSeconds": 1,
    "periodSeconds": 10,
    "successThreshold": 1,
    "failureThreshold": 3,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """The predictor or transformer of a service, ready to be made."""

    service: Object
    name: str
    container: dict[str, Any]
    pod: dict[str, Any]
    runtime: Runtime | None

    @property
    def object_name(self) -> str:
        """``<service>-<component>``: the name of everything made for it."""
        return f"{self.service['metadata']['name']}-{self.name}"

    @property
    def namespace(self) -> str:
        """Where it lives."""
        return str(self.service["metadata"]["namespace"])

    @property
    def spec(self) -> Mapping[str, Any]:
        """What the user wrote for it."""
        spec: Mapping[str, Any] = self.service["spec"][self.name]
        return spec

    @property
    def condition(self) -> str:
        """``PredictorReady`` and the like, without the Ready."""
        return self.name.capitalize()

    def labels(self) -> dict[str, str]:
        """Labels of the objects."""
        own = self.service["metadata"].get("labels") or {}
        return {**own, "component": self.name, SERVICE_LABEL: self.service["metadata"]["name"]}

    def annotations(self) -> dict[str, str]:
        """Annotations that come down from the user, the model source and the runtime."""
        own = self.service["metadata"].get("annotations") or {}
        found = {key: value for key, value in own.items() if key not in _UNPROPAGATED}
        if self.runtime is not None:
            found |= self.runtime.spec.get("annotations") or {}
        found |= self.service["spec"].get(self.name, {}).get("annotations") or {}
        if self.name == "predictor" and (uri := storage_uri(self.service)):
            found[SOURCE_URI] = uri
        if self.runtime is not None and self.runtime.spec.get("multiModel"):
            found |= {
                AGENT: "true",
                "internal.serving.kserve.io/configMountPath": "/mnt/configs",
                "internal.serving.kserve.io/configVolumeName": f"modelconfig-{self.service['metadata']['name']}-0",
                "internal.serving.kserve.io/modelDir": "/mnt/models",
            }
        return found


def storage_uri(service: Object) -> str:
    """Where the model is downloaded from, or empty."""
    return str((service["spec"]["predictor"].get("model") or {}).get("storageUri") or "")


def components(service: Object, runtime: Runtime | None) -> list[Component]:
    """The components in the order in which KServe makes them."""
    container, pod = predictor_container(service, runtime)
    parts = [Component(service=service, name="predictor", container=container, pod=pod, runtime=runtime)]
    if service["spec"].get("transformer"):
        parts.append(
            Component(
                service=service,
                name="transformer",
                container=transformer_container(service),
                pod={},
                runtime=None,
            )
        )
    return parts


# -- Standard mode ------------------------------------------------------------------------------------------------


def standard_objects(component: Component) -> tuple[Object, Object, Object]:
    """Service, Deployment and HorizontalPodAutoscaler."""
    return _service(component), _deployment(component), autoscaler(_metadata(component), component.spec)


def _metadata(component: Component) -> dict[str, Any]:
    return {
        "name": component.object_name,
        "namespace": component.namespace,
        "labels": {"app": f"isvc.{component.object_name}", **component.labels()},
        "annotations": component.annotations(),
        "ownerReferences": [owner_reference(component.service)],
    }


def _service(component: Component) -> Object:
    port: dict[str, Any] = {"protocol": "TCP", "port": 80, "targetPort": 8080}
    if component.name == "predictor":
        port["name"] = component.object_name
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _metadata(component),
        "spec": {"ports": [port], "selector": {"app": f"isvc.{component.object_name}"}, "type": "ClusterIP"},
    }


def _deployment(component: Component) -> Object:
    container = {
        **component.container,
        "readinessProbe": component.container.get("readinessProbe") or _READY_PROBE,
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
        "imagePullPolicy": component.container.get("imagePullPolicy") or "IfNotPresent",
    }
    pod = copy.deepcopy(component.pod)
    pod["containers"] = [container, *(pod.get("containers") or ())]
    metadata = _metadata(component)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata,
        "spec": {
            "replicas": max(1, component.spec.get("minReplicas") or 1),
            "selector": {"matchLabels": {"app": metadata["labels"]["app"]}},
            "template": {
                "metadata": {
                    "name": component.object_name,
                    "namespace": component.namespace,
                    "labels": metadata["labels"],
                    "annotations": metadata["annotations"],
                },
                "spec": {
                    **pod,
                    "restartPolicy": "Always",
                    "terminationGracePeriodSeconds": 30,
                    "dnsPolicy": "ClusterFirst",
                    "securityContext": {},
                    "schedulerName": "default-scheduler",
                },
            },
            "strategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"},
            },
            "revisionHistoryLimit": 10,
            "progressDeadlineSeconds": 600,
        },
    }


def autoscaler(metadata: Object, spec: Mapping[str, Any]) -> Object:
    """That of the Deployment of the same name; ``spec`` says its replicas."""
    minimum = max(1, spec.get("minReplicas") or 1)
    target = {"type": "Utilization", "averageUtilization": spec.get("scaleTarget") or 80}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": metadata,
        "spec": {
            "scaleTargetRef": {"kind": "Deployment", "name": metadata["name"], "apiVersion": "apps/v1"},
            "minReplicas": minimum,
            "maxReplicas": max(minimum, spec.get("maxReplicas") or 0),
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        },
    }


def ingress(service: Object, parts: list[Component]) -> Object:
    """The Ingress of a Standard service."""
    name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
    entry = parts[-1].object_name
    hosts = [(f"{name}-{namespace}.{DOMAIN}", entry)]
    # The transformer's own host leads to the predictor: that is what the real controller writes.
    hosts += [(f"{part.object_name}-{namespace}.{DOMAIN}", f"{name}-predictor") for part in reversed(parts)]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "annotations": dict(service["metadata"].get("annotations") or {}),
            "ownerReferences": [owner_reference(service)],
        },
        "spec": {"ingressClassName": "istio", "rules": [_rule(host, target) for host, target in hosts]},
    }


def _rule(host: str, service: str) -> dict[str, Any]:
    backend = {"service": {"name": service, "port": {"number": 80}}}
    return {"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}


# -- Knative mode -------------------------------------------------------------------------------------------------


def knative_service(component: Component, previous: str) -> Object:
    """The Knative Service; ``previous`` is the last fully rolled out revision, for a canary."""
    spec = component.spec
    scaling = {
        "autoscaling.knative.dev/class": "kpa.autoscaling.knative.dev",
        "autoscaling.knative.dev/min-scale": str(spec.get("minReplicas", 1)),
    }
    if spec.get("maxReplicas"):
        scaling["autoscaling.knative.dev/max-scale"] = str(spec["maxReplicas"])
    percent = spec.get("canaryTrafficPercent")
    traffic: list[dict[str, Any]] = [{"latestRevision": True, "percent": 100}]
    if percent is not None and percent < 100 and previous:
        traffic = [
            {"latestRevision": True, "percent": percent},
            {"latestRevision": False, "percent": 100 - percent, "revisionName": previous, "tag": "prev"},
        ]
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {
            "name": component.object_name,
            "namespace": component.namespace,
            "labels": component.labels(),
            "ownerReferences": [owner_reference(component.service)],
        },
        "spec": {
            "template": {
                "metadata": {
                    "annotations": {**component.annotations(), **scaling},
                    "labels": component.labels(),
                },
                "spec": {
                    **component.pod,
                    "containers": [component.container, *(component.pod.get("containers") or ())],
                },
            },
            "traffic": traffic,
        },
    }


def external_name(service: Object) -> Object:
    """The core Service that leads to the local gateway."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": service["metadata"]["name"],
            "namespace": service["metadata"]["namespace"],
            "ownerReferences": [owner_reference(service)],
        },
        "spec": {"type": "ExternalName", "sessionAffinity": "None", "externalName": LOCAL_GATEWAY},
    }


def virtual_service(service: Object, parts: list[Component]) -> Object:
    """The Istio VirtualService of a ready Knative service."""
    name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
    local, public = f"{name}.{namespace}.svc.cluster.local", f"{name}.{namespace}.{DOMAIN}"
    inside, outside = (
        ["knative-serving/knative-local-gateway", "mesh"],
        ["knative-serving/knative-ingress-gateway"],
    )
    entry = f"{parts[-1].object_name}.{namespace}.svc.cluster.local"
    headers = {"Host": entry, "KServe-Isvc-Name": name, "KServe-Isvc-Namespace": namespace}
    own = service["metadata"].get("annotations") or {}
    metadata: dict[str, Any] = {
        "name": name,
        "namespace": namespace,
        "ownerReferences": [owner_reference(service)],
    }
    if annotations := {key: value for key, value in own.items() if key not in _UNPROPAGATED}:
        metadata["annotations"] = annotations
    return {
        "apiVersion": "networking.istio.io/v1beta1",
        "kind": "VirtualService",
        "metadata": metadata,
        "spec": {
            "gateways": [*inside, *outside],
            "hosts": [local, public],
            "http": [
                {
                    "headers": {"request": {"set": headers}},
                    "match": [_match(local, inside), _match(public, outside)],
                    "route": [
                        {"destination": {"host": LOCAL_GATEWAY, "port": {"number": 80}}, "weight": 100}
                    ],
                }
            ],
        },
    }


def _match(host: str, gateways: list[str]) -> dict[str, Any]:
    pattern = host.replace(".", "\\.")
    return {"authority": {"regex": f"^{pattern}(?::\\d{{1,5}})?$"}, "gateways": gateways}
