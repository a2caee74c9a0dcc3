"""Each rule: a case in which it fires, a near miss in which it must not, and a healthy service about which none says anything."""

from dataclasses import replace
from typing import Any

import pytest
from tests.diagnosis.snapshots import NOW, TEMPLATE, ago, container, crashed, event, of, pod, service

from modelsweb.diagnosis.engine import diagnose
from modelsweb.diagnosis.finding import FindingState, Rule
from modelsweb.diagnosis.rules import RULES
from modelsweb.diagnosis.status import JUDGES
from modelsweb.diagnosis.status.inference_service import judge
from modelsweb.kinds import (
    CLUSTER_SERVING_RUNTIME,
    EVENT,
    INFERENCE_SERVICE,
    LEADER_WORKER_SET,
    LLM_INFERENCE_SERVICE,
    POD,
    SERVING_RUNTIME,
)
from modelsweb.objects.freshness import Gap
from modelsweb.objects.obj import Obj
from modelsweb.topology.service_snapshot import ServiceSnapshot, service_snapshot

RUNNING = container(state={"running": {"startedAt": ago(minutes=20)}})


def initializer(**status: object) -> dict[str, object]:
    return {"initContainerStatuses": [container("storage-initializer", **status)]}


def waiting(reason: str, message: str = "") -> dict[str, object]:
    return container(state={"waiting": {"reason": reason, "message": message}})


def refused(message: str) -> dict[str, object]:
    condition = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message}
    return {"metadata": {"name": "iris-predictor"}, "status": {"conditions": [condition]}}


def llm(
    *conditions: dict[str, Any],
    spec: dict[str, Any] | None = None,
    pods: tuple[dict[str, Any], ...] = (),
    routes: Any = None,
    groups: tuple[dict[str, Any], ...] = (),
) -> ServiceSnapshot:
    """An LLM service with its conditions and pods."""
    root = Obj(
        {
            "kind": "LLMInferenceService",
            "metadata": {"name": "chat", "namespace": "ns", "uid": "l", "creationTimestamp": ago(hours=1)},
            "spec": {"model": {"uri": "hf://a/b"}, "router": {"route": {}}, **(spec or {})},
            "status": {"conditions": list(conditions)},
        }
    )
    found = service_snapshot(root, {POD: map(Obj, pods), EVENT: [], LEADER_WORKER_SET: map(Obj, groups)})
    return replace(found, routes=routes)


def server(*, ready: bool = True, args: tuple[str, ...] = ()) -> dict[str, Any]:
    """A pod of an LLM service."""
    conditions = [{"type": "PodScheduled", "status": "True"}]
    made = pod("chat-kserve-x", ready=ready, conditions=conditions)
    made["status"]["conditions"][0]["lastTransitionTime"] = ago(minutes=9)
    made["metadata"]["labels"] = {
        "app.kubernetes.io/component": "llminferenceservice-workload",
        TEMPLATE: "v1",
    }
    made["spec"]["initContainers"] = [{"name": "storage-initializer", "args": list(args)}]
    return made


def false(type_: str, reason: str, message: str = "m", **since: float) -> dict[str, Any]:
    """A condition."""
    return {
        "type": type_,
        "status": "False",
        "reason": reason,
        "message": message,
        "lastTransitionTime": ago(**(since or {"minutes": 9})),
    }


def graph(neighbours: dict[str, str], *steps: dict[str, Any]) -> ServiceSnapshot:
    """A graph of one node, with the services that are there."""
    root = Obj(
        {
            "kind": "InferenceGraph",
            "metadata": {"name": "g", "namespace": "ns", "uid": "g", "creationTimestamp": ago(minutes=1)},
            "spec": {"nodes": {"root": {"routerType": "Sequence", "steps": list(steps)}}},
        }
    )
    return service_snapshot(root, {POD: [], EVENT: []}, neighbours=neighbours)


