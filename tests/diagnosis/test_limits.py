"""What lasts a moment is no fault, what lasts for minutes is, and what works may take its time."""

from typing import Any

import pytest
from tests.diagnosis.snapshots import NOW, ago, container, event, of, pod, service

from modelsweb.diagnosis.status.inference_service import judge
from modelsweb.diagnosis.verdict import Status
from modelsweb.topology.service_snapshot import ServiceSnapshot

STARTING = service(ready="False")


def _scheduled(**since: float) -> list[dict[str, str]]:
    return [{"type": "PodScheduled", "status": "True", "lastTransitionTime": ago(**since)}]


def _initialized(**since: float) -> list[dict[str, str]]:
    return [
        *_scheduled(**since),
        {"type": "Initialized", "status": "True", "lastTransitionTime": ago(**since)},
    ]


def _unmounted(**since: float) -> ServiceSnapshot:
    return of(
        STARTING,
        pod(born=ago(hours=1), phase="Pending", conditions=_scheduled(**since)),
        events=(event("FailedMount", 'configmap "settings" not found', uid="p1-uid"),),
    )


def _waiting(reason: str, message: str, **since: float) -> ServiceSnapshot:
    state = container(state={"waiting": {"reason": reason, "message": message}})
    return of(
        STARTING,
        pod(born=ago(hours=1), phase="Pending", conditions=_initialized(**since), containers=[state]),
    )


def _refused(message: str, **since: float) -> ServiceSnapshot:
    condition = {
        "type": "ReplicaFailure",
        "status": "True",
        "reason": "FailedCreate",
        "message": message,
        "lastTransitionTime": ago(**since),
    }
    return of(
        STARTING,
        deployments=({"metadata": {"name": "iris-predictor"}, "status": {"conditions": [condition]}},),
    )


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_unmounted, ()),
        (_waiting, ("CreateContainerConfigError", 'secret "key" not found')),
        (_waiting, ("ErrImagePull", "desc = dial tcp 10.0.0.1:443: i/o timeout")),
        (_waiting, ("ImagePullBackOff", 'Back-off pulling image "x"')),
        (_refused, ('failed calling webhook "policy": connection refused',)),
    ],
)
def test_what_may_pass_is_a_fault_after_two_minutes(make: Any, words: tuple[str, ...]) -> None:
    young = judge(make(*words, seconds=100), NOW)
    assert young.status is Status.STARTING
    assert young.due is not None
    assert young.cause is not None
    assert judge(make(*words, seconds=100), young.due).status is Status.FAILED
    assert judge(make(*words, minutes=3), NOW).status is Status.FAILED


@pytest.mark.parametrize(
    "member",
    [
        _waiting("ErrImagePull", 'desc = "x:1": not found', seconds=5),
        _waiting("InvalidImageName", "invalid reference format", seconds=5),
        _waiting("RunContainerError", 'exec: "nothing": executable file not found in $PATH', seconds=5),
        _refused('pods "x" is forbidden: error looking up service account ns/none', seconds=5),
    ],
)
def test_what_does_not_pass_is_one_at_once(member: ServiceSnapshot) -> None:
    assert judge(member, NOW).status is Status.FAILED


def test_a_new_pod_does_not_start_the_clock_anew() -> None:
    first = pod("p0", born=ago(minutes=9), deletionTimestamp=ago(seconds=1))
    first["metadata"]["deletionTimestamp"] = ago(seconds=1)
    second = pod("p1", born=ago(seconds=20), phase="Pending", conditions=_scheduled(seconds=19))
    told = (event("FailedMount", "none", uid="p1-uid"),)
    found = judge(of(STARTING, first, second, events=told), NOW)
    assert found.status is Status.FAILED
    assert found.since is not None
    assert (NOW - found.since).total_seconds() == 9 * 60


def _loading(said: str, **since: float) -> ServiceSnapshot:
    state = container(state={"running": {"startedAt": ago(**since)}})
    told = (event("Unhealthy", said, uid="p1-uid"),) if said else ()
    deadline = {
        "metadata": {"name": "iris-predictor", "labels": {"component": "predictor"}},
        "status": {
            "conditions": [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}]
        },
    }
    return of(STARTING, pod(born=ago(**since), containers=[state]), events=told, deployments=(deadline,))


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Startup probe failed: dial tcp 10.0.0.1:8080: connect: connection refused",
        "Readiness probe failed: HTTP probe failed with statuscode: 503",
        "Readiness probe failed: context deadline exceeded",
    ],
)
def test_a_load_never_fails_by_time(said: str) -> None:
    usual = judge(_loading(said, minutes=9), NOW)
    assert (usual.status, usual.effect) == (Status.STARTING, None)
    assert usual.due is not None
    slow = judge(_loading(said, hours=3), NOW)
    assert slow.status is Status.STARTING
    assert str(slow.effect) == "This is taking longer than usual."


