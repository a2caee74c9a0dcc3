"""InferencePool: the model servers of an LLM service among which its scheduler picks."""

from modelsweb.kinds.links import BY_REFERENCE
from modelsweb.objects.kind import Kind

INFERENCE_POOL = Kind(
    group="inference.networking.k8s.io",
    version="v1",
    kind="InferencePool",
    plural="inferencepools",
    watched=True,
    owner=BY_REFERENCE,
)
