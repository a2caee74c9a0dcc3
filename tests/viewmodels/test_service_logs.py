"""Links to a run of a container, and to a line of it, once the container has gone on."""

from dataclasses import replace
from typing import Any

import pytest
from tests.diagnosis.snapshots import ago, container, pod, seen, service

from modelsweb.kinds import POD
from modelsweb.objects.obj import Obj
from modelsweb.viewmodels import service_logs
from modelsweb.viewmodels.components.judged import JudgedService, judged_service
from modelsweb.viewmodels.components.log_query import LogQuery

LINK = LogQuery(pods=("p1",), containers=("kserve-container",))
BEFORE = {
    "containerID": "containerd://0000000000001111",
    "exitCode": 137,
    "reason": "OOMKilled",
    "startedAt": ago(minutes=20),
    "finishedAt": ago(minutes=10),
}
RUNNING = {
    "state": {"running": {"startedAt": ago(minutes=5)}},
    "containerID": "containerd://2222222222223333",
}
WAITING = {
    "state": {"waiting": {"reason": "CrashLoopBackOff"}},
    "containerID": "containerd://0000000000001111",
}


def _of(**status: Any) -> JudgedService:
    made = container(restartCount=3, lastState={"terminated": BEFORE}, **status)
    children = {POD: [Obj(pod("p1", containers=[made]))]}
    return judged_service(seen(service(), children))


@pytest.mark.parametrize(
    ("status", "run", "at", "found"),
    [
        (RUNNING, "222222222222", "", LINK),
        (RUNNING, "000000000000", "", replace(LINK, previous=True)),
        (RUNNING, "999999999999", "", replace(LINK, is_lost=True)),
        (RUNNING, "000000000000", "fault", replace(LINK, previous=True)),
        (WAITING, "000000000000", "", LINK),
        (RUNNING, "", ago(minutes=1)[:-1] + ".000000001Z", LINK),
        (RUNNING, "", ago(minutes=15)[:-1] + ".000000001Z", replace(LINK, previous=True)),
        (RUNNING, "", ago(minutes=30)[:-1] + ".000000001Z", replace(LINK, is_lost=True)),
        (RUNNING, "", "fault", LINK),
        (RUNNING, "", "7 nonsense", LINK),
    ],
)
def test_a_link_leads_to_its_run_wherever_that_is_now(
    status: dict[str, Any], run: str, at: str, found: LogQuery
) -> None:
    query = replace(LINK, run=run)
    assert (service_logs.of_run(_of(**status), query, at=at) or query) == found


def test_a_link_that_names_no_single_container_stays_as_it_is() -> None:
    assert service_logs.of_run(_of(**RUNNING), LogQuery(), at=ago(minutes=30)) is None
    assert service_logs.of_run(_of(**RUNNING), LogQuery(pods=("gone",), containers=("x",)), at="2026") is None


def test_the_log_of_a_run_that_ended_says_how() -> None:
    [end] = service_logs.build(_of(**RUNNING), replace(LINK, previous=True)).ends
    assert str(end) == "kserve-container in p1 terminated at 2026-11-23 11:50:00: OOMKilled, exit code 137."
    assert service_logs.build(_of(**RUNNING), LINK).ends == ()
    assert len(service_logs.build(_of(**WAITING), LINK).ends) == 1
