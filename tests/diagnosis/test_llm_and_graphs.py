"""LLM services, graphs and trained models in states of which no recording is: what is believed is what is there."""

import json
from typing import Any

import pytest
from tests.diagnosis.snapshots import NOW, ago

from modelsweb.diagnosis.status import inference_graph, llm_inference_service, trained_model
from modelsweb.diagnosis.verdict import Status, Verdict
from modelsweb.kinds import DEPLOYMENT, HTTP_ROUTE, LEADER_WORKER_SET, POD, REVISION
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.topology.graph_steps import fails
from modelsweb.topology.running_graph import graph_before, states_for
from modelsweb.topology.service_snapshot import service_snapshot

_OF = {
    "main": "llminferenceservice-workload",
    "prefill": "llminferenceservice-workload-prefill",
    "scheduler": "llminferenceservice-router-scheduler",
    "head": "llminferenceservice-workload-leader",
}
_ROUTER: dict[str, Any] = {"route": {}, "gateway": {}}
_NO_GATEWAY = ("HTTPRoutesReady", "False", "RefsInvalid", "references non-existent Gateway kserve/g", 20)
_LATE = "MinimumReplicasUnavailable"


def _llm(spec: dict[str, Any], *conditions: tuple[str, str, str, str, float]) -> Obj:
    told = [
        {
            "type": type_,
            "status": status,
            "reason": reason,
            "message": message,
            "lastTransitionTime": ago(minutes=minutes),
        }
        for type_, status, reason, message, minutes in conditions
    ]
    metadata = {"name": "q", "namespace": "n", "uid": "u", "creationTimestamp": ago(hours=1)}
    return Obj(
        {
            "kind": "LLMInferenceService",
            "metadata": metadata,
            "spec": spec,
            "status": {"conditions": told},
        }
    )


def _metadata(name: str, part: str) -> dict[str, Any]:
    labels = {"app.kubernetes.io/component": _OF[part], "pod-template-hash": "v1"}
    return {"name": name, "uid": name, "creationTimestamp": ago(minutes=50), "labels": labels}


def _pod(name: str, part: str = "main", *, is_ready: bool = True) -> Obj:
    state = {"running": {"startedAt": ago(minutes=45)}}
    condition = {"type": "Ready", "status": str(is_ready), "lastTransitionTime": ago(minutes=40)}
    container = {"name": "main", "ready": is_ready, "restartCount": 0, "state": state}
    status = {"phase": "Running", "conditions": [condition], "containerStatuses": [container]}
    return Obj(
        {"metadata": _metadata(name, part), "spec": {"containers": [{"name": "main"}]}, "status": status}
    )


def _deployment(name: str, part: str = "main", replicas: int = 1) -> Obj:
    template = {"spec": {"containers": [{"name": "main"}]}}
    return Obj({"metadata": _metadata(name, part), "spec": {"replicas": replicas, "template": template}})


def _group(name: str, part: str = "main", replicas: int = 1) -> Obj:
    spec = {"replicas": replicas, "leaderWorkerTemplate": {"size": 2}}
    return Obj({"metadata": _metadata(name, part), "spec": spec})


def _told(root: Obj, **children: list[Obj]) -> Verdict:
    kinds: dict[str, Kind] = {
        "pods": POD,
        "deployments": DEPLOYMENT,
        "groups": LEADER_WORKER_SET,
        "routes": HTTP_ROUTE,
    }
    found = {kinds[name]: some for name, some in {"pods": [], "deployments": [], **children}.items()}
    return llm_inference_service.judge(service_snapshot(root, found, reported=NOW), NOW)


def test_a_part_that_a_configuration_asks_for_counts() -> None:
    service = _llm({"baseRefs": [{"name": "pd"}]}, ("PrefillWorkloadReady", "False", _LATE, "", 50))
    made = [_deployment("q"), _deployment("q-prefill", "prefill", 2)]
    verdict = _told(service, pods=[_pod("m")], deployments=made)
    assert verdict.status is Status.STARTING
    assert "Waiting for this part: prefill." in str(verdict.cause)
    assert _told(service, groups=[_group("q-mn", replicas=0)]).status is Status.SCALED_TO_ZERO