LATE = (
    'The following HTTPRoutes are not ready: [ns/chat-kserve-route: "True" (reason "Accepted", message "")]'
)
TWO = ("hf://a/b", "/mnt/models", "hf://x", "/mnt/lora/t-s", "hf://y", "/mnt/lora/t-s")
ONE = ("hf://a/b", "/mnt/models", "hf://x", "/mnt/lora/t-s", "hf://y", "/mnt/lora/t-z")

STARTING = service(ready="False")
FIRES: list[tuple[str, ServiceSnapshot, str]] = [
    (
        "invalid-spec",
        of(
            service(
                modelStatus={
                    "transitionStatus": "InvalidSpec",
                    "lastFailureInfo": {"reason": "NoSupportingRuntime", "message": "none"},
                }
            )
        ),
        "No serving runtime supports the format sklearn with the protocol v1.",
    ),
    (
        "graph-step-broken",
        graph({"a": "ready"}, {"serviceName": "a"}, {"serviceName": "gone"}),
        "Step 2 calls gone, which does not exist. KServe waits without telling.",
    ),
    (
        "reconcile-failed",
        of(
            service(ready="Unknown", mode="Knative"),
            events=(
                event(
                    "ServerlessModeRejected", "no", uid="service-uid", kind="InferenceService", name="iris"
                ),
            ),
        ),
        "The service requests Knative mode, but Knative is not installed: no",
    ),
    (
        "download-failed",
        of(
            STARTING,
            pod(**initializer(state={"terminated": {"exitCode": 137, "reason": "OOMKilled"}})),  # type: ignore[arg-type]
        ),
        "storage-initializer in pod p1 was killed: it needs more memory than its limit.",
    ),
    (
        "image-pull-failed",
        of(
            STARTING,
            pod(containers=[waiting("ImagePullBackOff", "Back-off")]),
            events=(event("Failed", "rpc error: code = Unknown desc = 401 Unauthorized"),),
        ),
        "The image kserve/sklearnserver:v1 of kserve-container in pod p1 cannot be pulled: 401 Unauthorized",
    ),
    (
        "container-not-created",
        of(STARTING, pod(containers=[waiting("CreateContainerConfigError", 'secret "x" not found')])),
        'kserve-container in pod p1 cannot be started: secret "x" not found',
    ),
    (
        "container-crashes",
        of(STARTING, pod(containers=[crashed(message="Traceback\nValueError: bad pickle\n")])),
        "kserve-container in pod p1 exited with code 1: ValueError: bad pickle",
    ),
    (
        "pod-not-prepared",
        of(
            STARTING,
            pod(containers=[waiting("ContainerCreating")]),
            events=(event("FailedCreatePodSandBox", "no network"),),
        ),
        "Pod p1 cannot be set up on its node: no network",
    ),
    (
        "never-ready",
        of(
            STARTING,
            pod(containers=[RUNNING], startTime=ago(minutes=20)),
            events=(event("Unhealthy", "Readiness probe failed: refused"),),
        ),
        "kserve-container in pod p1 is running but not ready: Readiness probe failed: refused",
    ),
    (
        "pods-refused",
        of(STARTING, deployments=(refused("error looking up service account a/b"),)),
        "Pods cannot be created: error looking up service account a/b",
    ),
    (
        "unschedulable",
        of(
            STARTING,
            pod(
                conditions=[
                    {
                        "type": "PodScheduled",
                        "status": "False",
                        "reason": "Unschedulable",
                        "message": "0/3 nodes are available: taint. preemption: none",
                    }
                ]
            ),
        ),
        "Pod p1 cannot be scheduled: 0/3 nodes are available: taint.",
    ),
    (
        "revision-failed",
        of(
            service(
                ready="False",
                mode="Knative",
                conditions=[
                    {
                        "type": "PredictorConfigurationReady",
                        "status": "False",
                        "reason": "RevisionFailed",
                        "message": 'Revision "iris-predictor-00001" failed with message: bad image.',
                    }
                ],
                components={"predictor": {"latestCreatedRevision": "iris-predictor-00001"}},
            )
        ),
        "Revision iris-predictor-00001 failed: bad image",
    ),
    (
        "load-failed",
        of(
            service(
                ready="False",
                modelStatus={"transitionStatus": "BlockedByFailedLoad", "lastFailureInfo": {"exitCode": 137}},
            )
        ),
        "The model server was killed (exit code 137), most often because it needs more memory.",
    ),
    (
        "deadline-exceeded",
        of(
            service(
                ready="False",
                conditions=[
                    {
                        "type": "PredictorReady",
                        "status": "False",
                        "reason": "ProgressDeadlineExceeded",
                        "message": "timed out",
                    }
                ],
            )
        ),
        "Did not start in time: timed out",
    ),
    (
        "llm-group-not-made",
        llm(groups=({"metadata": {"name": "chat-kserve-mn", "creationTimestamp": ago(minutes=3)}},)),
        "Nothing makes the pods of LeaderWorkerSet chat-kserve-mn: its controller has written no status.",
    ),
    (
        "condition-false",
        of(
            service(
                ready="False",
                conditions=[{"type": "IngressReady", "status": "False", "reason": "NotAllowedByListeners"}],
            )
        ),
        "IngressReady is not true: NotAllowedByListeners",
    ),
    (
        "llm-condition-false",
        llm(false("Ready", "ConfigNotFound"), false("PresetsCombined", "ConfigNotFound", "no c in ns")),
        "A configuration that the service starts from does not exist: ConfigNotFound: no c in ns",
    ),
    (
        "llm-adapters-collide",
        llm(pods=(server(args=TWO),)),
        "Two LoRA adapters are downloaded into one folder, /mnt/lora/t-s: hf://x, hf://y. Both names serve whichever came last.",
    ),
    (
        "address-not-ready",
        of(
            service(
                ready="Unknown",
                conditions=[
                    {
                        "type": "IngressReady",
                        "status": "Unknown",
                        "message": "no gateway",
                        "lastTransitionTime": ago(minutes=9),
                    }
                ],
            ),
            pod(ready=True),
        ),
        "The model is running, but its address does not work: it is waiting for the network route. no gateway",
    ),
    (
        "llm-route-not-ready",
        llm(
            false("HTTPRoutesReady", "HTTPRoutesNotReady", "no gateway has seen it"),
            false("Ready", "HTTPRoutesNotReady"),
            pods=(server(),),
        ),
        "The model is running, but its address does not work: it is waiting for the network route. HTTPRoutesNotReady: no gateway has seen it",
    ),
    (
        "pod-evicted",
        of(STARTING, pod(phase="Failed", reason="Evicted", message="disk pressure")),
        "Pod p1 was terminated (Evicted); a replacement is starting: disk pressure",
    ),
    (
        "condition-unknown",
        of(
            service(
                conditions=[
                    {
                        "type": "PredictorReady",
                        "status": "Unknown",
                        "lastTransitionTime": ago(minutes=11),
                        "message": "nobody says",
                    }
                ]
            )
        ),
        "PredictorReady remains Unknown: nobody says",
    ),
    (
        "never-taken-up",
        of(Obj({"metadata": {"name": "iris", "creationTimestamp": ago(minutes=3)}}), reported=NOW),
        "KServe has never taken up this service, although it reports on others. The log of its controller may show why.",
    ),
]


