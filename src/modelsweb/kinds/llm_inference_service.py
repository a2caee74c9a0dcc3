"""LLMInferenceService: a large language model, in the current and the former API version."""

from modelsweb.objects.kind import Kind

LLM_INFERENCE_SERVICE = Kind(
    group="serving.kserve.io",
    version="v1alpha2",
    kind="LLMInferenceService",
    plural="llminferenceservices",
    older_versions=("v1alpha1",),
    verbs=("create",),
    is_root=True,
    creatable=True,
)
