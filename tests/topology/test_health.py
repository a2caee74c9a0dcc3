"""What a condition means, type by type."""

import pytest

from modelsweb.objects.obj import Condition
from modelsweb.topology.health import Mood, mood_of


@pytest.mark.parametrize(
    ("type_", "status", "mood"),
    [
        ("Ready", "False", Mood.BAD),
        ("PredictorReady", "Unknown", Mood.WAITING),
        ("Available", "False", Mood.BAD),
        ("ResolvedRefs", "False", Mood.BAD),
        ("Programmed", "True", Mood.GOOD),
        ("ReplicaFailure", "False", Mood.GOOD),
        ("Stopped", "False", Mood.GOOD),
        ("Fallback", "False", Mood.GOOD),
        ("Fallback", "True", Mood.WAITING),
        ("ScaledToZero", "False", Mood.GOOD),
        ("ScalingActive", "False", Mood.WAITING),
        ("Active", "False", Mood.NEUTRAL),
        ("vendor.example.com/Drained", "False", Mood.NEUTRAL),
        ("SomethingNobodyKnows", "False", Mood.NEUTRAL),
        ("SomethingNobodyKnows", "Unknown", Mood.NEUTRAL),
    ],
)
def test_what_false_means_is_known_for_each_type(type_: str, status: str, mood: Mood) -> None:
    assert mood_of(Condition(type=type_, status=status)) is mood


def test_a_condition_of_severity_info_is_never_bad() -> None:
    assert mood_of(Condition(type="RoutesReady", status="False", severity="Info")) is Mood.NEUTRAL
