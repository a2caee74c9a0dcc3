"""Each rule: one family on which it fires, and a healthy one on which none does."""

from typing import Any

import pytest
from tests.diagnosis.families import NOW, ago, container, crashed, event, of, pod, service

from modelsweb.diagnosis.finding import Severity
from modelsweb.diagnosis.rules import RULES, remedy
from modelsweb.diagnosis.rules.container_crashes import RULE as CRASHES
from modelsweb.diagnosis.verdict import judge
from modelsweb.kinds import CLUSTER_SERVING_RUNTIME, POD, SERVING_RUNTIME
from modelsweb.objects.obj import Obj
from modelsweb.topology.family import Family, family

RUNNING = container(state={"running": {"startedAt": ago(minutes=20)}})


def initializer(**status: object) -> dict[str, object]:
    return {"initContainerStatuses": [container("storage-initializer", **status)]}


def waiting(reason: str, message: str = "") -> dict[str, object]:
    return container(state={"waiting": {"reason": reason, "message": message}})


def refused(message: str) -> dict[str, object]:
    condition = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message}
    return {"metadata": {"name": "iris-predictor"}, "status": {"conditions": [condition]}}


STARTING = service(ready="False")
FIRES: list[tuple[str, Family, str]] = [
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


@pytest.mark.parametrize(("rule_id", "family", "sentence"), FIRES, ids=[case[0] for case in FIRES])
def test_it_fires_and_names_the_cause(rule_id: str, family: Family, sentence: str) -> None:
    rule = next(rule for rule in RULES if rule.id == rule_id)
    found = list(rule.check(family, NOW))
    assert [str(finding.sentence) for finding in found][:1] == [sentence]
    assert all(finding.rule == rule_id and finding.name for finding in found)


@pytest.mark.parametrize("family", [case[1] for case in FIRES], ids=[case[0] for case in FIRES])
def test_what_to_do_is_one_sentence(family: Family) -> None:
    for rule in RULES:
        for finding in rule.check(family, NOW):
            said = str(remedy(finding))
            assert said.endswith(".")
            assert said[:-1].count(". ") <= 1
            assert not remedy(finding).values


def test_what_to_do_depends_on_how_a_container_ended() -> None:
    killed = of(STARTING, pod(containers=[crashed(137, "OOMKilled")]))
    ended = of(STARTING, pod(containers=[crashed(0, "Completed")]))
    said = [str(remedy(next(iter(CRASHES.check(one, NOW))))) for one in (killed, ended)]
    assert "memory limit" in said[0]
    assert "command" in said[1]


def test_every_rule_has_a_case() -> None:
    assert [case[0] for case in FIRES] == [rule.id for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_it_is_silent_about_a_healthy_service(rule: object) -> None:
    healthy = of(
        service(ready="True", conditions=[{"type": "Stopped", "status": "False"}]),
        pod(ready=True, containers=[container(ready=True, state={"running": {}})]),
        events=(event("Unhealthy", "an old probe"), event("FailedMount", "an old mount")),
    )
    assert isinstance(rule, type(RULES[0]))
    assert list(rule.check(healthy, NOW)) == []


def test_quota_and_hardware_are_waited_for() -> None:
    found = [
        f
        for rule in RULES
        for f in rule.check(of(STARTING, deployments=(refused("exceeded quota: q"),)), NOW)
    ]
    assert [finding.severity for finding in found] == [Severity.QUEUE]


@pytest.mark.parametrize(("given", "meant"), [("scikit-learn", "sklearn"), ("Torch", "pytorch")])
def test_a_library_that_is_written_for_a_format_is_told(given: str, meant: str) -> None:
    failure = {"reason": "NoSupportingRuntime", "message": "none"}
    status = {"transitionStatus": "InvalidSpec", "lastFailureInfo": failure}
    spec = {"predictor": {"model": {"modelFormat": {"name": given}}}}
    cause = judge(of(service(spec=spec, modelStatus=status)), NOW).cause
    assert str(cause) == f"No serving runtime supports the format {given}. Did you mean {meant}?"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("scikit-learn", "Did you mean sklearn?"),
        ("sklern", "Did you mean sklearn?"),
        ("torch", "Supported formats: sklearn, xgboost."),
        ("mine", "Supported formats: sklearn, xgboost."),
        ("sklearn", "with the protocol v1."),
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
        CLUSTER_SERVING_RUNTIME: [runtime("sklearn", "xgboost"), runtime("pytorch", disabled=True)],
    }
    cause = judge(family(asks, children), NOW).cause
    assert str(cause).endswith(told)
    assert given in str(cause)
