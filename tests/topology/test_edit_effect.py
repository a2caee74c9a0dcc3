"""What a change does to pods and traffic, told before it is saved."""

import pytest

from modelsweb.topology.edit_effect import Effect, effect
from modelsweb.topology.stop import STOP

IMAGE = ("spec", "predictor", "model", "storageUri")


@pytest.mark.parametrize(
    ("mode", "changed", "expected"),
    [
        ("Standard", [("spec", "predictor", "maxReplicas")], Effect.NOTHING),
        ("Standard", [IMAGE], Effect.PODS_REPLACED),
        ("Standard", [("metadata", "labels", "team")], Effect.PODS_REPLACED),
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
def test_the_largest_thing_that_happens_is_told(
    mode: str, changed: list[tuple[str, ...]], expected: Effect
) -> None:
    assert effect(mode, changed) is expected
