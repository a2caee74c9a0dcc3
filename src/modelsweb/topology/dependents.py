"""What leans on a model service: graphs that call it, and models that are loaded into it.

KServe says nothing of a graph whose service is missing, and deletes trained models with their parent.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from modelsweb.objects.obj import Obj
from modelsweb.topology import llm_service, predictor
from modelsweb.topology.graph_steps import steps


@dataclass(frozen=True, slots=True)
class Dependent:
    """One object that would be hurt; ``goes_too`` says that it is deleted along."""

    kind: str
    name: str
    goes_too: bool = False


def dependents(service: str, graphs: Iterable[Obj], *, models: Iterable[Obj]) -> tuple[Dependent, ...]:
    """All of them among the graphs and trained models of the service's namespace."""
    calling = [Dependent("InferenceGraph", one.name) for one in graphs if _calls(one, service)]
    loaded = [
        Dependent("TrainedModel", one.name, goes_too=True)
        for one in models
        if one.string("spec", "inferenceService") == service
    ]
    return (*calling, *loaded)


def _calls(graph: Obj, service: str) -> bool:
    return any(step.get("serviceName") == service for _, step in steps(graph))


def members_of_group(service: Obj) -> tuple[Dependent, ...]:
    """The other services of an LLM service's routing group that take part: its share of the calls goes to them."""
    others = (one for one in llm_service.members(service) if one.name != service.name and not one.is_stopped)
    return tuple(Dependent("LLMInferenceService", one.name) for one in others)


def users_of_runtime(name: str, services: Iterable[Obj]) -> tuple[Dependent, ...]:
    """The services that run with a runtime, by the name that KServe chose or that they ask for."""
    return tuple(
        Dependent("InferenceService", one.name) for one in services if predictor.runtime(one) == name
    )
