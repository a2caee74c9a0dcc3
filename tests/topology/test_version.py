"""The versions of a component that are there at once: each with its own image, source, replicas and share."""

from pathlib import Path
from typing import Any

import pytest
from tests.diagnosis import recording

from modelsweb.kinds import CLUSTER_SERVING_RUNTIME, DEPLOYMENT, POD, REPLICA_SET, SERVING_RUNTIME
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.topology import demand
from modelsweb.topology.component import components
from modelsweb.topology.service_snapshot import service_snapshot
from modelsweb.topology.version import versions

RECORDINGS = Path(__file__).resolve().parent.parent / "data" / "recordings"
FIRST, SECOND = (f"gs://kfserving-examples/models/sklearn/1.0/model{end}" for end in ("", "-2"))


@pytest.mark.parametrize(
    ("scenario", "step", "expected"),
    [
        ("serverless-canary", "02", [("sklearn-iris-predictor-00001", 100, 1, 1, FIRST)]),
        (
            "serverless-canary",
            "03",
            [
                ("sklearn-iris-predictor-00002", 0, 0, 1, SECOND),
                ("sklearn-iris-predictor-00001", 100, 1, 1, FIRST),
            ],
        ),
        (
            "serverless-canary",
            "04",
            [
                ("sklearn-iris-predictor-00002", 20, 1, 1, SECOND),
                ("sklearn-iris-predictor-00001", 80, 1, 1, FIRST),
            ],
        ),
        (
            "standard-canary-with-gateway-api",
            "03",
            [
                ("v2", 20, 1, 1, "gs://kfserving-examples/models/sklearn/1.1/model"),
                ("iris-predictor-7d7859c777", 80, 1, 1, FIRST),
            ],
        ),
        (
            "standard-canary-without-gateway-api",
            "03",
            [
                ("v2", 0, 1, 1, "gs://kfserving-examples/models/sklearn/1.1/model"),
                ("iris-predictor-5458866cb5", 100, 1, 1, FIRST),
            ],
        ),
        (
            "standard-update-rollout-failed",
            "03",
            [
                ("sklearn-iris-predictor-58f7c95475", None, 0, 1, FIRST),
                ("sklearn-iris-predictor-6bdc894cd4", None, 1, 1, FIRST),
            ],
        ),
    ],
)
def test_each_version_tells_its_own(scenario: str, step: str, expected: list[tuple[Any, ...]]) -> None:
    moment = next(one for one in recording.points(RECORDINGS / scenario) if one.step.startswith(step))
    [member] = moment.families.values()
    found = [
        (one.name, one.percent, one.replicas.ready, one.replicas.wanted, one.source)
        for one in versions(member, "predictor")
    ]
    assert found == expected


def _pod(name: str, deployment: str, template: str, *, born: int, ready: bool) -> Obj:
    labels = {"component": "predictor", "app": f"isvc.{deployment}", "pod-template-hash": template}
    return Obj(
        {
            "metadata": {"name": name, "labels": labels, "creationTimestamp": f"2026-11-23T10:00:{born:02}Z"},
            "status": {"conditions": [{"type": "Ready", "status": str(ready)}]},
        }
    )


def test_a_rollout_beside_a_canary_shares_nothing_out_twice() -> None:
    """The old version's pod was evicted and made again, so it is the youngest; ReplicaSets are numbered."""
    service = Obj(
        {
            "metadata": {"name": "m"},
            "status": {"canaryStatuses": [{"name": "c1", "trafficPercent": 20, "ready": True}]},
        }
    )
    sets = [
        Obj(
            {
                "metadata": {
                    "name": f"m-{template}",
                    "labels": {"component": "predictor", "pod-template-hash": template},
                    "annotations": {"deployment.kubernetes.io/revision": str(number)},
                }
            }
        )
        for number, template in ((1, "old"), (2, "new"))
    ]
    deployments = [
        Obj({"metadata": {"name": name, "labels": {"component": "predictor"}}, "spec": {"replicas": 3}})
        for name in ("m-predictor", "m-c1-predictor")
    ]
    pods = [
        _pod("a", "m-predictor", "old", born=9, ready=True),
        _pod("b", "m-predictor", "new", born=1, ready=True),
        _pod("c", "m-c1-predictor", "x", born=5, ready=True),
    ]
    children = {POD: pods, DEPLOYMENT: deployments, REPLICA_SET: sets}
    found = [
        (one.name, one.percent, one.replicas.wanted)
        for one in versions(service_snapshot(service, children), "predictor")
    ]
    assert found == [("m-predictor-new", None, 3), ("m-predictor-old", None, 1), ("c1", 20, 3)]


