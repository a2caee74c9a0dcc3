"""How many replicas there may be, read as KServe reads it."""

from typing import Any

import pytest

from modelsweb.kinds import DEPLOYMENT, HORIZONTAL_POD_AUTOSCALER, POD, SCALED_OBJECT
from modelsweb.objects.obj import Obj
from modelsweb.topology.component import components
from modelsweb.topology.demand import Replicas, replicas
from modelsweb.topology.service_snapshot import service_snapshot


def _bounds(
    spec: dict[str, Any], mode: str = "Standard", by: str = "", autoscaler: dict[str, Any] | None = None
) -> tuple[int, int]:
    service = Obj(
        {
            "kind": "InferenceService",
            "metadata": {"name": "iris", "annotations": {"serving.kserve.io/autoscalerClass": by}},
            "spec": {"predictor": {"model": {"modelFormat": {"name": "sklearn"}}, **spec}},
            "status": {"deploymentMode": mode},
        }
    )
    made = Obj({"metadata": {"name": "iris-predictor", "labels": {"component": "predictor"}}})
    children = {POD: [], DEPLOYMENT: [made]}
    if autoscaler:
        is_hpa = autoscaler["kind"] == HORIZONTAL_POD_AUTOSCALER.kind
        children[HORIZONTAL_POD_AUTOSCALER if is_hpa else SCALED_OBJECT] = [Obj(autoscaler)]
    [one] = components(service_snapshot(service, children))
    assert one.scaling is not None
    return one.scaling.minimum, one.scaling.maximum


@pytest.mark.parametrize(
    ("spec", "mode", "by", "bounds"),
    [
        ({}, "Standard", "", (1, 1)),
        ({"minReplicas": 3}, "Standard", "", (3, 3)),
        ({"minReplicas": 0, "maxReplicas": 4}, "Standard", "", (1, 4)),
        ({"minReplicas": 0, "maxReplicas": 4}, "Standard", "hpa", (1, 4)),
        ({"minReplicas": 0, "maxReplicas": 4}, "Standard", "keda", (0, 4)),
        ({"minReplicas": 2, "maxReplicas": 8}, "Standard", "none", (2, 2)),
        ({}, "Knative", "", (1, 0)),
        ({"minReplicas": 0, "maxReplicas": 0}, "Knative", "", (0, 0)),
        ({"minReplicas": 0, "maxReplicas": 5}, "Knative", "", (0, 5)),
    ],
)
def test_bounds_of_a_spec(spec: dict[str, Any], mode: str, by: str, bounds: tuple[int, int]) -> None:
    assert _bounds(spec, mode, by) == bounds


def _hpa(target: str) -> dict[str, Any]:
    return {
        "kind": HORIZONTAL_POD_AUTOSCALER.kind,
        "spec": {"scaleTargetRef": {"name": target}, "minReplicas": 2, "maxReplicas": 9},
    }


def test_an_autoscaler_that_is_there_is_the_truth() -> None:
    assert _bounds({}, autoscaler=_hpa("iris-predictor")) == (2, 9)
    assert _bounds({}, autoscaler=_hpa("iris-v1-predictor")) == (1, 1)  # left over from another version
    scaled = {
        "kind": "ScaledObject",
        "spec": {"scaleTargetRef": {"name": "iris-predictor"}, "maxReplicaCount": 6},
    }
    assert _bounds({}, autoscaler=scaled) == (0, 6)


def test_deployments_tell_of_pods_that_were_not_read() -> None:
    service = Obj({"metadata": {"name": "iris"}, "status": {"modelStatus": {"copies": {"totalCopies": 7}}}})
    made = Obj(
        {
            "metadata": {"name": "iris-predictor", "labels": {"component": "predictor"}},
            "spec": {"replicas": 3},
            "status": {"readyReplicas": 2},
        }
    )
    assert replicas(service_snapshot(service, {DEPLOYMENT: [made]})) == Replicas(2, 3)
    assert replicas(service_snapshot(service, {POD: [], DEPLOYMENT: [made]})) == Replicas(0, 3)
    assert replicas(service_snapshot(service, {})) is None  # KServe never takes its count back
