"""What a change of an InferenceService does to its pods and its traffic, told before it is saved.

Standard: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/; annotations of the service are copied to its pods
(recording runtime-disabled-and-shadowed), so that they replace them too. Knative makes a revision of each change of the spec.
"""

from collections.abc import Iterable
from enum import StrEnum

from modelsweb.topology.stop import STOP

_SCALING = {
    "minReplicas",
    "maxReplicas",
    "scaleTarget",
    "scaleMetric",
    "scaleMetricType",
    "autoScaling",
    "deploymentStrategy",
}


class Effect(StrEnum):
    """The largest thing that happens."""

    UNKNOWN = "unknown"
    NOTHING = "nothing"
    STOPS_OR_STARTS = "stops-or-starts"
    TRAFFIC_MOVES = "traffic-moves"
    PODS_REPLACED = "pods-replaced"
    NEW_REVISION = "new-revision"


def effect(mode: str, changed: Iterable[tuple[str, ...]]) -> Effect:
    """What changes of these fields do in a mode; unknown where the mode is neither Standard nor Knative."""
    effects = {_of(mode, path) for path in changed}
    order = (
        Effect.STOPS_OR_STARTS,
        Effect.NEW_REVISION,
        Effect.PODS_REPLACED,
        Effect.TRAFFIC_MOVES,
        Effect.UNKNOWN,
        Effect.NOTHING,
    )
    return next((one for one in order if one in effects), Effect.NOTHING)


def _of(mode: str, path: tuple[str, ...]) -> Effect:
    if path[:2] == ("metadata", "annotations") and path[2:] in {(STOP,), ()}:
        return Effect.STOPS_OR_STARTS if path[2:] else Effect.PODS_REPLACED
    if path[-1] == "canaryTrafficPercent":
        return Effect.TRAFFIC_MOVES if mode == "Knative" else Effect.NOTHING
    if path[:2] == ("spec", "canary"):
        return Effect.TRAFFIC_MOVES
    if mode == "Standard":
        if len(path) > 2 and path[0] == "spec" and path[2] in _SCALING:
            return Effect.NOTHING
        return Effect.PODS_REPLACED  # pods bear the labels and annotations of their service
    if mode == "Knative":
        return Effect.NEW_REVISION
    return Effect.UNKNOWN