SERVER = {"name": "kserve-container", "image": "example/server:2", "resources": {"limits": {"memory": "8Gi"}}}


def _components(predictor: dict[str, Any], *pods: dict[str, Any]) -> Any:
    service = Obj({"metadata": {"name": "iris"}, "spec": {"predictor": predictor}})
    return components(service_snapshot(service, {POD: [Obj(pod) for pod in pods], DEPLOYMENT: []}))


def test_a_running_pod_is_the_truth_and_the_spec_speaks_until_there_is_one() -> None:
    spec = {
        "model": {"image": "example/server:1", "resources": {"limits": {"cpu": "1"}}},
        "batcher": {"maxBatchSize": 8, "maxLatency": 50},
        "logger": {"mode": "all", "url": "http://sink"},
    }
    [planned] = _components(spec)
    assert (planned.image, dict(planned.limits), planned.beside) == ("example/server:1", {"cpu": "1"}, ())
    assert (planned.batcher["maxBatchSize"], planned.logger["url"]) == (8, "http://sink")
    pod = {
        "metadata": {"name": "p", "labels": {"component": "predictor"}},
        "spec": {
            "serviceAccountName": "of-the-runtime",
            "initContainers": [
                {"name": "storage-initializer", "args": ["s3://b/m", "/mnt/models"]},
                {"name": "proxy", "restartPolicy": "Always"},
            ],
            "containers": [SERVER, {"name": "agent"}, {"name": "transformer-container"}],
        },
    }
    [running] = _components(spec, pod)
    assert (running.image, dict(running.limits)) == ("example/server:2", {"memory": "8Gi"})
    assert running.account == "of-the-runtime"
    assert running.beside == ("proxy", "agent", "transformer-container")
    assert [one.source for one in running.versions] == ["s3://b/m"]


@pytest.mark.parametrize(
    ("spec", "source"),
    [
        ({"containers": [{**SERVER, "env": [{"name": "STORAGE_URI", "value": "pvc://a/b"}]}]}, "pvc://a/b"),
        ({"containers": [{**SERVER, "args": ["--model_id=org/name"]}]}, "hf://org/name"),
        ({"containers": [SERVER, {"name": "modelcar", "image": "example/model:1"}]}, "oci://example/model:1"),
        (
            {
                "initContainers": [{"name": "storage-initializer", "args": ["s3://a", "/x", "s3://b", "/y"]}],
                "containers": [SERVER],
            },
            "s3://a, s3://b",
        ),
        ({"containers": [SERVER]}, ""),
    ],
)
def test_a_pod_tells_where_its_model_comes_from(spec: dict[str, Any], source: str) -> None:
    pod = {"metadata": {"name": "p", "labels": {"component": "predictor"}}, "spec": spec}
    [one] = _components({"model": {}}, pod)
    assert [version.source for version in one.versions] == [source]


