"""What leans on a model service."""

from modelsweb.objects.obj import Obj
from modelsweb.topology.dependents import Dependent, dependents


def _graph(name: str, *services: str) -> Obj:
    steps = [{"serviceName": service} for service in services]
    return Obj({"metadata": {"name": name}, "spec": {"nodes": {"root": {"steps": steps}, "odd": None}}})


def _model(name: str, parent: str) -> Obj:
    return Obj({"metadata": {"name": name}, "spec": {"inferenceService": parent}})


def test_graphs_that_call_it_and_models_in_it_are_found() -> None:
    graphs = [_graph("calls", "other", "fraud"), _graph("does-not", "fraud-2")]
    models = [_model("in-it", "fraud"), _model("elsewhere", "other")]
    assert dependents("fraud", graphs, models=models) == (
        Dependent("InferenceGraph", "calls"),
        Dependent("TrainedModel", "in-it", goes_too=True),
    )


def test_none_is_none() -> None:
    assert dependents("fraud", [], models=[]) == ()
