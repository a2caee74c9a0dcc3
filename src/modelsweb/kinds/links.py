"""How what KServe's controllers make names the object that it was made for."""

from modelsweb.objects.kind import OwnerBy, OwnerLink

_SERVICE = ("InferenceService", "inferenceservices.serving.kserve.io")
_LLM_SERVICE = ("LLMInferenceService", "llminferenceservices.serving.kserve.io")
_GRAPH = ("InferenceGraph", "inferencegraphs.serving.kserve.io")

BY_SERVICE_LABEL = OwnerLink(OwnerBy.LABEL, (_SERVICE,), label="serving.kserve.io/inferenceservice")
BY_REFERENCE = OwnerLink(OwnerBy.REFERENCE, (_SERVICE, _LLM_SERVICE, _GRAPH))
BY_INVOLVED = OwnerLink(OwnerBy.INVOLVED)