NEAR: list[tuple[str, str, ServiceSnapshot]] = [
    (
        "invalid-spec",
        "a spec that is being taken up",
        of(service(ready="False", modelStatus={"transitionStatus": "InProgress"})),
    ),
    (
        "graph-step-broken",
        "steps that are there, one of them elsewhere",
        graph({"a": "ready"}, {"serviceName": "a"}, {"serviceUrl": "http://x"}),
    ),
    (
        "reconcile-failed",
        "two writers at once, after which the controller tries again",
        of(
            service(ready="Unknown"),
            events=(
                event(
                    "InternalError",
                    "the object has been modified; please apply your changes",
                    uid="service-uid",
                    kind="InferenceService",
                    name="iris",
                ),
            ),
        ),
    ),
    (
        "download-failed",
        "a download that is done",
        of(STARTING, pod(**initializer(state={"terminated": {"exitCode": 0, "reason": "Completed"}}))),  # type: ignore[arg-type]
    ),
    (
        "image-pull-failed",
        "an image that is being pulled",
        of(STARTING, pod(containers=[waiting("ContainerCreating")])),
    ),
    (
        "container-not-created",
        "a container that was started again since",
        of(
            STARTING,
            pod(
                containers=[
                    container(
                        ready=True,
                        state={"running": {"startedAt": ago(minutes=1)}},
                        lastState={"terminated": {"exitCode": 128, "reason": "StartError"}},
                    )
                ]
            ),
        ),
    ),
    (
        "container-crashes",
        "a container that is ready again",
        of(
            STARTING,
            pod(
                containers=[
                    container(
                        ready=True,
                        restartCount=1,
                        state={"running": {"startedAt": ago(minutes=1)}},
                        lastState={"terminated": {"exitCode": 1, "reason": "Error"}},
                    )
                ]
            ),
        ),
    ),
    (
        "pod-not-prepared",
        "a mount that came about: the container runs",
        of(STARTING, pod(containers=[RUNNING]), events=(event("FailedMount", "not there yet"),)),
    ),
    (
        "never-ready",
        "a server that is not ready, of whose probe nobody tells",
        of(STARTING, pod(containers=[RUNNING], startTime=ago(minutes=20))),
    ),
    (
        "pods-refused",
        "a Deployment whose pods were refused before and are not now",
        of(
            STARTING,
            deployments=(
                {
                    "metadata": {"name": "iris-predictor"},
                    "status": {"conditions": [{"type": "ReplicaFailure", "status": "False"}]},
                },
            ),
        ),
    ),
    (
        "unschedulable",
        "a pod that the scheduler could not look at just now",
        of(
            STARTING,
            pod(conditions=[{"type": "PodScheduled", "status": "False", "reason": "SchedulerError"}]),
        ),
    ),
    (
        "revision-failed",
        "a revision that is on its way",
        of(
            service(
                ready="Unknown",
                mode="Knative",
                conditions=[{"type": "PredictorConfigurationReady", "status": "Unknown"}],
                components={"predictor": {"latestCreatedRevision": "iris-predictor-00001"}},
            )
        ),
    ),
    (
        "load-failed",
        "a failure of before, while pods are there to say how it is now",
        of(
            service(
                ready="False",
                modelStatus={"transitionStatus": "BlockedByFailedLoad", "lastFailureInfo": {"exitCode": 137}},
            ),
            pod(containers=[RUNNING]),
        ),
    ),
    (
        "deadline-exceeded",
        "a deadline that passed while the model is downloaded",
        of(
            service(
                ready="False",
                conditions=[
                    {
                        "type": "PredictorReady",
                        "status": "False",
                        "reason": "ProgressDeadlineExceeded",
                        "message": "timed out",
                    }
                ],
            ),
            pod(
                conditions=[{"type": "PodScheduled", "status": "True"}],
                **initializer(state={"running": {"startedAt": ago(minutes=30)}}),  # type: ignore[arg-type]
            ),
        ),
    ),
    (
        "llm-group-not-made",
        "a group that its controller has seen",
        llm(
            groups=(
                {
                    "metadata": {"name": "chat-kserve-mn", "creationTimestamp": ago(minutes=3)},
                    "status": {"conditions": [{"type": "Progressing", "status": "True"}]},
                },
            )
        ),
    ),
    (
        "condition-false",
        "a reason that every start goes through",
        of(
            service(
                ready="False",
                conditions=[
                    {"type": "PredictorReady", "status": "False", "reason": "MinimumReplicasUnavailable"}
                ],
            )
        ),
    ),
    (
        "llm-condition-false",
        "a server that is not ready yet",
        llm(
            false("WorkloadsReady", "MinimumReplicasUnavailable"),
            false("Ready", "MinimumReplicasUnavailable"),
        ),
    ),
    ("llm-adapters-collide", "adapters in folders of their own", llm(pods=(server(args=ONE),))),
    (
        "address-not-ready",
        "an address that waits for the pods",
        of(
            service(
                ready="Unknown",
                conditions=[
                    {"type": "IngressReady", "status": "Unknown", "lastTransitionTime": ago(minutes=9)}
                ],
            ),
            pod(ready=False),
        ),
    ),
    (
        "llm-route-not-ready",
        "a route whose gateway has taken it, for the generation before",
        llm(false("HTTPRoutesReady", "HTTPRoutesNotReady", LATE), pods=(server(),)),
    ),
    (
        "pod-evicted",
        "an evicted pod whose successor runs",
        of(
            STARTING,
            pod(phase="Failed", reason="Evicted", message="disk pressure"),
            pod("p2", ready=True, containers=[RUNNING]),
        ),
    ),
    (
        "condition-unknown",
        "a condition that has been Unknown for nine minutes",
        of(
            service(
                conditions=[
                    {"type": "PredictorReady", "status": "Unknown", "lastTransitionTime": ago(minutes=9)}
                ]
            )
        ),
    ),
    (
        "never-taken-up",
        "a controller that nobody has seen at work since",
        of(Obj({"metadata": {"name": "iris", "creationTimestamp": ago(minutes=3)}})),
    ),
]


