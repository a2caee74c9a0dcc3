"""What a change of a model service or graph does to its pods and its traffic, told before it is saved.

Standard: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/; annotations of the service are copied to its pods
(recording runtime-disabled-and-shadowed), so that they replace them too. Knative makes a revision of each change of the spec.
The router of a graph has the graph in its arguments.
"""

from collections.abc import Iterable
from enum import StrEnum

from modelsweb.kinds import INFERENCE_GRAPH, INFERENCE_SERVICE, LLM_INFERENCE_SERVICE
from modelsweb.objects.obj import Obj
from modelsweb.topology.predictor import mode
from modelsweb.topology.stop import STOP

_Path = tuple[str, ...]
_SCALING = {
    "minReplicas",
    "maxReplicas",
    "scaleTarget",
    "scaleMetric",
    "scaleMetricType",
    "autoScaling",
    "deploymentStrategy",
}
_LLM_SCALING = {"replicas", "scaling"}
_LLM_TRAFFIC = ("spec", "router", "route")
_LLM_PODS = {"model", "template", "worker", "parallelism"}


class Effect(StrEnum):
    """The largest thing that happens."""

    UNKNOWN = "unknown"
    NOTHING = "nothing"
    STOPS_OR_STARTS = "stops-or-starts"
    TRAFFIC_MOVES = "traffic-moves"
    PODS_REPLACED = "pods-replaced"
    NEW_REVISION = "new-revision"


def effect(root: Obj, changed: Iterable[_Path]) -> Effect:
    """What changes of these fields of an object do; unknown where nobody can say."""
    effects = {_of(root, path) for path in changed}
    order = (
        Effect.STOPS_OR_STARTS,
        Effect.NEW_REVISION,
        Effect.PODS_REPLACED,
        Effect.TRAFFIC_MOVES,
        Effect.UNKNOWN,
        Effect.NOTHING,
    )
    return next((one for one in order if one in effects), Effect.NOTHING)


def _of(root: Obj, path: _Path) -> Effect:
    if path == ("metadata", "annotations", STOP):
        return Effect.STOPS_OR_STARTS
    if root.kind == INFERENCE_SERVICE.kind:
        return _of_service(mode(root), path)
    if root.kind == LLM_INFERENCE_SERVICE.kind:
        return _of_llm(path)
    if root.kind == INFERENCE_GRAPH.kind and path[0] == "spec":
        return _of_component(mode(root), path[1])
    return Effect.UNKNOWN


def _of_service(mode: str, path: _Path) -> Effect:
    if path == ("metadata", "annotations"):
        return Effect.PODS_REPLACED
    if path[-1] == "canaryTrafficPercent":
        return Effect.TRAFFIC_MOVES if mode == "Knative" else Effect.NOTHING
    if path[:2] == ("spec", "canary"):
        return Effect.TRAFFIC_MOVES
    # Pods bear the labels and annotations of their service.
    return _of_component(mode, path[2] if len(path) > 2 and path[0] == "spec" else "")


def _of_component(mode: str, field: str) -> Effect:
    """Of a field of what a Deployment or a Knative service is made of."""
    if mode == "Standard":
        return Effect.NOTHING if field in _SCALING else Effect.PODS_REPLACED
    return Effect.NEW_REVISION if mode == "Knative" else Effect.UNKNOWN


def _of_llm(path: _Path) -> Effect:
    if path[:3] == _LLM_TRAFFIC:
        return Effect.TRAFFIC_MOVES
    match path:
        case ("spec", name, *_) if name in _LLM_SCALING:
            return Effect.NOTHING
        case ("spec", "prefill", name, *_):
            return Effect.NOTHING if name in _LLM_SCALING else Effect.PODS_REPLACED
        case ("spec", name, *_) if name in _LLM_PODS:
            return Effect.PODS_REPLACED
    return Effect.UNKNOWN
