"""Situations that people met, as whole objects with their status: what a row and the head of a page say of them."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.diagnosis.recording import KINDS, World
from tests.diagnosis.snapshots import of, pod, service

from modelsweb.clock import parse_time
from modelsweb.diagnosis.start_up import StepState, steps
from modelsweb.diagnosis.status.inference_service import judge
from modelsweb.diagnosis.verdict import Status
from modelsweb.objects.obj import Obj
from modelsweb.topology import demand, predictor
from modelsweb.topology.service_snapshot import ServiceSnapshot, service_snapshot

CASES = Path(__file__).resolve().parent.parent / "data" / "cases"
_KINDS = {(kind.api_version, kind.kind): kind for kind in KINDS}


def _noon() -> datetime:
    found = parse_time("2026-11-23T12:00:00Z")
    assert found
    return found


NOON = _noon()


def _families(case: str) -> Iterator[tuple[str, ServiceSnapshot]]:
    [path] = CASES.glob(f"{case}-*.yaml")
    world = World()
    for document in yaml.load_all(path.read_text(), Loader=yaml.CSafeLoader):
        if document:
            plain = json.loads(json.dumps(document, default=str))
            world.put(_KINDS[plain["apiVersion"], plain["kind"]], plain)
    for name, (member, children) in world.members().items():
        yield name, service_snapshot(member, children)


CASE_BY_CASE = [
    ("01", "house-price", Status.READY, "", (1, 1)),
    ("01", "house-price-predictor", Status.FAILED, 'secret "model-certs" not found', (0, 1)),
    ("02", "ranker", Status.FAILED, "The model is running, but its address does not work", (1, 1)),
    ("03", "scorer-young", Status.FAILED, "ends at once (Completed, exit code 0)", (0, 1)),
    ("03", "scorer-old", Status.FAILED, "ends at once (Completed, exit code 0)", (0, 1)),
    ("04", "gemma-small", Status.STARTING, "Downloading the model", (0, 1)),
    ("06", "summarizer", Status.STARTING, "waiting for the model to load", (0, 1)),
    ("06", "summarizer-2", Status.READY, "", (1, 1)),
    ("06", "summarizer-3", Status.STARTING, "waiting for the model to load", (0, 1)),
    ("07", "deepseek-a", Status.STARTING, "waiting for the model to load", (0, 1)),
    ("07", "deepseek-b", Status.FAILED, "cannot reach 2 nodes within 600 s", (0, 1)),
    ("08", "idle-a", Status.SCALED_TO_ZERO, "", (0, 0)),
    ("08", "idle-b", Status.SCALED_TO_ZERO, "", (0, 0)),
    ("09", "captioner", Status.FAILED, "refused by their node (UnexpectedAdmissionError): 24", (0, 1)),
    ("10", "llama-long", Status.FAILED, "ValueError: To serve at least one request", (0, 1)),
    ("22", "raw", Status.READY, "", (1, 1)),
]


@pytest.mark.parametrize(("case", "name", "status", "words", "replicas"), CASE_BY_CASE)
def test_a_situation_is_told_as_it_is(
    case: str, name: str, status: Status, words: str, replicas: tuple[int, int]
) -> None:
    member = dict(_families(case))[name]
    verdict = judge(member, NOON)
    assert verdict.status is status
    assert words in str(verdict.cause or "")
    assert verdict.effect is None  # no previous version, where there never was one
    found = demand.replicas(member)
    assert found is not None
    assert (found.ready, found.wanted) == replicas


@pytest.mark.parametrize("name", ["ranker", "captioner"])
def test_since_is_when_it_began_and_not_when_it_was_last_seen(name: str) -> None:
    member = dict(_families("02" if name == "ranker" else "09"))[name]
    since = judge(member, NOON).since
    assert since is not None
    assert NOON - since >= timedelta(minutes=8)


def test_every_step_of_a_ready_service_is_done() -> None:
    [(_, member)] = _families("22")
    assert {step.state for step in steps(member, judge(member, NOON))} == {StepState.DONE}


def test_the_downloads_of_a_case_go_on_before_kserve_says_anything() -> None:
    [(_, member)] = _families("04")
    found = steps(member, judge(member, NOON))
    assert [step.state for step in found[:2]] == [StepState.DONE, StepState.DONE]


def test_devices_of_every_vendor_count() -> None:
    assert {name: demand.gpus(member) for name, member in _families("11")} == dict.fromkeys(
        ("on-gaudi", "on-shared", "on-neuron", "on-ascend", "on-mig", "on-two-nodes"), 2
    )


@pytest.mark.parametrize(
    ("resource", "is_device"),
    [
        ("amd.com/gpu", True),
        ("google.com/tpu", True),
        ("cambricon.com/mlu", True),
        ("gpu.intel.com/i915", True),
        ("qualcomm.com/qaic", True),
        ("nvidia.com/mig-3g.40gb", True),
        ("cpu", False),
        ("memory", False),
        ("hugepages-2Mi", False),
        ("rdma/hca_shared_devices_a", False),
        ("vpc.amazonaws.com/efa", False),
        ("requests.kubernetes.io/thing", False),
    ],
)
def test_what_is_a_device(resource: str, is_device: bool) -> None:
    assert demand.is_device(resource) is is_device


def test_no_address_is_called_external_that_is_not() -> None:
    found = dict(_families("18"))
    assert predictor.external_url(found["only-inside"].service) == ""
    assert predictor.internal_url(found["only-inside"].service)
    assert predictor.is_private(found["only-inside"].service)
    assert predictor.external_url(found["address-only"].service) == ""


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("http://iris.ns.svc.cluster.local", True),
        ("http://iris.ns.svc", True),
        ("http://iris-predictor.ns.svc.example.internal:8080/v1", True),
        ("http://iris-predictor/v2", True),
        ("https://iris.ns.example.com", False),
        ("https://models.example.com/serving/ns/iris", False),
        ("https://svc.example.com", False),
        ("", False),
    ],
)
def test_an_address_inside_the_cluster_is_known_by_its_host(url: str, is_local: bool) -> None:
    assert predictor.is_local(url) is is_local


# Inputs of our own, of the same kinds.


def _serving(**state: Any) -> dict[str, Any]:
    return {"name": "kserve-container", "ready": False, "restartCount": 3, **state}


def test_a_proxy_among_the_init_containers_is_no_step_of_the_start() -> None:
    made = pod()
    made["spec"]["initContainers"] = [
        {"name": "cloud-sql", "restartPolicy": "Always"},
        {"name": "storage-initializer"},
    ]
    done = {"terminated": {"exitCode": 0, "finishedAt": "2026-11-23T11:50:00Z"}}
    made["status"]["initContainerStatuses"] = [
        {
            "name": "cloud-sql",
            "ready": True,
            "state": {"running": {"startedAt": "2026-11-23T11:50:00Z"}},
            "lastState": {"terminated": {"exitCode": 2}},
        },
        {"name": "storage-initializer", "ready": True, "state": done},
    ]
    made["status"]["containerStatuses"] = [_serving(state={"running": {"startedAt": "2026-11-23T11:50:00Z"}})]
    verdict = judge(of(service(ready="False"), made), NOON)
    assert verdict.status is Status.STARTING
    assert "waiting for the model to load" in str(verdict.cause)


def test_an_init_container_that_is_none_still_downloads() -> None:
    made = pod()
    made["spec"]["initContainers"] = [{"name": "storage-initializer"}]
    made["status"]["initContainerStatuses"] = [
        {"name": "storage-initializer", "state": {"running": {"startedAt": "2026-11-23T11:50:00Z"}}}
    ]
    assert "Downloading" in str(judge(of(service(ready="False"), made), NOON).cause)


def test_a_job_like_end_is_no_fault_of_what_is_not_the_server() -> None:
    made = pod()
    made["spec"]["containers"].append({"name": "exporter"})
    ended = {"terminated": {"exitCode": 0, "reason": "Completed"}}
    made["status"]["containerStatuses"] = [
        _serving(state={"running": {"startedAt": "2026-11-23T11:50:00Z"}}),
        {"name": "exporter", "state": ended},
    ]
    assert judge(of(service(ready="False"), made), NOON).status is Status.STARTING


def test_one_eviction_is_explained_and_many_are_a_fault() -> None:
    def evicted(number: int, minutes: int) -> dict[str, Any]:
        born = (NOON - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return pod(f"p{number}", born=born, phase="Failed", reason="Evicted", message="disk pressure")

    one = judge(of(service(ready="False"), evicted(1, 1)), NOON)
    assert one.status is Status.STARTING
    assert "a replacement is starting" in str(one.cause)
    many = judge(of(service(ready="False"), *(evicted(number, number) for number in range(1, 6))), NOON)
    assert many.status is Status.FAILED
    assert many.since == NOON - timedelta(minutes=5)
    assert judge(of(service(ready="True"), evicted(1, 1), pod("p9", ready=True)), NOON).status is Status.READY


@pytest.mark.parametrize(
    "deployments", [(), ({"metadata": {"name": "iris-predictor"}, "spec": {"replicas": 1}},)]
)
def test_ready_without_a_pod_is_not_believed(deployments: tuple[dict[str, Any], ...]) -> None:
    copies = {"copies": {"totalCopies": 1}}
    member = of(service(ready="True", modelStatus=copies), deployments=deployments)
    assert judge(member, NOON).status not in {Status.READY, Status.SCALED_TO_ZERO}
    assert judge(ServiceSnapshot(service=member.service), NOON).status is Status.UNKNOWN


def test_more_replicas_of_one_version_are_no_update() -> None:
    member = of(service(ready="False", url="http://iris.example.com"), pod("p1", ready=True), pod("p2"))
    verdict = judge(member, NOON)
    assert verdict.status is Status.UPDATING
    assert "Scaling up: 1 of 2" in str(verdict.cause)
    assert "previous" not in str(verdict.cause)


def test_a_route_has_five_minutes() -> None:
    for minutes, status in ((4, Status.STARTING), (6, Status.FAILED)):
        since = (NOON - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
        waits = {"type": "IngressReady", "status": "Unknown", "lastTransitionTime": since}
        member = service(ready="Unknown", conditions=[{**waits, "message": "no gateway"}])
        assert judge(of(member, pod(ready=True)), NOON).status is status


def test_a_worker_is_no_replica() -> None:
    worker = pod("w", ready=True, version="other")
    worker["spec"]["containers"] = [
        {"name": "worker-container", "resources": {"limits": {"amd.com/gpu": "4"}}}
    ]
    spec = {"predictor": {"model": {"modelFormat": {"name": "x"}}, "workerSpec": {"pipelineParallelSize": 3}}}
    member = of(service(ready="False", spec=spec), worker, pod("head"))
    assert demand.replicas(member) == demand.Replicas(0, 1)
    assert demand.gpus(member) == 8
    assert judge(member, NOON).status is Status.STARTING


def test_reasons_that_are_joined_are_read_one_by_one() -> None:
    reason = "predictor-container: MinimumReplicasUnavailable, worker-container: MinimumReplicasAvailable"
    condition = {"type": "PredictorReady", "status": "False", "reason": reason}
    assert judge(of(service(ready="False", conditions=[condition]), pod()), NOON).status is Status.STARTING
    condition["reason"] = "predictor-container: MinimumReplicasUnavailable, worker-container: QuotaLost"
    verdict = judge(of(service(ready="False", conditions=[condition]), pod()), NOON)
    assert verdict.status is Status.FAILED
    assert "QuotaLost" in str(verdict.cause)


def test_a_service_that_answers_does_not_start_anew_for_a_moment() -> None:
    """KServe calls it not ready while it writes its route again, though every replica answers."""
    loaded = {"states": {"activeModelState": "Loaded"}}
    member = service(ready="False", url="http://iris.example.com", modelStatus=loaded)
    assert judge(of(member, pod(ready=True)), NOON).status is Status.UPDATING


def test_nonsense_among_devices_is_passed_over() -> None:
    spec = {"predictor": {"model": {"resources": {"limits": {"amd.com/gpu": "many", "a.b/c": [1]}}}}}
    assert demand.gpus(ServiceSnapshot(service=Obj({"spec": spec}))) == 0