def _rule(rule_id: str) -> Rule:
    return next(rule for rule in RULES if rule.id == rule_id)


@pytest.mark.parametrize(("rule_id", "snapshot", "sentence"), FIRES, ids=[case[0] for case in FIRES])
def test_it_fires_and_names_the_cause(rule_id: str, snapshot: ServiceSnapshot, sentence: str) -> None:
    rule = _rule(rule_id)
    diagnosis = diagnose(snapshot, NOW, root=rule.roots[0], rules=(rule,))
    assert [str(finding.sentence) for finding in diagnosis.findings][:1] == [sentence]
    assert not diagnosis.unchecked
    for finding in diagnosis.findings:
        assert finding.rule == rule_id
        assert finding.name
        assert finding.evidence
        assert all(
            seen.ref.name and (seen.field or seen.event or seen.container) for seen in finding.evidence
        )


@pytest.mark.parametrize(
    ("rule_id", "near", "snapshot"), NEAR, ids=[f"{case[0]}: {case[1]}" for case in NEAR]
)
def test_it_is_silent_about_what_only_looks_alike(rule_id: str, near: str, snapshot: ServiceSnapshot) -> None:
    rule = _rule(rule_id)
    assert diagnose(snapshot, NOW, root=rule.roots[0], rules=(rule,)).findings == ()


