"""LLMInferenceServiceConfig: what LLM services start from, presets of KServe and those that ``baseRefs`` name."""

from modelsweb.objects.kind import Kind

LLM_INFERENCE_SERVICE_CONFIG = Kind(
    group="serving.kserve.io",
    version="v1alpha2",
    kind="LLMInferenceServiceConfig",
    plural="llminferenceserviceconfigs",
    older_versions=("v1alpha1",),
    verbs=("list",),
)
