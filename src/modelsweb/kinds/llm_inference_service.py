"""LLMInferenceService: a large language model, in the current and the former API version."""

from modelsweb.objects.kind import Kind
from modelsweb.text import text

LLM_INFERENCE_SERVICE = Kind(
    group="serving.kserve.io",
    version="v1alpha2",
    kind="LLMInferenceService",
    plural="llminferenceservices",
    older_versions=("v1alpha1",),
    verbs=("get", "list", "watch", "create", "update", "patch", "delete"),
    watched=True,
    is_root=True,
    title=text("LLM services"),
    creatable=True,
)