def test_every_rule_has_a_case_that_fires_and_a_near_miss() -> None:
    assert [case[0] for case in FIRES] == [rule.id for rule in RULES]
    assert [case[0] for case in NEAR] == [rule.id for rule in RULES]


def test_ranks_and_names_are_each_rule_s_own() -> None:
    assert len({rule.rank for rule in RULES}) == len({rule.id for rule in RULES}) == len(RULES)
    known = {rule.id for rule in RULES}
    assert all(rule.supersedes <= known - {rule.id} for rule in RULES)


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.needs], ids=lambda rule: rule.id)
def test_what_a_rule_needs_and_nobody_read_is_said(rule: Rule) -> None:
    nothing = service_snapshot(STARTING, {}, gaps={POD: Gap.FORBIDDEN})
    diagnosis = diagnose(nothing, NOW, root=rule.roots[0], rules=(rule,))
    assert diagnosis.findings == ()
    assert [(one.rule, one.lacking) for one in diagnosis.unchecked] == [(rule.id, rule.needs)]
    assert rule.id in {one.rule for one in JUDGES[rule.roots[0]](nothing, NOW).unchecked}


def test_what_is_seen_from_further_away_is_not_told_beside_it() -> None:
    seen = of(
        service(
            ready="False",
            conditions=[
                {
                    "type": "PredictorReady",
                    "status": "False",
                    "reason": "FailedCreate",
                    "message": "no account",
                }
            ],
        )
    )
    assert [finding.rule for finding in diagnose(seen, NOW).findings] == ["pods-refused"]


