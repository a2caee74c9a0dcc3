"""LLMInferenceService: a large language model, in the current and the former API version."""

from modelsweb.objects.kind import Kind

LLM_INFERENCE_SERVICE = Kind(
    group="serving.kserve.io",
    version="v1alpha2",
    kind="LLMInferenceService",
    plural="llminferenceservices",
    verbs=("create",),
    creatable=True,
)
LLM_INFERENCE_SERVICE_V1ALPHA1 = Kind(
    group="serving.kserve.io",
    version="v1alpha1",
    kind="LLMInferenceService",
    plural="llminferenceservices",
    verbs=("create",),
    creatable=True,
)
