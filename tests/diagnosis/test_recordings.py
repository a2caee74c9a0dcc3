"""Each recording of the real controllers, judged at its points and along its watch, against its ``expected.yaml``."""

from datetime import timedelta
from itertools import groupby
from pathlib import Path

import pytest
from tests.diagnosis import recording

from modelsweb.diagnosis.start_up import StepName, steps
from modelsweb.diagnosis.status.inference_service import judge
from modelsweb.diagnosis.verdict import Status

FOLDER = Path(__file__).resolve().parent.parent / "data" / "recordings"
SCENARIOS = [path.name for path in recording.scenarios(FOLDER)]


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_recording_is_judged_as_expected(name: str) -> None:
    scenario = FOLDER / name
    assert (scenario / "expected.yaml").exists()
    verdicts = recording.judged(scenario)
    assert verdicts
    assert recording.differences(scenario, verdicts) == []


def test_an_expectation_that_is_not_met_is_told(tmp_path: Path) -> None:
    scenario = FOLDER / "standard-oomkilled"
    (tmp_path / "expected.yaml").write_text(
        "02-crashloop-oomkilled: Ready\nwatch: [Starting, Ready]\n09-later: Ready\n"
    )
    wrong = recording.differences(tmp_path, recording.judged(scenario))
    assert [line.split(":")[0] for line in wrong] == [
        "02-crashloop-oomkilled big-model",
        "watch big-model",
        "09-later",
    ]


@pytest.mark.parametrize("name", SCENARIOS)
def test_as_time_goes_by_nothing_goes_back_and_forth(name: str) -> None:
    """Each point of a recording held still, judged every 30 s for three hours."""
    for moment in recording.points(FOLDER / name):
        for member in moment.families.values():
            times = [moment.at + timedelta(seconds=30 * step) for step in range(360)]
            verdicts = [judge(member, time) for time in times]
            statuses = [status for status, _ in groupby(verdict.status for verdict in verdicts)]
            assert len(statuses) == len(set(statuses)), statuses
            last = verdicts[-1]
            waits = last.status is Status.STARTING or str(last.cause).startswith(("A new", "Scaling"))
            assert not waits or "longer than usual" in str(last.effect), last.cause


@pytest.mark.parametrize("name", SCENARIOS)
def test_whoever_may_not_read_pods_gets_a_verdict_too(name: str) -> None:
    for moment in recording.points(FOLDER / name):
        for member in moment.families.values():
            alone = type(member)(service=member.service)
            # What nobody could check is never called well.
            verdict = judge(alone, moment.at)
            assert verdict.status not in {Status.READY, Status.SCALED_TO_ZERO}
            # KServe says how the load went, and of nothing before it.
            assert not {step.name for step in steps(alone, verdict)} & {
                StepName.SCHEDULED,
                StepName.DOWNLOADED,
            }