@pytest.mark.parametrize("snapshot", [case[1] for case in FIRES], ids=[case[0] for case in FIRES])
def test_what_to_do_is_one_sentence(snapshot: ServiceSnapshot) -> None:
    for finding in diagnose(snapshot, NOW).findings:
        assert finding.remedy is not None
        said = str(finding.remedy.text)
        assert said.endswith(".")
        assert said[:-1].count(". ") <= 1
        assert not finding.remedy.text.values


def test_what_to_do_depends_on_how_a_container_ended() -> None:
    killed = of(STARTING, pod(containers=[crashed(137, "OOMKilled")]))
    ended = of(STARTING, pod(containers=[crashed(0, "Completed")]))
    said = [str(diagnose(one, NOW).findings[0].remedy) for one in (killed, ended)]
    assert "memory limit" in said[0]
    assert "command" in said[1]


def _told(reason: str, message: str, *, last: str, first: str = "", kind: str = "Normal") -> Obj:
    """An event about the container of p1, as the kubelet counts it."""
    found = event(reason, message).raw
    found = {**found, "type": kind, "firstTimestamp": first or last, "lastTimestamp": last, "count": 4}
    return Obj({**found, "involvedObject": {**found["involvedObject"], "fieldPath": _CONTAINER}})


_CONTAINER = "spec.containers{kserve-container}"
_KILLING = "Container kserve-container failed liveness probe, will be restarted"
_RUN = {"startedAt": ago(minutes=9), "finishedAt": ago(minutes=6)}


@pytest.mark.parametrize("code", [0, 137, 143])
@pytest.mark.parametrize("last", [ago(minutes=6, seconds=30), ago(minutes=2)], ids=["this-run", "and-next"])
def test_a_server_that_its_probe_killed_is_not_blamed_for_memory(code: int, last: str) -> None:
    events = (
        _told("Killing", _KILLING, last=last, first=ago(minutes=30)),
        _told(
            "Unhealthy",
            "Liveness probe failed: HTTP probe failed with statuscode: 503",
            last=last,
            kind="Warning",
        ),
    )
    found = diagnose(of(STARTING, pod(containers=[crashed(code, **_RUN)]), events=events), NOW).findings[0]
    assert found.rule == "container-crashes"
    assert (
        "restarted because its livenessProbe fails: HTTP probe failed with statuscode: 503. Restarts: 4."
        in str(found.sentence)
    )
    assert "startupProbe" in str(found.remedy)
    assert [one.event.reason for one in found.evidence if one.event] == ["Killing"]


@pytest.mark.parametrize(
    ("ended", "killing"),
    [
        (crashed(137, "OOMKilled", **_RUN), _told("Killing", _KILLING, last=ago(minutes=6, seconds=30))),
        (crashed(1, **_RUN), _told("Killing", _KILLING, last=ago(minutes=6, seconds=30))),
        (crashed(137, **_RUN), _told("Killing", _KILLING, last=ago(minutes=40))),
        (crashed(137, **_RUN), _told("Killing", _KILLING, last=ago(minutes=3))),
        (crashed(137, **_RUN), _told("Killing", "Stopping container kserve-container", last=ago(minutes=7))),
    ],
    ids=["out-of-memory", "own-error", "run-before", "run-after", "stopped"],
)
def test_a_probe_is_blamed_only_for_the_run_that_it_ended(ended: dict[str, Any], killing: Obj) -> None:
    found = diagnose(of(STARTING, pod(containers=[ended]), events=(killing,)), NOW).findings[0]
    assert "Probe fails" not in str(found.sentence)


