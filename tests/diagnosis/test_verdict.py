"""The verdict at the end of each recording, and along it without an exception."""

import pytest
from tests.demo.recordings import recorded
from tests.demo.test_recordings import SCENARIOS

from modelsweb.clock import parse_time
from modelsweb.diagnosis.verdict import Status, judge
from modelsweb.objects.obj import Obj

WANTED = {
    "standard-sklearn-ready": (Status.READY, ""),
    "standard-transformer-ready": (Status.READY, ""),
    "standard-storage-initializer-failed": (Status.FAILED, "The specified bucket does not exist"),
    # What follows fails in truth, but the InferenceService alone does not say so: its pods do.
    "standard-image-pull-backoff": (Status.STARTING, "Waiting for the first pod"),
    "standard-oomkilled": (Status.STARTING, "Waiting for the first pod"),
    "standard-unschedulable-gpu": (Status.STARTING, "Waiting for the first pod"),
    "no-runtime-for-format": (Status.FAILED, "No serving runtime supports the format sparkml."),
    "stopped-service": (Status.STOPPED, ""),
    "serverless-sklearn-ready": (Status.READY, ""),
}


@pytest.mark.parametrize("scenario", WANTED)
def test_the_end_of_a_recording_is_judged_as_it_is(scenario: str) -> None:
    seen = [
        s for s in recorded(scenario, seconds=SCENARIOS[scenario][0]) if s.resource == "inferenceservices"
    ]
    last = Obj(seen[-1].object)
    now = parse_time("2026-11-22T23:00:00Z")
    assert now is not None
    verdict = judge(last, now)
    status, said = WANTED[scenario]
    assert verdict.status is status
    assert said in str(verdict.cause or "")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_moment_of_a_recording_is_a_failure_before_there_is_one(scenario: str) -> None:
    now = parse_time("2026-11-22T23:00:00Z")
    assert now is not None
    seen = recorded(scenario, seconds=SCENARIOS[scenario][0])
    states = [judge(Obj(s.object), now).status for s in seen if s.resource == "inferenceservices"]
    may_fail = WANTED.get(scenario, (Status.READY, ""))[0] is Status.FAILED
    assert may_fail or Status.FAILED not in states


@pytest.mark.parametrize(
    "raw", [{}, {"status": 5}, {"status": {"conditions": "x"}}, {"spec": None, "metadata": []}]
)
def test_nonsense_is_judged_too(raw: dict[str, object]) -> None:
    now = parse_time("2026-11-22T23:00:00Z")
    assert now is not None
    assert judge(Obj(raw), now).status is Status.UNKNOWN