@pytest.mark.parametrize(
    "spec",
    [
        {"router": {**_ROUTER, "scheduler": {"pool": {"ref": {"name": "other"}}}}},
        {"replicas": 1, "prefill": {"replicas": 0}},
    ],
)
def test_a_part_that_nobody_wants_is_not_waited_for(spec: dict[str, Any]) -> None:
    service = _llm(spec, ("Ready", "True", "", "", 40), ("RouterReady", "True", "", "", 40))
    made = [_deployment("q"), _deployment("q-prefill", "prefill", 0)] if "prefill" in spec else []
    assert _told(service, pods=[_pod("m")], deployments=made).status is Status.READY


def test_pods_that_are_left_of_a_part_are_no_part() -> None:
    verdict = _told(
        _llm({}, ("Ready", "True", "", "", 40)), pods=[_pod("m"), _pod("p", "prefill", is_ready=False)]
    )
    assert verdict.status is Status.READY


def test_a_normal_condition_hides_no_fault() -> None:
    late = ("MainWorkloadReady", "False", _LATE, "", 50)
    denied = ("PrefillWorkloadReady", "False", "ReconcileSingleNodeWorkloadError", "denied", 49)
    verdict = _told(_llm({"prefill": {}}, late, denied), pods=[_pod("m", is_ready=False)])
    assert verdict.status is Status.FAILED
    assert "denied" in str(verdict.cause)


def test_a_gateway_that_went_outranks_what_the_route_still_says() -> None:
    conditions = [{"type": "Accepted", "status": "True"}, {"type": "ResolvedRefs", "status": "True"}]
    route = Obj({"metadata": {"name": "r", "uid": "r"}, "status": {"parents": [{"conditions": conditions}]}})
    verdict = _told(_llm({"router": _ROUTER}, _NO_GATEWAY), pods=[_pod("m")], routes=[route])
    assert verdict.status is Status.FAILED
    assert "non-existent Gateway" in str(verdict.cause)


@pytest.mark.parametrize(
    "first", [("RouterReady", "Unknown", "", "", 50), ("MainWorkloadReady", "False", _LATE, "", 50)]
)
def test_a_route_that_nobody_made_is_no_route(first: tuple[str, str, str, str, float]) -> None:
    verdict = _told(_llm({"router": _ROUTER}, first), pods=[_pod("m")], routes=[])
    assert verdict.status is Status.FAILED
    assert "made no network route" in str(verdict.cause)
    refs = {"router": {"route": {"http": {"refs": [{"name": "own"}]}}}}
    assert _told(_llm(refs, first), pods=[_pod("m")], routes=[]).status is Status.READY


def test_a_group_that_nobody_makes_is_told_though_another_part_runs() -> None:
    service = _llm(
        {"prefill": {"worker": {}}}, ("PrefillWorkerWorkloadReady", "False", "Progressing", "", 50)
    )
    verdict = _told(service, pods=[_pod("m")], groups=[_group("q-mn-prefill", "prefill")])
    assert verdict.status is Status.FAILED
    assert "q-mn-prefill" in str(verdict.cause)


def test_an_autoscaler_stops_no_request() -> None:
    new = ("ScalingReady", "False", "FailedGetResourceMetric", "no metrics", 1)
    verdict = _told(_llm({"scaling": {}}, new), pods=[_pod("m")])
    assert (verdict.status, verdict.due is not None) == (Status.READY, True)
    old = (*new[:4], 30)
    assert _told(_llm({"scaling": {}}, old), pods=[_pod("m")]).status is Status.DEGRADED
    assert _told(_llm({"scaling": {}}, old), pods=[_pod("m", is_ready=False)]).status is Status.STARTING
    zero = ("ScalingReady", "False", "ScalingDisabled", "target is zero", 20)
    at_zero = _told(_llm({"scaling": {"minReplicas": 0}}, zero), deployments=[_deployment("q", replicas=0)])
    assert at_zero.status is Status.SCALED_TO_ZERO


HARD = {"dependency": "Hard"}
ALL_DOWN = {"a": "failed", "b": "stopped", "up": "ready"}