def _unscheduled(
    message: str, reason: str = "Unschedulable", *, gates: tuple[str, ...] = ()
) -> ServiceSnapshot:
    condition = {"type": "PodScheduled", "status": "False", "reason": reason, "message": message}
    waits = pod(conditions=[condition])
    waits["spec"]["schedulingGates"] = [{"name": gate} for gate in gates]
    return of(STARTING, waits)


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("0/3 nodes are available: 3 Insufficient nvidia.com/gpu.", "Request less"),
        (
            "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {gpu: yes}.",
            "Request less",
        ),
        (
            (
                "0/5 nodes are available: 2 node(s) didn't match PersistentVolume's node affinity, 3 node(s) didn't match Pod's"
                " node affinity/selector. preemption: 0/5 nodes are available: 5 Insufficient."
            ),
            "tolerations",
        ),
        ("0/3 nodes are available: 3 node(s) had untolerated taint {gpu: yes}.", "tolerations"),
        ("no group of nodes is free", "Request less"),
    ],
)
def test_less_is_requested_only_where_something_is_short(message: str, remedy: str) -> None:
    found = diagnose(_unscheduled(message), NOW).findings[0]
    assert (found.state, remedy in str(found.remedy)) == (FindingState.QUEUE, True)


@pytest.mark.parametrize("gates", [("kueue.x-k8s.io/admission",), ()])
def test_a_gate_is_waited_for(gates: tuple[str, ...]) -> None:
    found = diagnose(_unscheduled("Scheduling is blocked", "SchedulingGated", gates=gates), NOW).findings[0]
    assert (found.rule, found.state) == ("unschedulable", FindingState.QUEUE)
    assert "waits to be admitted" in str(found.sentence)
    assert all(gate in str(found.sentence) for gate in gates)


def test_each_container_s_image_has_its_own_reason() -> None:
    other = Obj(
        {
            **_told(
                "Failed",
                'Failed to pull image "b": rpc error: desc = 401',
                last=ago(minutes=1),
                kind="Warning",
            ).raw
        }
    )
    other.raw["involvedObject"]["fieldPath"] = "spec.initContainers{modelcar}"
    own = _told(
        "Failed",
        'Failed to pull image "a": rpc error: desc = no such tag',
        last=ago(minutes=2),
        kind="Warning",
    )
    waits = waiting("ImagePullBackOff", "Back-off pulling image")
    found = diagnose(of(STARTING, pod(containers=[waits]), events=(other, own)), NOW).findings[0]
    assert str(found.sentence).endswith("no such tag")


@pytest.mark.parametrize(
    ("type_", "part"), [("SchedulerWorkloadReady", "scheduler"), ("PresetsCombined", "")]
)
def test_a_condition_stands_for_its_own_part(type_: str, part: str) -> None:
    snapshot = llm(false(type_, "ReconcileError", "no"), spec={"router": {"scheduler": {}}}, pods=(server(),))
    found = JUDGES[LLM_INFERENCE_SERVICE](snapshot, NOW)
    assert found.finding is not None
    assert "predictor" not in str(found.effect)
    assert part in str(found.effect) if part else found.effect is None


OF_SERVICES = [rule for rule in RULES if INFERENCE_SERVICE in rule.roots]


@pytest.mark.parametrize("rule", OF_SERVICES, ids=[rule.id for rule in OF_SERVICES])
def test_it_is_silent_about_a_healthy_service(rule: object) -> None:
    healthy = of(
        service(ready="True", conditions=[{"type": "Stopped", "status": "False"}]),
        pod(ready=True, containers=[container(ready=True, state={"running": {}})]),
        events=(event("Unhealthy", "an old probe"), event("FailedMount", "an old mount")),
    )
    assert isinstance(rule, type(RULES[0]))
    assert list(rule.check(healthy, NOW)) == []


def test_quota_and_hardware_are_waited_for() -> None:
    waits = of(STARTING, deployments=(refused("exceeded quota: q"),))
    assert [finding.state for finding in diagnose(waits, NOW).findings] == [FindingState.QUEUE]


