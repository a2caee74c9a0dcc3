"""The services that root objects of other kinds lean on, by name, and the members by which each kind is judged."""

from collections.abc import Callable, Iterable, Mapping

from modelsweb.kinds import INFERENCE_GRAPH, INFERENCE_SERVICE, LLM_INFERENCE_SERVICE, TRAINED_MODEL
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.topology.graph_steps import called_services
from modelsweb.topology.service_snapshot import EVIDENCE

LEANS_ON_SERVICES: Mapping[Kind, Callable[[Obj], Iterable[str]]] = {
    INFERENCE_GRAPH: called_services,
    TRAINED_MODEL: lambda model: (model.string("spec", "inferenceService"),),
}
_WITH_MEMBERS = (INFERENCE_GRAPH, LLM_INFERENCE_SERVICE)


def evidence_of(kind: Kind) -> tuple[Kind, ...]:
    """What verdicts on root objects of a kind depend on; services stand for those that it leans on."""
    owned = tuple(one for one in EVIDENCE if one.owner and one.owner.may_be(kind.full_name))
    beside = (INFERENCE_SERVICE,) if kind in LEANS_ON_SERVICES else ()
    return (*(owned if kind in _WITH_MEMBERS else ()), *beside)
