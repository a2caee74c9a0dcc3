"""Whether KServe's controller works is seen by what it says of other services."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.diagnosis.snapshots import NOW, ago, of, service

from modelsweb.diagnosis.reports import Reports
from modelsweb.diagnosis.status.inference_service import judge
from modelsweb.diagnosis.verdict import Status
from modelsweb.objects.obj import Obj
from modelsweb.topology.service_snapshot import ServiceSnapshot

CASES = Path(__file__).resolve().parent.parent / "data" / "cases"


def _silent(name: str, **age: float) -> Obj:
    if name == "05":
        [path] = CASES.glob("05-*.yaml")
        [raw] = [one for one in yaml.safe_load_all(path.read_text()) if one]
    else:
        raw = {"metadata": {"name": "other"}, "spec": {"predictor": {"model": {}}}}
    metadata: dict[str, Any] = {"creationTimestamp": ago(**age), "uid": "u"}
    return Obj({**raw, "metadata": raw["metadata"] | metadata})


def _reports(*others: Obj) -> Reports:
    reports = Reports()
    for other in others:
        reports.saw(other, NOW)
    return reports


@pytest.mark.parametrize("name", ["05", "of our own"])
def test_silence_while_the_controller_works_is_a_fault_after_two_minutes(name: str) -> None:
    later = _reports(service(ready="True", born=ago(seconds=30))).newest
    young = judge(of(_silent(name, seconds=100), reported=later), NOW)
    assert young.status is Status.STARTING
    assert young.due == NOW + timedelta(seconds=20)
    old = judge(of(_silent(name, minutes=10), reported=later), NOW)
    assert old.status is Status.FAILED
    assert old.since == NOW - timedelta(minutes=10)
    assert ("kserve-container" in str(old.cause)) is (name == "05")


def test_a_controller_of_which_nobody_hears_is_told_apart() -> None:
    earlier = _reports(service(ready="True", born=ago(days=3))).newest
    for reported in (None, earlier):
        verdict = judge(of(_silent("05", minutes=10), reported=reported), NOW)
        assert verdict.status is Status.UNKNOWN
        assert "Check that the KServe controller is running." in str(verdict.cause)


def test_a_condition_that_changes_is_a_sign_of_it_too() -> None:
    changed = {"type": "PredictorReady", "status": "True", "lastTransitionTime": ago(seconds=5)}
    reported = _reports(service(born=ago(days=3), conditions=[changed]), _silent("05", seconds=1)).newest
    assert reported == NOW - timedelta(seconds=5)


def test_what_has_children_was_taken_up() -> None:
    made = {"metadata": {"name": "x"}, "spec": {"replicas": 1}}
    member = of(_silent("05", minutes=10), deployments=(made,), reported=NOW)
    assert judge(member, NOW).status is Status.STARTING


def test_what_it_has_made_may_be_there_where_it_may_not_be_seen() -> None:
    verdict = judge(ServiceSnapshot(service=_silent("05", minutes=10), reported=NOW), NOW)
    assert (verdict.status, str(verdict.effect)) == (Status.UNKNOWN, "Not checked: no right to read pods.")
    assert "controller" not in str(verdict.cause)