def _graph(**nodes: tuple[str, list[dict[str, Any]]]) -> Obj:
    made = {name: {"routerType": router, "steps": steps} for name, (router, steps) in nodes.items()}
    status = {"conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": ago(minutes=30)}]}
    metadata = {"name": "g", "namespace": "n", "uid": "g", "creationTimestamp": ago(hours=1)}
    return Obj({"kind": "InferenceGraph", "metadata": metadata, "spec": {"nodes": made}, "status": status})


@pytest.mark.parametrize(
    ("graph", "is_cut"),
    [
        (_graph(root=("Sequence", [{"serviceName": "a", **HARD}])), True),
        (_graph(root=("Sequence", [{"serviceName": "a"}, {"serviceName": "up", **HARD}])), False),
        (_graph(root=("Sequence", [{"serviceName": "a", "condition": "x", **HARD}])), False),
        (_graph(root=("Sequence", [{"serviceName": "gone", **HARD}])), True),
        (_graph(root=("Sequence", [{"nodeName": "gone", **HARD}])), True),
        (
            _graph(
                root=("Splitter", [{"serviceName": "a", "weight": 90}, {"serviceName": "b", "weight": 10}])
            ),
            True,
        ),
        (
            _graph(
                root=("Splitter", [{"serviceName": "a", "weight": 90}, {"serviceName": "up", "weight": 10}])
            ),
            False,
        ),
        (
            _graph(
                root=("Splitter", [{"serviceName": "a", "weight": 100}, {"serviceName": "up", "weight": 0}])
            ),
            True,
        ),
        (_graph(root=("Switch", [{"serviceName": "a"}, {"serviceName": "b"}])), True),
        (
            _graph(
                root=("Ensemble", [{"nodeName": "below", **HARD}]),
                below=("Sequence", [{"serviceName": "a", **HARD}]),
            ),
            True,
        ),
        (
            _graph(
                root=("Sequence", [{"serviceName": "up"}]), far=("Sequence", [{"serviceName": "a", **HARD}])
            ),
            False,
        ),
    ],
)
def test_whether_every_request_fails(graph: Obj, is_cut: bool) -> None:
    assert fails(graph, ALL_DOWN) is is_cut
    verdict = _judged(graph)
    assert (verdict.status is Status.FAILED) is is_cut


def _judged(graph: Obj, neighbours: dict[str, str] | None = None, *, running: Obj | None = None) -> Verdict:
    """``running`` is the graph in the arguments of its router; nothing where that is not known."""
    pod = _pod("router").raw
    labels = {"app": "g", "serving.kserve.io/inferencegraph": "g"}
    router = Obj({**pod, "metadata": {**pod["metadata"], "labels": labels}})
    if running is not None:
        args = ["--graph-json", json.dumps({**running.mapping("spec"), "resources": {}})]
        spec = {**pod["spec"], "containers": [{**pod["spec"]["containers"][0], "args": args}]}
        router = Obj({**router.raw, "spec": spec})
    snapshot = service_snapshot(
        graph, {POD: [router]}, neighbours=ALL_DOWN if neighbours is None else neighbours, reported=NOW
    )
    return inference_graph.judge(snapshot, NOW)


def test_a_long_chain_of_nodes_is_no_error() -> None:
    nodes = {f"n{number}": ("Sequence", [{"nodeName": f"n{number + 1}", **HARD}]) for number in range(3000)}
    assert fails(_graph(root=("Sequence", [{"nodeName": "n0", **HARD}]), **nodes), {})


def test_the_step_that_cuts_is_blamed_and_what_no_request_reaches_is_not() -> None:
    both = [{"serviceName": "gone", "name": "soft"}, {"serviceName": "a", "name": "hard", **HARD}]
    assert "Step hard" in str(_judged(_graph(root=("Sequence", both))).cause)
    circle = {"x": ("Sequence", [{"nodeName": "y"}]), "y": ("Sequence", [{"nodeName": "x"}])}
    assert _judged(_graph(root=("Sequence", [{"serviceName": "up"}]), **circle)).status is Status.READY
    unused = [{"serviceName": "up", "weight": 100}, {"serviceName": "a", "weight": 0}]
    assert _judged(_graph(root=("Splitter", unused))).status is Status.READY


