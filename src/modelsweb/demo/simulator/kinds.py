"""The kinds that the controllers read and write."""

from modelsweb.kinds import (
    CLUSTER_SERVING_RUNTIME,
    INFERENCE_GRAPH,
    INFERENCE_SERVICE,
    LLM_INFERENCE_SERVICE,
    LLM_INFERENCE_SERVICE_CONFIG,
    LOCAL_MODEL_CACHE,
    LOCAL_MODEL_NAMESPACE_CACHE,
    SERVING_RUNTIME,
    TRAINED_MODEL,
)
from modelsweb.objects.kind import Kind

DEPLOYMENT = Kind(group="apps", version="v1", kind="Deployment", plural="deployments")
REPLICA_SET = Kind(group="apps", version="v1", kind="ReplicaSet", plural="replicasets")
AUTOSCALER = Kind(
    group="autoscaling", version="v2", kind="HorizontalPodAutoscaler", plural="horizontalpodautoscalers"
)
INGRESS = Kind(group="networking.k8s.io", version="v1", kind="Ingress", plural="ingresses")
SERVICE = Kind(group="", version="v1", kind="Service", plural="services")
POD = Kind(group="", version="v1", kind="Pod", plural="pods")
EVENT = Kind(group="", version="v1", kind="Event", plural="events")
NODE = Kind(group="", version="v1", kind="Node", plural="nodes", namespaced=False)
KNATIVE_SERVICE = Kind(group="serving.knative.dev", version="v1", kind="Service", plural="services")
CONFIGURATION = Kind(group="serving.knative.dev", version="v1", kind="Configuration", plural="configurations")
REVISION = Kind(group="serving.knative.dev", version="v1", kind="Revision", plural="revisions")
ROUTE = Kind(group="serving.knative.dev", version="v1", kind="Route", plural="routes")
VIRTUAL_SERVICE = Kind(
    group="networking.istio.io", version="v1beta1", kind="VirtualService", plural="virtualservices"
)

__all__ = [
    "AUTOSCALER",
    "CLUSTER_SERVING_RUNTIME",
    "CONFIGURATION",
    "DEPLOYMENT",
    "EVENT",
    "INFERENCE_GRAPH",
    "INFERENCE_SERVICE",
    "INGRESS",
    "KNATIVE_SERVICE",
    "LLM_INFERENCE_SERVICE",
    "LLM_INFERENCE_SERVICE_CONFIG",
    "LOCAL_MODEL_CACHE",
    "LOCAL_MODEL_NAMESPACE_CACHE",
    "NODE",
    "POD",
    "REPLICA_SET",
    "REVISION",
    "ROUTE",
    "SERVICE",
    "SERVING_RUNTIME",
    "TRAINED_MODEL",
    "VIRTUAL_SERVICE",
]
