"""The catalogue of resource kinds. To add one, follow ``docs/how-to/add-a-kind.md``."""

from modelsweb.kinds.cluster_serving_runtime import CLUSTER_SERVING_RUNTIME
from modelsweb.kinds.deployment import DEPLOYMENT
from modelsweb.kinds.event import EVENT
from modelsweb.kinds.inference_graph import INFERENCE_GRAPH
from modelsweb.kinds.inference_service import INFERENCE_SERVICE
from modelsweb.kinds.llm_inference_service import LLM_INFERENCE_SERVICE, LLM_INFERENCE_SERVICE_V1ALPHA1
from modelsweb.kinds.namespace import NAMESPACE
from modelsweb.kinds.pod import POD
from modelsweb.kinds.revision import REVISION
from modelsweb.kinds.serving_runtime import SERVING_RUNTIME
from modelsweb.kinds.trained_model import TRAINED_MODEL
from modelsweb.objects.kind import Kind

KINDS: tuple[Kind, ...] = (
    INFERENCE_SERVICE,
    INFERENCE_GRAPH,
    TRAINED_MODEL,
    LLM_INFERENCE_SERVICE,
    LLM_INFERENCE_SERVICE_V1ALPHA1,
    SERVING_RUNTIME,
    CLUSTER_SERVING_RUNTIME,
    NAMESPACE,
    POD,
    DEPLOYMENT,
    REVISION,
    EVENT,
)

CHILDREN: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind.watched and kind.link)
"""The watched kinds whose objects belong to a service."""

__all__ = [
    "CHILDREN",
    "CLUSTER_SERVING_RUNTIME",
    "DEPLOYMENT",
    "EVENT",
    "INFERENCE_GRAPH",
    "INFERENCE_SERVICE",
    "KINDS",
    "LLM_INFERENCE_SERVICE",
    "LLM_INFERENCE_SERVICE_V1ALPHA1",
    "NAMESPACE",
    "POD",
    "REVISION",
    "SERVING_RUNTIME",
    "TRAINED_MODEL",
]