@pytest.mark.parametrize(
    ("asked", "running", "status", "words"),
    [
        ("gone", "up", Status.DEGRADED, "still runs the graph before"),  # KServe waits, and touches nothing
        ("a", "up", Status.DEGRADED, "still runs the graph before"),
        ("a", "a", Status.FAILED, "every request fails"),
    ],
)
def test_a_change_that_is_not_taken_up_stops_no_request(
    asked: str, running: str, status: Status, words: str
) -> None:
    def of(name: str, url: str = "") -> Obj:
        step: dict[str, Any] = {"serviceName": name, **HARD, **({"serviceUrl": url} if url else {})}
        return _graph(root=("Sequence", [step]))

    verdict = _judged(of(asked), running=of(running, f"http://{running}-predictor.n.svc.cluster.local"))
    assert verdict.status is status, verdict
    assert words in str(verdict.effect or "")


def test_a_mended_graph_whose_router_has_not_heard_of_it_fails_still() -> None:
    mended = _graph(root=("Sequence", [{"serviceName": "up", **HARD}]))
    calls_a: list[dict[str, Any]] = [{"serviceName": "a", **HARD}]
    before = _graph(root=("Sequence", calls_a))
    verdict = _judged(mended, running=before)
    assert verdict.status is Status.FAILED
    assert "still runs the graph before the last change" in str(verdict.cause)
    # Of a service that the new graph does not call nothing is read.
    assert _judged(mended, {"up": "ready"}, running=before).status is Status.READY


@pytest.mark.parametrize("said", ["{", "[]", '{"nodes": 3}', ""])
def test_what_a_router_says_may_be_nonsense(said: str) -> None:
    graph = _graph(root=("Sequence", [{"serviceName": "a", **HARD}]))
    odd = Obj({"spec": {}})
    pod = _pod("router").raw
    labels = {"app": "g", "serving.kserve.io/inferencegraph": "g"}
    spec = {**pod["spec"], "containers": [{"name": "g", "args": [f"--graph-json={said}", 3]}]}
    router = Obj({**pod, "metadata": {**pod["metadata"], "labels": labels}, "spec": spec})
    snapshot = service_snapshot(graph, {POD: [router]}, neighbours=ALL_DOWN, reported=NOW)
    assert graph_before(snapshot) is None
    assert states_for(odd, snapshot) == ALL_DOWN


def test_what_is_not_known_of_a_service_is_no_delay() -> None:
    assert _judged(_graph(root=("Sequence", [{"serviceName": "a"}])), {"a": "unknown"}).status is Status.READY


def test_a_graph_at_zero_still_serves_the_rest() -> None:
    steps = [{"serviceName": "up", "weight": 90}, {"serviceName": "a", "weight": 10}]
    revision = Obj({"metadata": {"name": "g-1", "uid": "r", "creationTimestamp": ago(hours=1)}})
    snapshot = service_snapshot(
        _graph(root=("Splitter", steps)), {POD: [], REVISION: [revision]}, neighbours=ALL_DOWN, reported=NOW
    )
    assert inference_graph.judge(snapshot, NOW).status is Status.DEGRADED


@pytest.mark.parametrize(
    ("parent", "status"),
    [
        ("ready", Status.READY),
        ("scaled-to-zero", Status.READY),
        ("starting", Status.STARTING),
        ("queued", Status.STARTING),
        ("deleting", Status.DELETING),
        ("unknown", Status.UNKNOWN),
        ("failed", Status.FAILED),
    ],
)
def test_an_old_ready_of_a_model_is_not_believed(parent: str, status: Status) -> None:
    conditions = [{"type": "Ready", "status": "True", "lastTransitionTime": ago(minutes=30)}]
    model = Obj(
        {
            "kind": "TrainedModel",
            "metadata": {"name": "m", "namespace": "n", "uid": "m", "creationTimestamp": ago(hours=1)},
            "spec": {"inferenceService": "p", "model": {"framework": "sklearn", "memory": "1Gi"}},
            "status": {"conditions": conditions},
        }
    )
    snapshot = service_snapshot(model, {}, neighbours={"p": parent}, reported=NOW)
    assert trained_model.judge(snapshot, NOW).status is status
