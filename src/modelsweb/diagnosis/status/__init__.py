"""How it stands with a root object, one module for each kind."""

from collections.abc import Callable, Mapping
from datetime import datetime

from modelsweb.diagnosis.status import (
    inference_graph,
    inference_service,
    llm_inference_service,
    model_cache,
    trained_model,
)
from modelsweb.diagnosis.verdict import Verdict
from modelsweb.kinds import (
    INFERENCE_GRAPH,
    INFERENCE_SERVICE,
    LLM_INFERENCE_SERVICE,
    LOCAL_MODEL_CACHE,
    LOCAL_MODEL_NAMESPACE_CACHE,
    TRAINED_MODEL,
)
from modelsweb.objects.kind import Kind
from modelsweb.topology.service_snapshot import ServiceSnapshot

JUDGES: Mapping[Kind, Callable[[ServiceSnapshot, datetime], Verdict]] = {
    INFERENCE_SERVICE: inference_service.judge,
    LLM_INFERENCE_SERVICE: llm_inference_service.judge,
    INFERENCE_GRAPH: inference_graph.judge,
    TRAINED_MODEL: trained_model.judge,
    LOCAL_MODEL_CACHE: model_cache.judge,
    LOCAL_MODEL_NAMESPACE_CACHE: model_cache.judge,
}
"""The verdicts of the kinds of root objects that have one; of the others their conditions are all that is known."""
