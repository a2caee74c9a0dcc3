"""The kinds that the controllers read and write."""

from modelsweb.kinds import CLUSTER_SERVING_RUNTIME, INFERENCE_SERVICE, SERVING_RUNTIME
from modelsweb.objects.kind import Kind

DEPLOYMENT = Kind("apps", "v1", "Deployment", "deployments")
REPLICA_SET = Kind("apps", "v1", "ReplicaSet", "replicasets")
AUTOSCALER = Kind("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers")
INGRESS = Kind("networking.k8s.io", "v1", "Ingress", "ingresses")
SERVICE = Kind("", "v1", "Service", "services")
POD = Kind("", "v1", "Pod", "pods")
EVENT = Kind("", "v1", "Event", "events")
NODE = Kind("", "v1", "Node", "nodes", namespaced=False)
KNATIVE_SERVICE = Kind("serving.knative.dev", "v1", "Service", "services")
CONFIGURATION = Kind("serving.knative.dev", "v1", "Configuration", "configurations")
REVISION = Kind("serving.knative.dev", "v1", "Revision", "revisions")
ROUTE = Kind("serving.knative.dev", "v1", "Route", "routes")
VIRTUAL_SERVICE = Kind("networking.istio.io", "v1beta1", "VirtualService", "virtualservices")

__all__ = [
    "AUTOSCALER",
    "CLUSTER_SERVING_RUNTIME",
    "CONFIGURATION",
    "DEPLOYMENT",
    "EVENT",
    "INFERENCE_SERVICE",
    "INGRESS",
    "KNATIVE_SERVICE",
    "NODE",
    "POD",
    "REPLICA_SET",
    "REVISION",
    "ROUTE",
    "SERVICE",
    "SERVING_RUNTIME",
    "VIRTUAL_SERVICE",
]