@pytest.mark.parametrize("kind", [SERVING_RUNTIME, CLUSTER_SERVING_RUNTIME])
def test_what_does_not_run_gets_what_its_runtime_gives_under_its_own(kind: Kind) -> None:
    given = {"limits": {"nvidia.com/gpu": "1", "memory": "8Gi"}, "requests": {"cpu": "2", "memory": "8Gi"}}
    server = {"name": "kserve-container", "image": "vllm:v1", "resources": given}
    runtime = Obj({"metadata": {"name": "vllm"}, "spec": {"containers": [server]}})
    other = Obj({"metadata": {"name": "other"}, "spec": {"containers": [{**server, "image": "other:v1"}]}})
    model = {
        "modelFormat": {"name": "huggingface"},
        "runtime": "vllm",
        "resources": {"limits": {"memory": "16Gi"}},
    }
    member = service_snapshot(
        Obj({"metadata": {"name": "llm"}, "spec": {"predictor": {"model": model}}}),
        {POD: [], DEPLOYMENT: [], kind: [other, runtime]},
    )
    [one] = components(member)
    assert one.image == "vllm:v1"
    assert one.limits == {"nvidia.com/gpu": "1", "memory": "16Gi"}
    assert one.requests == {"cpu": "2", "memory": "8Gi"}
    assert demand.devices(member) == {"nvidia.com/gpu": 1}


def test_the_namespace_s_own_runtime_goes_before_the_cluster_s() -> None:
    def runtime(image: str) -> Obj:
        return Obj(
            {
                "metadata": {"name": "sk"},
                "spec": {"containers": [{"name": "kserve-container", "image": image}]},
            }
        )

    service = Obj(
        {"metadata": {"name": "iris"}, "spec": {"predictor": {"model": {"runtime": "sk", "storageUri": "x"}}}}
    )
    children = {
        POD: [],
        DEPLOYMENT: [],
        SERVING_RUNTIME: [runtime("own:v1")],
        CLUSTER_SERVING_RUNTIME: [runtime("all:v1")],
    }
    assert components(service_snapshot(service, children))[0].image == "own:v1"


GPU = "nvidia.com/gpu"


def _asking(number: str) -> dict[str, Any]:
    return {"name": "kserve-container", "resources": {"limits": {GPU: number}}}


def test_devices_are_those_of_what_runs_else_of_the_spec_over_the_runtime() -> None:
    runtime = Obj({"metadata": {"name": "vllm"}, "spec": {"containers": [_asking("1")]}})

    def devices(spec: dict[str, Any], *pods: dict[str, Any], mode: str = "Standard") -> dict[str, int]:
        service = Obj(
            {
                "metadata": {"name": "llm"},
                "spec": {"predictor": {"model": {"runtime": "vllm", **spec}}},
                "status": {"deploymentMode": mode},
            }
        )
        return demand.devices(service_snapshot(service, {POD: map(Obj, pods), SERVING_RUNTIME: [runtime]}))

    running = {"metadata": {"name": "p", "uid": "p"}, "spec": {"containers": [{"name": "kserve-container"}]}}
    assert devices({}) == {GPU: 1}
    assert devices({}, running) == {}
    assert devices({"resources": {"limits": {GPU: 0}}}) == {}
    assert devices({"resources": {"limits": {GPU: "2"}}}) == {GPU: 2}
    assert devices({}, mode="ModelMesh") == {}


def test_workers_of_which_only_the_runtime_tells_count() -> None:
    spec: dict[str, Any] = {"containers": [_asking("1")], "workerSpec": {"containers": [_asking("2")]}}
    service = Obj(
        {
            "metadata": {"name": "llm"},
            "spec": {"predictor": {"model": {"runtime": "vllm"}, "workerSpec": {"pipelineParallelSize": 3}}},
        }
    )
    runtime = Obj({"metadata": {"name": "vllm"}, "spec": spec})
    assert demand.devices(service_snapshot(service, {POD: [], SERVING_RUNTIME: [runtime]})) == {GPU: 5}
    spec["workerSpec"]["pipelineParallelSize"] = 4
    service.raw["spec"]["predictor"]["workerSpec"] = {}  # all of it is the runtime's
    assert demand.devices(service_snapshot(service, {POD: [], SERVING_RUNTIME: [runtime]})) == {GPU: 7}


def test_a_container_without_a_sane_name_stops_nothing() -> None:
    odd = Obj({"metadata": {"name": "p", "uid": "p"}, "spec": {"containers": [{"name": ["x"]}]}})
    service = Obj({"metadata": {"name": "iris"}, "spec": {"predictor": {"model": {}}}})
    assert components(service_snapshot(service, {POD: [odd]}))