def test_a_server_that_answers_wrongly_does() -> None:
    said = "Readiness probe failed: HTTP probe failed with statuscode: 404"
    assert judge(_loading(said, minutes=9), NOW).status is Status.STARTING
    assert judge(_loading(said, minutes=11), NOW).status is Status.FAILED


def test_a_download_never_fails_by_time() -> None:
    running: dict[str, Any] = {
        "initContainerStatuses": [
            container("storage-initializer", state={"running": {"startedAt": ago(hours=2)}})
        ]
    }
    verdict = judge(of(STARTING, pod(born=ago(hours=2), phase="Pending", **running)), NOW)
    assert (verdict.status, str(verdict.cause)) == (Status.STARTING, "Downloading the model.")
    assert str(verdict.effect) == "This is taking longer than usual."


@pytest.mark.parametrize(("minutes", "status"), [(9, Status.STARTING), (11, Status.FAILED)])
def test_unknown_is_a_fault_after_ten_minutes(minutes: int, status: Status) -> None:
    unknown = {"type": "PredictorReady", "status": "Unknown", "lastTransitionTime": ago(minutes=minutes)}
    verdict = judge(of(service(ready="Unknown", conditions=[unknown])), NOW)
    assert verdict.status is status
    assert (verdict.due is not None) is (status is Status.STARTING)


def test_a_failure_of_an_earlier_pod_is_not_held_against_the_next() -> None:
    status = {
        "transitionStatus": "BlockedByFailedLoad",
        "lastFailureInfo": {"reason": "ModelLoadFailed", "exitCode": 1},
    }
    running = container(state={"running": {"startedAt": ago(seconds=30)}})
    stale = service(ready="False", modelStatus=status)
    assert judge(of(stale, pod(born=ago(minutes=1), containers=[running])), NOW).status is Status.STARTING
    assert judge(of(stale), NOW).status is Status.FAILED


def test_a_replica_that_is_new_has_its_own_time() -> None:
    ready = pod("p0", ready=True, born=ago(days=3))
    new = pod("p1", born=ago(seconds=10), phase="Pending", conditions=_scheduled(seconds=9))
    told = (event("FailedMount", "failed to sync configmap cache", uid="p1-uid"),)
    member = of(service(ready="True", url="http://iris.example.com"), ready, new, events=told)
    assert judge(member, NOW).status in {Status.READY, Status.UPDATING}


def _unknown(*some: dict[str, Any], mode: str = "Knative") -> ServiceSnapshot:
    unknown = {"type": "PredictorReady", "status": "Unknown", "lastTransitionTime": ago(minutes=15)}
    return of(service(ready="Unknown", mode=mode, conditions=[unknown]), *some)


def test_unknown_is_no_fault_where_pods_may_be_at_work() -> None:
    making = container(state={"waiting": {"reason": "ContainerCreating"}})
    pulled = pod(
        born=ago(minutes=15), phase="Pending", conditions=_scheduled(minutes=15), containers=[making]
    )
    slow = judge(_unknown(pulled), NOW)
    assert (slow.status, str(slow.effect)) == (Status.STARTING, "This is taking longer than usual.")
    assert judge(ServiceSnapshot(service=_unknown().service), NOW).status is not Status.FAILED
    assert judge(_unknown(mode="ModelMesh"), NOW).status is not Status.FAILED
    assert judge(_unknown(), NOW).status is Status.FAILED


def _told(message: str, **age: float) -> Any:
    raw = event("InternalError", message, uid="service-uid", kind="InferenceService", name="iris").raw
    return type(service())({**raw, "lastTimestamp": ago(**age)})


def test_an_old_error_of_the_controller_is_not_revived_by_an_edit() -> None:
    edited = service(
        ready="True", url="http://iris.example.com", metadata={"generation": 2}, observedGeneration=1
    )
    old = of(edited, pod(ready=True), events=(_told("no such thing", minutes=50),))
    assert judge(old, NOW).status is Status.READY
    fresh = of(edited, pod(ready=True), events=(_told("no such thing", minutes=1),))
    assert judge(fresh, NOW).status is Status.DEGRADED
    passing = of(edited, pod(ready=True), events=(_told("webhook: connection timed out", seconds=5),))
    assert judge(passing, NOW).status is Status.READY
