"""How what KServe's controllers make names the object that it was made for."""

from modelsweb.objects.kind import OwnerBy, OwnerLabel, OwnerLink

_SERVICE = ("InferenceService", "inferenceservices.serving.kserve.io")
_LLM_SERVICE = ("LLMInferenceService", "llminferenceservices.serving.kserve.io")
_GRAPH = ("InferenceGraph", "inferencegraphs.serving.kserve.io")
_OF_SERVICE = OwnerLabel(_SERVICE[1], "serving.kserve.io/inferenceservice")
_OF_LLM_SERVICE = OwnerLabel(
    _LLM_SERVICE[1], "app.kubernetes.io/name", "app.kubernetes.io/part-of=llminferenceservice"
)
_OF_GRAPH = OwnerLabel(_GRAPH[1], "serving.kserve.io/inferencegraph")

BY_SERVICE_LABEL = OwnerLink(OwnerBy.LABEL, (_SERVICE,), labels=(_OF_SERVICE,))
BY_SERVICE_OR_GRAPH_LABEL = OwnerLink(OwnerBy.LABEL, (_SERVICE, _GRAPH), labels=(_OF_SERVICE, _OF_GRAPH))
BY_LABEL = OwnerLink(
    OwnerBy.LABEL, (_SERVICE, _LLM_SERVICE, _GRAPH), labels=(_OF_SERVICE, _OF_LLM_SERVICE, _OF_GRAPH)
)
BY_REFERENCE = OwnerLink(OwnerBy.REFERENCE, (_SERVICE, _LLM_SERVICE, _GRAPH))
BY_INVOLVED = OwnerLink(OwnerBy.INVOLVED)
