"""The catalogue of resource kinds. To add one, follow ``docs/how-to/add-a-kind.md``."""

from modelsweb.kinds.cluster_serving_runtime import CLUSTER_SERVING_RUNTIME
from modelsweb.kinds.cluster_storage_container import CLUSTER_STORAGE_CONTAINER
from modelsweb.kinds.config_map import CONFIG_MAP
from modelsweb.kinds.configuration import CONFIGURATION
from modelsweb.kinds.deployment import DEPLOYMENT
from modelsweb.kinds.event import EVENT
from modelsweb.kinds.horizontal_pod_autoscaler import HORIZONTAL_POD_AUTOSCALER
from modelsweb.kinds.http_route import HTTP_ROUTE
from modelsweb.kinds.inference_graph import INFERENCE_GRAPH
from modelsweb.kinds.inference_pool import INFERENCE_POOL
from modelsweb.kinds.inference_service import INFERENCE_SERVICE
from modelsweb.kinds.ingress import INGRESS
from modelsweb.kinds.knative_service import KNATIVE_SERVICE
from modelsweb.kinds.leader_worker_set import LEADER_WORKER_SET
from modelsweb.kinds.llm_inference_service import LLM_INFERENCE_SERVICE
from modelsweb.kinds.llm_inference_service_config import LLM_INFERENCE_SERVICE_CONFIG
from modelsweb.kinds.local_model_cache import LOCAL_MODEL_CACHE
from modelsweb.kinds.local_model_namespace_cache import LOCAL_MODEL_NAMESPACE_CACHE
from modelsweb.kinds.local_model_node_group import LOCAL_MODEL_NODE_GROUP
from modelsweb.kinds.namespace import NAMESPACE
from modelsweb.kinds.node import NODE
from modelsweb.kinds.persistent_volume_claim import PERSISTENT_VOLUME_CLAIM
from modelsweb.kinds.pod import POD
from modelsweb.kinds.pod_metrics import POD_METRICS
from modelsweb.kinds.replica_set import REPLICA_SET
from modelsweb.kinds.resource_quota import RESOURCE_QUOTA
from modelsweb.kinds.revision import REVISION
from modelsweb.kinds.route import ROUTE
from modelsweb.kinds.runtime_pod import RUNTIME_POD
from modelsweb.kinds.scaled_object import SCALED_OBJECT
from modelsweb.kinds.secret import SECRET
from modelsweb.kinds.service import SERVICE
from modelsweb.kinds.service_account import SERVICE_ACCOUNT
from modelsweb.kinds.serving_runtime import SERVING_RUNTIME
from modelsweb.kinds.storage_class import STORAGE_CLASS
from modelsweb.kinds.trained_model import TRAINED_MODEL
from modelsweb.kinds.virtual_service import VIRTUAL_SERVICE
from modelsweb.objects.kind import Kind

KINDS: tuple[Kind, ...] = (
    INFERENCE_SERVICE,
    INFERENCE_GRAPH,
    TRAINED_MODEL,
    LLM_INFERENCE_SERVICE,
    SERVING_RUNTIME,
    CLUSTER_SERVING_RUNTIME,
    LOCAL_MODEL_CACHE,
    LOCAL_MODEL_NAMESPACE_CACHE,
    LOCAL_MODEL_NODE_GROUP,
    CLUSTER_STORAGE_CONTAINER,
    NAMESPACE,
    POD,
    RUNTIME_POD,
    DEPLOYMENT,
    REVISION,
    REPLICA_SET,
    SERVICE,
    HORIZONTAL_POD_AUTOSCALER,
    SCALED_OBJECT,
    KNATIVE_SERVICE,
    CONFIGURATION,
    ROUTE,
    INGRESS,
    HTTP_ROUTE,
    VIRTUAL_SERVICE,
    LEADER_WORKER_SET,
    INFERENCE_POOL,
    LLM_INFERENCE_SERVICE_CONFIG,
    EVENT,
    POD_METRICS,
    SECRET,
    CONFIG_MAP,
    PERSISTENT_VOLUME_CLAIM,
    SERVICE_ACCOUNT,
    RESOURCE_QUOTA,
    STORAGE_CLASS,
    NODE,
)

CHILDREN: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind.watched and kind.owner)
"""The watched kinds whose objects belong to root objects."""

ROOTS: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind.is_root)
"""What users come for, and what everything else belongs to."""

MODEL_SERVICES: tuple[Kind, ...] = (INFERENCE_SERVICE, LLM_INFERENCE_SERVICE)
"""What serves a model by itself: both kinds stand in one list."""

SHARED: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind.watched and kind.shared)
"""The watched kinds whose objects belong to no service, and that services lean on."""

__all__ = [
    "CHILDREN",
    "CLUSTER_SERVING_RUNTIME",
    "CLUSTER_STORAGE_CONTAINER",
    "CONFIGURATION",
    "CONFIG_MAP",
    "DEPLOYMENT",
    "EVENT",
    "HORIZONTAL_POD_AUTOSCALER",
    "HTTP_ROUTE",
    "INFERENCE_GRAPH",
    "INFERENCE_POOL",
    "INFERENCE_SERVICE",
    "INGRESS",
    "KINDS",
    "KNATIVE_SERVICE",
    "LEADER_WORKER_SET",
    "LLM_INFERENCE_SERVICE",
    "LLM_INFERENCE_SERVICE_CONFIG",
    "LOCAL_MODEL_CACHE",
    "LOCAL_MODEL_NAMESPACE_CACHE",
    "LOCAL_MODEL_NODE_GROUP",
    "MODEL_SERVICES",
    "NAMESPACE",
    "NODE",
    "PERSISTENT_VOLUME_CLAIM",
    "POD",
    "POD_METRICS",
    "REPLICA_SET",
    "RESOURCE_QUOTA",
    "REVISION",
    "ROOTS",
    "ROUTE",
    "RUNTIME_POD",
    "SCALED_OBJECT",
    "SECRET",
    "SERVICE",
    "SERVICE_ACCOUNT",
    "SERVING_RUNTIME",
    "SHARED",
    "STORAGE_CLASS",
    "TRAINED_MODEL",
    "VIRTUAL_SERVICE",
]