@pytest.mark.parametrize(("given", "meant"), [("scikit-learn", "sklearn"), ("Torch", "pytorch")])
def test_a_library_that_is_written_for_a_format_is_told(given: str, meant: str) -> None:
    failure = {"reason": "NoSupportingRuntime", "message": "none"}
    status = {"transitionStatus": "InvalidSpec", "lastFailureInfo": failure}
    spec = {"predictor": {"model": {"modelFormat": {"name": given}}}}
    verdict = judge(of(service(spec=spec, modelStatus=status)), NOW)
    assert verdict.finding is not None
    assert verdict.finding.remedy is not None
    assert [step.value for step in verdict.finding.remedy.patch] == [meant]
    cause = verdict.cause
    assert str(cause) == f"No serving runtime supports the format {given}. Did you mean {meant}?"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("scikit-learn", "Did you mean sklearn?"),
        ("sklern", "Did you mean sklearn?"),
        ("torch", "Supported formats: sklearn, xgboost."),
        ("mine", "Supported formats: sklearn, xgboost."),
        ("sklearn", "sklearn supports it with v2."),
    ],
)
def test_a_format_that_no_runtime_has_is_told_with_those_that_they_have(given: str, told: str) -> None:
    def runtime(*names: str, **spec: Any) -> Obj:
        formats = [{"name": name, "autoSelect": True} for name in names]
        return Obj({"metadata": {"name": names[0]}, "spec": {"supportedModelFormats": formats, **spec}})

    asks = service(
        spec={"predictor": {"model": {"modelFormat": {"name": given}}}},
        modelStatus={
            "transitionStatus": "InvalidSpec",
            "lastFailureInfo": {"reason": "NoSupportingRuntime", "message": "none"},
        },
    )
    children = {
        POD: [],
        SERVING_RUNTIME: [runtime("xgboost")],
        CLUSTER_SERVING_RUNTIME: [
            runtime("sklearn", "xgboost", protocolVersions=["v2"]),
            runtime("pytorch", disabled=True),
        ],
    }
    cause = judge(service_snapshot(asks, children), NOW).cause
    assert str(cause).endswith(told)
    assert given in str(cause)


def _fitted(name: str, **spec: Any) -> Obj:
    return Obj({"kind": "ClusterServingRuntime", "metadata": {"name": name}, "spec": spec})


def _asked(version: str = "", protocol: str = "", runtime: str = "") -> dict[str, Any]:
    model_format = {"name": "onnx", **({"version": version} if version else {})}
    fields = {"protocolVersion": protocol, "runtime": runtime}
    return {"modelFormat": model_format, **{key: value for key, value in fields.items() if value}}


@pytest.mark.parametrize(
    ("asked", "words", "patch"),
    [
        (
            _asked(),
            "Without a protocol in the spec KServe asks for v1, with which no serving runtime supports the format onnx; triton supports it with v2.",
            "v2",
        ),
        (
            _asked(version="1.0", protocol="v2"),
            "No serving runtime supports version 1.0 of the format onnx. Supported versions: 1.",
            "1",
        ),
        (_asked(protocol="v2"), "triton fits by now.", ""),
        (
            _asked(protocol="v1", runtime="triton"),
            "The serving runtime triton does not speak the protocol v1.",
            "",
        ),
        (
            _asked(version="2", protocol="v2", runtime="triton"),
            "The serving runtime triton does not support version 2 of the format onnx.",
            "",
        ),
        (_asked(protocol="v2", runtime="off"), "The serving runtime off is disabled.", ""),
    ],
)
def test_the_runtimes_that_are_there_say_why_none_is_taken(
    asked: dict[str, Any], words: str, patch: str
) -> None:
    """Not what KServe wrote once: the runtimes may be others by now."""
    entry = {"name": "onnx", "version": "1", "autoSelect": True, "priority": 1}
    runtimes = [
        _fitted("triton", supportedModelFormats=[entry], protocolVersions=["v2"]),
        _fitted("off", supportedModelFormats=[entry], disabled=True),
    ]
    root = service(
        spec={"predictor": {"model": asked}},
        modelStatus={
            "transitionStatus": "InvalidSpec",
            "lastFailureInfo": {"reason": "NoSupportingRuntime", "message": "No runtime found"},
        },
    )
    members = {POD: list[Obj](), SERVING_RUNTIME: list[Obj](), CLUSTER_SERVING_RUNTIME: runtimes}
    rule = next(one for one in RULES if one.id == "invalid-spec")
    [found] = rule.check(service_snapshot(root, members), NOW)
    assert words in str(found.sentence)
    assert found.remedy is not None
    assert [one.value for one in found.remedy.patch] == ([patch] if patch else [])
