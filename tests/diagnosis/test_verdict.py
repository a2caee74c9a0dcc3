"""What findings mean for a service: cases that no recording shows."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.diagnosis.snapshots import NOW, ago, container, crashed, event, lent, of, pod, service

from modelsweb.diagnosis import start_up
from modelsweb.diagnosis.status.inference_service import judge
from modelsweb.diagnosis.verdict import Status
from modelsweb.kinds import CLUSTER_SERVING_RUNTIME, POD, RUNTIME_POD, SERVING_RUNTIME
from modelsweb.objects.freshness import Gap
from modelsweb.objects.obj import Obj
from modelsweb.topology import demand
from modelsweb.topology.demand import Replicas
from modelsweb.topology.service_snapshot import ServiceSnapshot, service_snapshot

READY_CONTAINER = container(ready=True, state={"running": {}})


def status(snapshot: ServiceSnapshot) -> Status:
    return judge(snapshot, NOW).status


def test_ready_is_contradicted_where_a_serving_pod_crashes() -> None:
    verdict = judge(of(service(ready="True"), pod("p1", ready=True), pod("p2", containers=[crashed()])), NOW)
    assert verdict.status is Status.DEGRADED
    assert "p2" in str(verdict.cause)
    assert verdict.effect is None


def test_a_failed_update_of_a_serving_model_is_a_warning_that_says_so() -> None:
    old, new = pod("p1", ready=True, born=ago(days=2)), pod("p2", version="v2", containers=[crashed()])
    verdict = judge(of(service(ready="True"), old, new), NOW)
    assert verdict.status is Status.DEGRADED
    assert str(verdict.effect) == "The update failed; the previous version still serves."


def test_a_repair_is_not_called_broken_for_what_it_replaces() -> None:
    old, new = (
        pod("p1", containers=[crashed()], born=ago(days=2)),
        pod("p2", version="v2", born=ago(seconds=5)),
    )
    assert status(of(service(ready="False"), old, new)) is Status.STARTING


def test_a_pod_that_crashed_and_recovered_is_no_fault() -> None:
    recovered = container(
        ready=True, restartCount=3, state={"running": {}}, lastState={"terminated": {"exitCode": 1}}
    )
    assert status(of(service(ready="True"), pod(ready=True, containers=[recovered]))) is Status.READY


@pytest.mark.parametrize("type_", ["Stopped", "GroupReady", "SomethingNobodyKnows", ""])
def test_other_conditions_never_take_ready_away(type_: str) -> None:
    member = service(ready="True", conditions=[{"type": type_, "status": "False"}])
    assert status(of(member, pod(ready=True, containers=[READY_CONTAINER]))) is Status.READY


@pytest.mark.parametrize("type_", ["TransformerReady", "ExplainerReady", "CanaryPredictorReady"])
def test_ready_needs_every_component(type_: str) -> None:
    member = service(ready="True", conditions=[{"type": type_, "status": "False", "reason": "SomeReason"}])
    assert status(of(member, pod(ready=True))) is Status.DEGRADED


def test_a_service_without_status_is_starting_then_unknown() -> None:
    raw = {"metadata": {"name": "iris", "creationTimestamp": ago(seconds=10)}}
    verdict = judge(of(Obj(raw)), NOW)
    assert verdict.status is Status.STARTING
    assert verdict.due is not None
    assert judge(of(Obj(raw)), verdict.due).status is Status.UNKNOWN


def test_nothing_wanted_and_nothing_there_is_scaled_to_zero_in_standard_mode_too() -> None:
    member = service(ready="True")
    empty = {"metadata": {"name": "iris-predictor"}, "spec": {"replicas": 0}}
    assert status(of(member, deployments=(empty,))) is Status.SCALED_TO_ZERO
    assert status(of(member)) is Status.UNKNOWN  # KServe's word alone, and no pod behind it
    unread = judge(ServiceSnapshot(service=member), NOW)  # told as reported, and never as verified
    assert unread.status is Status.UNKNOWN
    assert (str(unread.cause), str(unread.effect)) == (
        "KServe reports the service as ready.",
        "Not checked: no right to read pods.",
    )
    assert status(
        ServiceSnapshot(
            service=member, deployments=(Obj({**empty, "status": {"readyReplicas": 1}, "spec": {}}),)
        )
    ) is (Status.READY)


def test_a_revision_that_is_ready_serves_while_the_next_one_fails() -> None:
    predictor = {
        "latestCreatedRevision": "iris-predictor-00002",
        "latestReadyRevision": "iris-predictor-00001",
        "traffic": [{"revisionName": "iris-predictor-00001", "percent": 100, "latestRevision": True}],
    }
    failed = {
        "metadata": {"name": "iris-predictor-00002"},
        "status": {
            "conditions": [
                {"type": "ContainerHealthy", "status": "False", "reason": "ExitCode1", "message": "no module"}
            ]
        },
    }
    member = service(ready="False", mode="Knative", components={"predictor": predictor})
    verdict = judge(of(member, revisions=(failed,)), NOW)
    assert verdict.status is Status.DEGRADED
    assert str(verdict.cause) == "Revision iris-predictor-00002 failed: no module"
    assert verdict.effect is not None


@pytest.mark.parametrize(
    ("ready", "transition", "active", "wanted"),
    [
        ("True", "UpToDate", "Loaded", Status.READY),
        ("False", "InProgress", "Pending", Status.STARTING),
        ("False", "InProgress", "Loaded", Status.UPDATING),
        ("False", "BlockedByFailedLoad", "FailedToLoad", Status.FAILED),
        ("False", "BlockedByFailedLoad", "Loaded", Status.DEGRADED),
        ("False", "InvalidSpec", "", Status.FAILED),
    ],
)
def test_modelmesh_is_judged_by_its_model_status(
    ready: str, transition: str, active: str, wanted: Status
) -> None:
    model = {
        "transitionStatus": transition,
        "states": {"activeModelState": active},
        "lastFailureInfo": {"reason": "ModelLoadFailed", "message": "no such file"},
    }
    mesh = service(ready=ready, mode="ModelMesh", modelStatus=model, servingRuntimeName="mlserver")
    verdict = judge(of(mesh, lent=(lent(),)), NOW)
    assert verdict.status is wanted
    assert ("no such file" in str(verdict.cause)) is (wanted in {Status.FAILED, Status.DEGRADED})


LOADED = {
    "transitionStatus": "UpToDate",
    "states": {"activeModelState": "Loaded", "targetModelState": "Loaded"},
    "copies": {"totalCopies": 2, "failedCopies": 0},
}


@pytest.mark.parametrize("runtime", ["mlserver", ""])
def test_copies_in_modelmesh_count_while_pods_of_the_runtime_are_ready(runtime: str) -> None:
    mesh = service(ready="True", mode="ModelMesh", modelStatus=LOADED, servingRuntimeName=runtime)
    serving = of(mesh, lent=(lent(), lent("triton")) if runtime else (lent(),))
    assert judge(serving, NOW).status is Status.READY
    assert demand.replicas(serving) == Replicas(1, 2)
    for without in ((), (lent("triton"),) if runtime else (), (lent(ready=False),)):
        idle = of(mesh, lent=without)
        assert judge(idle, NOW).status not in {Status.READY, Status.DEGRADED, Status.UPDATING}
        assert demand.replicas(idle) == Replicas(0, 2)


def test_what_ends_a_runtime_of_modelmesh_is_told_of_its_models() -> None:
    mesh = service(ready="True", mode="ModelMesh", modelStatus=LOADED, servingRuntimeName="mlserver")
    state = crashed(137, "OOMKilled")
    broken = lent(ready=False, containers=[{**state, "name": "mlserver"}])
    verdict = judge(of(mesh, lent=(broken,)), NOW)
    assert verdict.status is Status.FAILED
    assert verdict.finding is not None
    assert verdict.finding.container == "mlserver"
    assert judge(of(mesh, lent=(broken, lent())), NOW).status is Status.DEGRADED


def test_of_modelmesh_without_its_pods_the_status_is_told_as_reported() -> None:
    mesh = service(ready="True", mode="ModelMesh", modelStatus=LOADED, servingRuntimeName="mlserver")
    unread = service_snapshot(mesh, {}, gaps={POD: Gap.FORBIDDEN})
    verdict = judge(unread, NOW)
    assert verdict.status is Status.UNKNOWN
    assert str(verdict.effect) == "Not checked: no right to read pods."
    assert demand.replicas(unread) == Replicas(2, 2)


def test_stopping_lasts_until_the_pods_are_gone() -> None:
    member = service(
        ready="False",
        annotations={"serving.kserve.io/stop": "true"},
        conditions=[{"type": "Stopped", "status": "True"}],
    )
    assert status(of(member, pod(ready=True))) is Status.STOPPING
    assert status(of(member)) is Status.STOPPED


def test_deleting_names_what_it_waits_for() -> None:
    member = service(
        ready="True",
        metadata={"deletionTimestamp": ago(seconds=40), "finalizers": ["inferenceservice.finalizers"]},
    )
    verdict = judge(of(member), NOW)
    assert (
        str(verdict.cause)
        == "Waiting for the KServe controller to remove its finalizers (inferenceservice.finalizers)."
    )
    assert verdict.effect is None
    late = judge(of(member), NOW + timedelta(minutes=6))
    assert str(late.effect) == "This is taking longer than usual."


def test_deleting_shows_what_is_really_there() -> None:
    member = service(
        ready="True", metadata={"deletionTimestamp": ago(seconds=40), "finalizers": ["foregroundDeletion"]}
    )
    leaving = pod(ready=True)
    leaving["metadata"]["deletionTimestamp"] = ago(seconds=30)
    assert (
        str(judge(of(member, leaving, pod("p2")), NOW).effect) == "Pods still responding to requests: 1 of 2."
    )
    assert "the objects that the service owns first" in str(judge(of(member), NOW).cause)


def test_what_the_controller_reports_while_it_is_deleted_is_told() -> None:
    metadata = {"deletionTimestamp": ago(minutes=8), "finalizers": ["inferenceservice.finalizers"]}
    member = service(ready="True", metadata=metadata)
    said = event("InternalError", "cannot reach the storage", uid=member.uid)
    assert "which fails: cannot reach the storage" in str(judge(of(member, events=(said,)), NOW).cause)


def test_kubernetes_is_not_said_to_end_pods_while_kserve_holds_the_service() -> None:
    metadata = {"deletionTimestamp": ago(minutes=8), "finalizers": ["inferenceservice.finalizers"]}
    verdict = judge(of(service(ready="True", metadata=metadata), pod(ready=True)), NOW)
    assert (
        str(verdict.cause)
        == "Waiting for the KServe controller to remove its finalizers (inferenceservice.finalizers)."
    )
    assert str(verdict.effect) == (
        "This is taking longer than usual. Pods still responding to requests: 1 of 1."
    )


@pytest.mark.parametrize(
    "raw", [{}, {"status": 5}, {"status": {"conditions": "x"}}, {"spec": None, "metadata": []}]
)
def test_nonsense_is_judged_too(raw: dict[str, object]) -> None:
    assert status(of(Obj(raw))) is Status.UNKNOWN


def test_nonsense_in_children_is_judged_too() -> None:
    odd = {"metadata": {"labels": 5}, "status": {"containerStatuses": [{"state": 3}, None], "conditions": {}}}
    assert status(of(service(ready="True"), odd)) in set(Status)


def test_a_pulled_event_of_any_size_is_no_error() -> None:
    pulled = "pulled in 1s (1s including waiting). Image size: "
    assert start_up._of_pull(f"{pulled}123456789 bytes.") == "118 MiB, 1s"
    assert start_up._of_pull(f"{pulled}{'9' * 400} bytes.") == ""


@pytest.mark.parametrize(
    ("routes", "says_so"),
    [((), True), (({"metadata": {"name": "iris"}, "spec": {"rules": [{"backendRefs": []}]}},), False)],
)
def test_a_canary_is_idle_for_want_of_a_route_only_where_there_is_none(
    routes: tuple[dict[str, object], ...], says_so: bool
) -> None:
    canary = {"name": "v2", "ready": True, "trafficPercent": 20}
    member = of(
        service(ready="True", url="http://iris.example.com", canaryStatuses=[canary]), pod(ready=True)
    )
    verdict = judge(replace(member, routes=tuple(map(Obj, routes))), NOW)
    assert verdict.status is Status.READY
    assert (verdict.cause is not None) is says_so


def test_a_model_of_modelmesh_does_not_wait_for_the_pods_that_others_share() -> None:
    stopping = service(
        ready="False",
        mode="ModelMesh",
        servingRuntimeName="mlserver",
        annotations={"serving.kserve.io/stop": "true"},
        conditions=[{"type": "Stopped", "status": "True"}],
    )
    assert judge(of(stopping, lent=(lent(),)), NOW).status is Status.STOPPED
    goes = service(
        ready="True",
        mode="ModelMesh",
        servingRuntimeName="mlserver",
        metadata={"deletionTimestamp": ago(minutes=1), "finalizers": ["x"]},
    )
    verdict = judge(of(goes, lent=(lent(),)), NOW)
    assert verdict.status is Status.DELETING
    assert "pods" not in f"{verdict.cause} {verdict.effect}"


def test_where_nothing_names_the_runtime_of_a_model_any_that_takes_it_may_have_it() -> None:
    mesh = service(ready="True", mode="ModelMesh", modelStatus=LOADED)
    crashing = lent(ready=False, containers=[{**crashed(137, "OOMKilled"), "name": "mlserver"}])
    assert judge(of(mesh, lent=(lent(), lent("triton"))), NOW).status is Status.READY
    assert judge(of(mesh, lent=(crashing, lent("triton"))), NOW).status is Status.DEGRADED
    assert judge(of(mesh, lent=(crashing,)), NOW).status is Status.FAILED
    children = {
        RUNTIME_POD: [Obj(crashing), Obj(lent("triton"))],
        SERVING_RUNTIME: [
            Obj({"metadata": {"name": name}, "spec": {"supportedModelFormats": [{"name": takes}]}})
            for name, takes in (("mlserver", "sklearn"), ("triton", "onnx"))
        ],
        CLUSTER_SERVING_RUNTIME: list[Obj](),
    }
    assert judge(service_snapshot(mesh, children), NOW).status is Status.FAILED


def test_why_pods_of_a_runtime_were_not_read_is_told_as_it_is() -> None:
    mesh = service(ready="True", mode="ModelMesh", modelStatus=LOADED)
    verdict = judge(service_snapshot(mesh, {POD: []}, gaps={RUNTIME_POD: Gap.LOADING}), NOW)
    assert str(verdict.effect) == "Not checked: its pods have not been read yet."
