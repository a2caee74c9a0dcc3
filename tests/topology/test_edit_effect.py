"""What a change does to pods and traffic, told before it is saved."""

from typing import Any

import pytest

from modelsweb.objects.obj import Obj
from modelsweb.topology.edit_effect import Effect, effect
from modelsweb.topology.stop import STOP

IMAGE = ("spec", "predictor", "model", "storageUri")


def _root(kind: str, mode: str = "") -> Obj:
    status: dict[str, Any] = {"deploymentMode": mode} if mode else {}
    return Obj({"kind": kind, "metadata": {"name": "one"}, "status": status})


@pytest.mark.parametrize(
    ("mode", "changed", "expected"),
    [
        ("Standard", [("spec", "predictor", "maxReplicas")], Effect.NOTHING),
        ("Standard", [IMAGE], Effect.PODS_REPLACED),
        ("Standard", [("metadata", "labels", "team")], Effect.PODS_REPLACED),
        ("Standard", [("metadata", "annotations")], Effect.PODS_REPLACED),
        ("Standard", [("metadata", "annotations", "note")], Effect.PODS_REPLACED),
        ("Standard", [("spec", "predictor", "canaryTrafficPercent")], Effect.NOTHING),
        ("Standard", [("spec", "canary")], Effect.TRAFFIC_MOVES),
        ("Standard", [("spec", "predictor", "maxReplicas"), IMAGE], Effect.PODS_REPLACED),
        ("Knative", [("spec", "predictor", "maxReplicas")], Effect.NEW_REVISION),
        ("Knative", [("spec", "predictor", "canaryTrafficPercent")], Effect.TRAFFIC_MOVES),
        ("Knative", [("metadata", "annotations", STOP), IMAGE], Effect.STOPS_OR_STARTS),
        ("ModelMesh", [IMAGE], Effect.UNKNOWN),
        ("", [IMAGE], Effect.UNKNOWN),
        ("Standard", [], Effect.NOTHING),
    ],
)
def test_the_largest_thing_that_happens_to_a_service_is_told(
    mode: str, changed: list[tuple[str, ...]], expected: Effect
) -> None:
    assert effect(_root("InferenceService", mode), changed) is expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (("spec", "replicas"), Effect.NOTHING),
        (("spec", "scaling", "maxReplicas"), Effect.NOTHING),
        (("spec", "prefill", "replicas"), Effect.NOTHING),
        (("spec", "prefill", "template"), Effect.PODS_REPLACED),
        (("spec", "prefill"), Effect.UNKNOWN),  # a part that comes or goes
        (("spec", "model", "uri"), Effect.PODS_REPLACED),
        (("spec", "template", "containers"), Effect.PODS_REPLACED),
        (("spec", "router", "route", "weight"), Effect.TRAFFIC_MOVES),
        (("spec", "router", "scheduler"), Effect.UNKNOWN),
        (("spec", "baseRefs"), Effect.UNKNOWN),
        (("metadata", "labels", "team"), Effect.UNKNOWN),
        (("metadata", "annotations", STOP), Effect.STOPS_OR_STARTS),
    ],
)
def test_of_an_llm_service_what_nobody_has_said_is_unknown(
    changed: tuple[str, ...], expected: Effect
) -> None:
    assert effect(_root("LLMInferenceService"), [changed]) is expected


@pytest.mark.parametrize(
    ("mode", "changed", "expected"),
    [
        ("Standard", ("spec", "nodes", "root", "steps"), Effect.PODS_REPLACED),
        ("Standard", ("spec", "maxReplicas"), Effect.NOTHING),
        ("Knative", ("spec", "nodes", "root", "steps"), Effect.NEW_REVISION),
        ("", ("spec", "nodes", "root", "steps"), Effect.UNKNOWN),
        ("Standard", ("metadata", "labels", "team"), Effect.UNKNOWN),
    ],
)
def test_a_graph_is_in_the_arguments_of_its_router(
    mode: str, changed: tuple[str, ...], expected: Effect
) -> None:
    assert effect(_root("InferenceGraph", mode), [changed]) is expected


def test_of_another_kind_nothing_is_known() -> None:
    assert effect(_root("TrainedModel"), [("spec", "model", "memory")]) is Effect.UNKNOWN
