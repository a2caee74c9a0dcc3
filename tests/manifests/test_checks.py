"""Each check has a text in which it finds something, and one, nearly the same, in which it does not."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelsweb.kinds import HTTP_ROUTE, KNATIVE_SERVICE, LEADER_WORKER_SET, SCALED_OBJECT
from modelsweb.manifests import document as manifest
from modelsweb.manifests.check import Facts
from modelsweb.manifests.checks import CHECKS
from modelsweb.manifests.concerns import Concern, concerns
from modelsweb.manifests.text_edit import CannotEditError, edited
from modelsweb.objects.obj import Obj

Raw = dict[str, Any]
MODE = "serving.kserve.io/deploymentMode"
CLASS = "serving.kserve.io/autoscalerClass"
STANDARD, KNATIVE = {MODE: "Standard"}, {MODE: "Knative"}
SKLEARN = {"modelFormat": {"name": "sklearn"}, "storageUri": "s3://models/x"}
IMAGE = {"name": "kserve-container", "image": "x"}


def isvc(
    annotations: Mapping[str, Any] | None = None, *, name: str = "x", labels: Raw | None = None, **spec: Any
) -> Raw:
    metadata: Raw = {"name": name, "annotations": dict(annotations or {}), "labels": labels or {}}
    spec.setdefault("predictor", {"model": SKLEARN})
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": metadata,
        "spec": spec,
    }


def of(annotations: Mapping[str, Any] | None = None, **predictor: Any) -> Raw:
    """A service with a model and more fields of its predictor."""
    return isvc(annotations, predictor={"model": SKLEARN, **predictor})


def model(**fields: Any) -> Raw:
    return isvc(predictor={"model": {**SKLEARN, **fields}})


def custom(annotations: Mapping[str, Any] | None = None, *containers: Raw, **predictor: Any) -> Raw:
    return isvc(annotations, predictor={"containers": list(containers), **predictor})


def llm(**spec: Any) -> Raw:
    return {
        "apiVersion": "serving.kserve.io/v1alpha2",
        "kind": "LLMInferenceService",
        "metadata": {"name": "x"},
        "spec": {"model": {"uri": "hf://a/b", "name": "b"}, **spec},
    }


def graph(**nodes: Any) -> Raw:
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "InferenceGraph",
        "metadata": {"name": "x"},
        "spec": {"nodes": nodes},
    }


def node(router: str, *steps: Raw) -> Raw:
    return {"routerType": router, "steps": list(steps)}


def trained(parent: str) -> Raw:
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "TrainedModel",
        "metadata": {"name": "x"},
        "spec": {
            "inferenceService": parent,
            "model": {"storageUri": "s3://x", "framework": "sklearn", "memory": "1Gi"},
        },
    }


def runtime(name: str, *formats: Raw, namespace: str = "", **spec: Any) -> Raw:
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ServingRuntime" if namespace else "ClusterServingRuntime",
        "metadata": {"name": name, **({"namespace": namespace} if namespace else {})},
        "spec": {"supportedModelFormats": list(formats), "containers": [], **spec},
    }


def entry(name: str, version: str = "1", *, priority: int = 1) -> Raw:
    return {"name": name, "version": version, "autoSelect": True, "priority": priority}


RUNTIMES = tuple(
    Obj(one)
    for one in (
        runtime("own", entry("tensorflow"), namespace="team", protocolVersions=["v1"]),
        runtime("twice", entry("paddle"), namespace="team"),
        runtime("twice", entry("paddle")),
        runtime("sk", entry("sklearn"), protocolVersions=["v1", "v2"]),
        runtime("triton", entry("onnx"), protocolVersions=["v2", "grpc-v2"]),
        runtime("vllm", entry("vLLM")),
        runtime("off", entry("pmml"), disabled=True),
        runtime("hf", entry("huggingface"), protocolVersions=["v1", "v2"]),
    )
)
SERVICES = (
    Obj(isvc(name="there")),
    Obj(isvc(name="server", predictor={"triton": {"runtimeVersion": "1"}})),
)


def plain(kind: str, name: str, **fields: Any) -> Obj:
    return Obj({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}, **fields})


def machine(name: str, version: str = "v1.33.0", **allocatable: str) -> Obj:
    offered = {"cpu": "8", "memory": "32Gi", "nvidia.com/gpu": "4", **allocatable}
    return plain("Node", name, status={"allocatable": offered, "nodeInfo": {"kubeletVersion": version}})


def account(name: str, *secrets: str) -> Obj:
    return plain("ServiceAccount", name, secrets=[{"name": one} for one in secrets])


FACTS = Facts(
    runtimes=RUNTIMES,
    services=SERVICES,
    served=frozenset(),
    namespace="team",
    accounts=(account("default"), account("keys", "s3"), account("token", "hf"), account("broken", "gone")),
    secrets={
        "s3": frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}),
        "hf": frozenset({"HF_TOKEN"}),
        "storage-config": frozenset({"minio"}),
    },
    claims=(
        plain("PersistentVolumeClaim", "one", spec={"accessModes": ["ReadWriteOnce"]}),
        plain("PersistentVolumeClaim", "many", spec={"accessModes": ["ReadWriteMany"]}),
    ),
    quotas=(
        plain(
            "ResourceQuota",
            "q",
            status={"hard": {"requests.cpu": "6", "limits.memory": "24Gi"}, "used": {"requests.cpu": "2"}},
        ),
        plain(
            "ResourceQuota", "few", spec={"scopes": ["BestEffort"]}, status={"hard": {"requests.cpu": "0"}}
        ),
    ),
    nodes=(machine("a"), machine("b", "v1.30.4", **{"nvidia.com/gpu": "0"})),
    place=Obj({"kind": "Namespace", "metadata": {"name": "team", "labels": {"control-plane": "x"}}}),
    llm_services=(Obj(llm(router={"scheduler": {}}) | {"metadata": {"name": "other"}}),),
    configs=(plain("LLMInferenceServiceConfig", "ours"),),
    live=Obj(isvc(name="x") | {"status": {"deploymentMode": "Knative"}}),
)
"""What a cluster may hold; ``live`` is left out by the checks of what is new."""
NEW = replace(FACTS, live=None)
WITH_KEDA = Facts(served=frozenset({SCALED_OBJECT.full_name, KNATIVE_SERVICE.full_name}))
HPA = {**STANDARD, CLASS: "hpa"}
KEDA = {**STANDARD, CLASS: "keda"}
EXTERNAL = {"metrics": [{"type": "External"}]}
GPU = {"nvidia.com/gpu": "1"}
_VISIBLE = {"networking.knative.dev/visibility": "cluster-local"}
_ROOT = node("Sequence", {"serviceName": "there"})
ENV = [{"name": "PYTHONPATH", "value": "/x"}]
WORKERS: Raw = {"workerSpec": {"containers": []}}

CASES: dict[str, tuple[Raw, Raw]] = {
    "canary-percent-standard": (
        of(STANDARD, canaryTrafficPercent=10),
        of(KNATIVE, canaryTrafficPercent=10),
    ),
    "canary-list-mode": (
        isvc(canary=[{"trafficPercent": 1}]),
        isvc(STANDARD, canary=[{"trafficPercent": 1}]),
    ),
    "canary-sum": (
        isvc(STANDARD, canary=[{"trafficPercent": 60}, {"trafficPercent": 41}]),
        isvc(STANDARD, canary=[{"trafficPercent": 60}, {"trafficPercent": 40}]),
    ),
    "canary-fields": (
        isvc(STANDARD, canary=[{"predictor": {"name": "b", "maxReplicas": 2}}]),
        isvc(STANDARD, canary=[{"predictor": {"name": "b", "minReplicas": 2}}]),
    ),
    "min-zero-standard": (of(STANDARD, minReplicas=0), of(KEDA, minReplicas=0)),
    "max-absent-standard": (of(STANDARD, scaleTarget=50), of(STANDARD, scaleTarget=50, maxReplicas=2)),
    "max-absent-knative": (of(KNATIVE), of(KNATIVE, maxReplicas=3)),
    "replicas-order": (of(minReplicas=3, maxReplicas=2), of(minReplicas=3, maxReplicas=0)),
    "metric-standard": (of(STANDARD, scaleMetric="rps"), of(KNATIVE, scaleMetric="rps")),
    "metric-knative": (
        of(KNATIVE, scaleMetric="cpu"),
        of({**KNATIVE, "autoscaling.knative.dev/class": "hpa.autoscaling.knative.dev"}, scaleMetric="cpu"),
    ),
    "autoscaler-class": (of({**STANDARD, CLASS: "kpa"}), of({**STANDARD, CLASS: "external"})),
    "keda-metric": (of(KEDA, scaleMetric="cpu"), of(HPA, scaleMetric="cpu")),
    "keda-absent": (of(KEDA), of(HPA)),
    "external-metric-hpa": (of(STANDARD, autoScaling=EXTERNAL), of(KEDA, autoScaling=EXTERNAL)),
    "behavior-hpa": (
        of(STANDARD, autoScaling={"behavior": {"scaleUp": {}}}),
        of(KEDA, autoScaling={"behavior": {"scaleUp": {}}}),
    ),
    "scale-metric-type": (of(scaleMetricType="Value"), of(scaleMetric="rps")),
    "class-knative": (of({**KNATIVE, CLASS: "hpa"}), of(HPA)),
    "knative-annotation-standard": (
        of({**STANDARD, "autoscaling.knative.dev/target": "1"}),
        of({**KNATIVE, "autoscaling.knative.dev/target": "1"}),
    ),
    "concurrency-standard": (of(STANDARD, containerConcurrency=1), of(KNATIVE, containerConcurrency=1)),
    "strategy-knative": (of(KNATIVE, deploymentStrategy={}), of(STANDARD, deploymentStrategy={})),
    "mode-value": (of({MODE: "standard"}), of({MODE: "RawDeployment"})),
    "mode-absent": (of(KNATIVE), of(STANDARD)),
    "visibility-label": (isvc(STANDARD, labels=_VISIBLE), isvc(KNATIVE, labels=_VISIBLE)),
    "legacy-framework": (isvc(predictor={"sklearn": {}}), isvc()),
    "two-models": (of(sklearn={"storageUri": "s3://y"}), isvc(predictor={"sklearn": {}})),
    "format-missing": (
        isvc(predictor={"model": {"storageUri": "s3://x"}}),
        isvc(),
    ),
    "no-runtime": (model(modelFormat={"name": "catboost"}), model(modelFormat={"name": "sklearn"})),
    "protocol-default": (
        model(modelFormat={"name": "onnx"}),
        model(modelFormat={"name": "onnx"}, protocolVersion="v2"),
    ),
    "format-case": (model(modelFormat={"name": "vllm"}), model(modelFormat={"name": "vLLM"})),
    "version-text": (
        model(modelFormat={"name": "sklearn", "version": "1.0"}),
        model(modelFormat={"name": "sklearn", "version": "1"}),
    ),
    "runtime-disabled": (model(modelFormat={"name": "pmml"}, runtime="off"), model(runtime="sk")),
    "runtime-format": (model(runtime="triton"), model(runtime="sk")),
    "runtime-version": (
        model(modelFormat={"name": "sklearn", "version": "1.0"}, runtime="sk"),
        model(modelFormat={"name": "sklearn", "version": "1"}, runtime="sk"),
    ),
    "runtime-protocol": (
        model(runtime="sk", protocolVersion="grpc-v2"),
        model(runtime="sk", protocolVersion="v2"),
    ),
    "runtime-unknown": (model(runtime="skk"), model(runtime="sk")),
    "storage-scheme": (model(storageUri="ftp://x"), model(storageUri="/mnt/here")),
    "storage-both": (model(storage={"path": "a"}), isvc(predictor={"model": {"storage": {"path": "a"}}})),
    "uris-both": (
        of(storageUris=[{"uri": "s3://x"}]),
        isvc(predictor={"model": {"modelFormat": {"name": "sklearn"}}, "storageUris": [{"uri": "s3://x"}]}),
    ),
    "storage-user-info": (
        model(storageUri="https://me:secret@host/x"),
        model(storageUri="https://host/x@1"),
    ),
    "hf-token-env": (
        model(storageUri="hf://a/b", env=[{"name": "HF_TOKEN", "value": "x"}]),
        model(storageUri="s3://a/b", env=[{"name": "HF_TOKEN", "value": "x"}]),
    ),
    "pythonpath": (model(env=ENV), model(env=[{"name": "PYTHON_PATH", "value": "/x"}])),
    "transformer-uri": (
        isvc(
            transformer={"containers": [{"name": "transformer-container", "env": [{"name": "STORAGE_URI"}]}]}
        ),
        isvc(transformer={"containers": [{"name": "kserve-container", "env": [{"name": "STORAGE_URI"}]}]}),
    ),
    "name-pattern": (isvc(name="My_Model"), isvc(name="my-model")),
    "name-length": (isvc(STANDARD, name="a" * 49), isvc(STANDARD, name="a" * 48)),
    "container-name": (
        custom(None, {"name": "a", "image": "x"}, {"name": "b", "image": "x"}),
        custom(None, IMAGE, {"name": "b", "image": "x"}),
    ),
    "container-image": (custom(None, {"name": "kserve-container"}), custom(None, IMAGE)),
    "gpu-limit": (
        model(resources={"requests": GPU}),
        model(resources={"requests": GPU, "limits": GPU}),
    ),
    "gpu-image": (
        model(modelFormat={"name": "tensorflow"}, runtimeVersion="2.6", resources={"limits": GPU}),
        model(modelFormat={"name": "tensorflow"}, runtimeVersion="2.6-gpu", resources={"limits": GPU}),
    ),
    "hpa-no-request": (
        custom(STANDARD, {**IMAGE, "resources": {"limits": GPU}}, maxReplicas=2, scaleTarget=50),
        custom(STANDARD, {**IMAGE, "resources": {"limits": {"cpu": "1"}}}, maxReplicas=2, scaleTarget=50),
    ),
    "logger-mode": (of(logger={"url": "http://x"}), of(logger={"url": "http://x", "mode": "all"})),
    "stop-value": (of({"serving.kserve.io/stop": "yes"}), of({"serving.kserve.io/stop": "True"})),
    "auto-update-off": (
        of({"serving.kserve.io/disable-auto-update": "true"}),
        of({"serving.kserve.io/disable-auto-update": "false"}),
    ),
    "dead-annotation": (of({"serving.kserve.io/metric": "cpu"}), of({"serving.kserve.io/metric-x": "cpu"})),
    "worker-knative": (of(KNATIVE, **WORKERS), of(STANDARD, **WORKERS)),
    "worker-storage": (
        of({CLASS: "none"}, **WORKERS),
        isvc({CLASS: "none"}, predictor={"model": {**SKLEARN, "storageUri": "pvc://a/b"}, **WORKERS}),
    ),
    "worker-autoscaler": (of(**WORKERS), of({CLASS: "none"}, **WORKERS)),
    "explainer-gone": (isvc(explainer={"alibi": {}}), isvc(explainer={"art": {}})),
    "explainer-protocol": (
        isvc(predictor={"model": {**SKLEARN, "protocolVersion": "v2"}}, explainer={"art": {"type": "x"}}),
        isvc(predictor={"model": {**SKLEARN, "protocolVersion": "v1"}}, explainer={"art": {"type": "x"}}),
    ),
    "model-name-field": (model(name="x"), of(name="x")),
    "target-percent": (of(HPA, scaleTarget=120), of(KNATIVE, scaleTarget=120)),
    "tracing-values": (
        isvc(tracing={"exporterEndpoint": "otel:4317"}),
        isvc(tracing={"exporterEndpoint": "http://otel:4317"}),
    ),
    "graph-root": (graph(first=_ROOT), graph(root=_ROOT)),
    "graph-splitter": (
        graph(root=node("Splitter", {"serviceName": "there", "weight": 60})),
        graph(root=node("Splitter", {"serviceName": "there", "weight": 100})),
    ),
    "graph-switch": (
        graph(root=node("Switch", {"serviceName": "there", "condition": "x"})),
        graph(root=node("Switch", {"serviceName": "there", "condition": "x"}, {"serviceName": "there"})),
    ),
    "graph-cycle": (
        graph(root=node("Sequence", {"nodeName": "a"}), a=node("Sequence", {"nodeName": "root"})),
        graph(root=node("Sequence", {"nodeName": "a"}, {"nodeName": "a"}), a=_ROOT),
    ),
    "graph-unused": (graph(root=_ROOT, a=_ROOT), graph(root=node("Sequence", {"nodeName": "a"}), a=_ROOT)),
    "graph-node-missing": (graph(root=node("Sequence", {"nodeName": "a"})), graph(root=_ROOT)),
    "graph-target": (graph(root=node("Sequence", {"serviceName": "their"})), graph(root=_ROOT)),
    "graph-step-target": (
        graph(root=node("Sequence", {"serviceName": "there", "serviceUrl": "http://x"})),
        graph(root=_ROOT),
    ),
    "tm-parent": (trained("none"), trained("server")),
    "tm-parent-model": (trained("there"), trained("server")),
    "runtime-priority": (
        runtime("mine", entry("tensorflow"), namespace="team", protocolVersions=["v1"]),
        runtime("mine", entry("tensorflow", priority=2), namespace="team", protocolVersions=["v1"]),
    ),
    "llm-replicas": (llm(replicas=1, scaling={}), llm(replicas=1)),
    "llm-scheme": (llm(model={"uri": "gs://x"}), llm(model={"uri": "s3://x"})),
    "llm-main": (
        llm(template={"containers": [{"name": "vllm"}]}),
        llm(template={"containers": [{"name": "main"}]}),
    ),
    "llm-worker": (llm(worker={}), llm(worker={}, parallelism={"data": 2})),
    "llm-pipeline-single": (llm(parallelism={"pipeline": 2}), llm(parallelism={"pipeline": 2}, worker={})),
    "llm-sglang": (
        llm(runtime="kserve-llm-sglang", worker={}, parallelism={"data": 2}),
        llm(worker={}, parallelism={"data": 2}),
    ),
    "llm-sglang-ignored": (
        llm(runtime="kserve-llm-sglang", parallelism={"expert": True}),
        llm(runtime="kserve-llm-vllm", parallelism={"expert": True}),
    ),
    "llm-pipeline-preset": (
        llm(worker={}, parallelism={"pipeline": 2}),
        llm(worker={}, parallelism={"pipeline": 2}, baseRefs=[{"name": "own"}]),
    ),
    "llm-group-weight": (
        llm(router={"route": {"group": "g", "weight": 10}}),
        llm(router={"route": {"group": "g"}}),
    ),
    "llm-lora-volume": (
        llm(model={"lora": {"adapters": [{"name": "team/sql", "uri": "pvc://a/b"}]}}),
        llm(model={"lora": {"adapters": [{"name": "team/sql", "uri": "hf://a/b"}]}}),
    ),
    "runtime-shadow": (model(modelFormat={"name": "paddle"}), model(modelFormat={"name": "tensorflow"})),
    "port-tls": (
        model(args=["--ssl_certfile=/c"]),
        model(args=["--ssl_certfile=/c"], ports=[{"containerPort": 8443}]),
    ),
    "timeout-knative": (of(KNATIVE, timeout=601), of(STANDARD, timeout=601)),
    "llm-lora-name": (
        llm(model={"name": "b", "lora": {"adapters": [{"name": "b"}]}}),
        llm(model={"name": "b", "lora": {"adapters": [{"name": "c"}]}}),
    ),
    "placeholder": (
        model(storageUri="s3://${BUCKET}/x"),
        custom(None, {**IMAGE, "args": ["echo ${HOME}"]}),
    ),
    "predictor-empty": (isvc(predictor={}), isvc(predictor={"model": {}})),
    "account-missing": (of(serviceAccountName="nobody"), of(serviceAccountName="keys")),
    "secret-missing": (of(serviceAccountName="broken"), of(serviceAccountName="keys")),
    "secret-scheme": (of(serviceAccountName="token"), of(serviceAccountName="keys")),
    "storage-key": (
        model(storageUri=None, storage={"key": "other", "path": "x"}),
        model(storageUri=None, storage={"key": "minio", "path": "x"}),
    ),
    "pvc-missing": (model(storageUri="pvc://none/x"), model(storageUri="pvc://one/x")),
    "pvc-rwo": (
        isvc(predictor={"model": {**SKLEARN, "storageUri": "pvc://one/x"}, "maxReplicas": 2}),
        isvc(predictor={"model": {**SKLEARN, "storageUri": "pvc://many/x"}, "maxReplicas": 2}),
    ),
    "namespace-control-plane": (of(), model(storageUri="pvc://one/x")),
    "canary-no-gateway": (isvc(STANDARD, canary=[{"trafficPercent": 1}]), isvc(STANDARD)),
    "mode-change": (of(STANDARD), of(KNATIVE)),
    "quota": (
        isvc(predictor={"model": {**SKLEARN, "resources": {"requests": {"cpu": "2"}}}, "minReplicas": 3}),
        isvc(
            predictor={
                "model": {**SKLEARN, "resources": {"requests": {"cpu": "2"}}},
                "minReplicas": 2,
                "maxReplicas": 9,
            }
        ),
    ),
    "gpu-none": (
        model(resources={"limits": {"nvidia.com/gpu": "5"}}),
        model(resources={"limits": {"nvidia.com/gpu": "4"}}),
    ),
    "node-size": (
        model(resources={"requests": {"memory": "33Gi"}}),
        model(resources={"requests": {"memory": "32Gi"}}),
    ),
    "oci-nodes": (model(storageUri="oci+native://a/b"), model(storageUri="oci+fetch://a/b")),
    "transformer-protocol": (
        isvc(
            predictor={"model": {**SKLEARN, "protocolVersion": "v2"}},
            transformer={"containers": [{**IMAGE, "args": ["--predictor_protocol", "v1"]}]},
        ),
        isvc(
            predictor={"model": {**SKLEARN, "protocolVersion": "v2"}},
            transformer={"containers": [{**IMAGE, "args": ["--predictor_protocol=grpc-v2"]}]},
        ),
    ),
    "worker-sizes": (
        of(workerSpec={"pipelineParallelSize": 0}),
        of(workerSpec={"pipelineParallelSize": 2}),
    ),
    "llm-model-name": (llm(), llm(model={"uri": "hf://a/b", "name": "c"})),
    "mode-unpinned": (of({}), of(KNATIVE)),
    "llm-baseref": (llm(baseRefs=[{"name": "gone"}]), llm(baseRefs=[{"name": "ours"}])),
    "llm-lws": (llm(worker={}), llm(template={})),
    "llm-runtime-unknown": (llm(runtime="sglnag"), llm(runtime="kserve-llm-sglang")),
    "llm-two-pools": (
        llm(router={"scheduler": {}}),
        llm(router={"scheduler": {}, "gateway": {"refs": [{"name": "own", "namespace": "team"}]}}),
    ),
}
ELSEWHERE = {
    "mode-absent": WITH_KEDA,
    "keda-absent": WITH_KEDA,
    "namespace-control-plane": replace(FACTS, place=Obj({"kind": "Namespace", "metadata": {"name": "team"}})),
    "canary-no-gateway": replace(FACTS, served=frozenset({HTTP_ROUTE.full_name})),
    "oci-nodes": replace(FACTS, nodes=(machine("a"),)),
    "mode-change": NEW,
    "mode-unpinned": replace(FACTS, default_mode="Knative"),
    "llm-lws": replace(NEW, served=frozenset({LEADER_WORKER_SET.full_name})),
    "quota": FACTS,
}
"""Facts under which the text that fires does not, either."""
OF_LIVE = {"mode-change": FACTS, "mode-unpinned": replace(FACTS, default_mode="Standard")}
"""Facts for the checks of what is there already."""


class _Plain(yaml.SafeDumper):
    """Without aliases: what two fields share stands in each."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(raw: Raw) -> str:
    return yaml.dump(raw, Dumper=_Plain, sort_keys=False)


def _found(raw: Raw, *, facts: Facts = FACTS, prefix: str = "") -> list[Concern]:
    source = prefix + _text(raw)
    return list(concerns(source, manifest.parse(source), facts=facts))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_fires_and_a_near_miss_does_not(check: Any) -> None:
    fires, near = CASES[check.id]
    known = OF_LIVE.get(check.id, NEW)
    found = [one for one in _found(fires, facts=known) if one.id == check.id]
    assert found, "it does not fire"
    assert check.id not in {one.id for one in _found(near, facts=known)}
    for one in found:
        assert "{" not in str(one.text).replace("{{", "").replace("${", "")
    silent = _found(fires, prefix=f"# modelsweb: ignore={check.id}\n")
    assert check.id not in {one.id for one in silent}
    if check.id in ELSEWHERE:
        assert check.id not in {one.id for one in _found(fires, facts=ELSEWHERE[check.id])}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_fix_mends_what_was_found_and_nothing_else(check: Any) -> None:
    source = "# kept\n" + _text(CASES[check.id][0])
    (document,) = manifest.parse(source)
    found = [one for one in concerns(source, [document], facts=FACTS) if one.id == check.id]
    if not found or not found[0].fix:
        return
    try:
        mended = edited(source, 1, changes=found[0].fix)
    except CannotEditError:
        pytest.fail("the fix cannot be written into a text in block style")
    assert mended.startswith("# kept\n")
    left = [one for one in concerns(mended, manifest.parse(mended), facts=FACTS) if one.id == check.id]
    assert len(left) < len(found)


def test_what_is_not_known_is_not_warned_about() -> None:
    """No runtimes, services or kinds were read."""
    needing = {
        "no-runtime",
        "protocol-default",
        "runtime-unknown",
        "graph-target",
        "tm-parent",
        "keda-absent",
        "account-missing",
        "secret-missing",
        "secret-scheme",
        "storage-key",
        "pvc-missing",
        "pvc-rwo",
        "namespace-control-plane",
        "canary-no-gateway",
        "mode-change",
        "quota",
        "gpu-none",
        "node-size",
        "oci-nodes",
        "llm-model-name",
        "mode-unpinned",
        "llm-baseref",
        "llm-lws",
        "llm-runtime-unknown",
        "llm-two-pools",
    }
    for name in needing:
        assert name not in {one.id for one in _found(CASES[name][0], facts=Facts())}


def test_what_the_same_text_describes_counts() -> None:
    source = yaml.safe_dump_all([isvc(name="their"), CASES["graph-target"][0]])
    assert "graph-target" not in {one.id for one in concerns(source, manifest.parse(source), facts=FACTS)}


def test_a_runtime_of_the_same_text_serves_its_format() -> None:
    mine = runtime("mine", entry("catboost"), namespace="team")
    source = yaml.safe_dump_all([mine, CASES["no-runtime"][0]])
    assert "no-runtime" not in {one.id for one in concerns(source, manifest.parse(source), facts=FACTS)}


def test_what_the_cluster_wrote_is_not_checked() -> None:
    pasted = custom(None, IMAGE) | {"status": {"message": "s3://${BUCKET}"}}
    pasted["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": "${BUCKET}"}
    assert "placeholder" not in {one.id for one in _found(pasted)}


def test_the_namespace_that_counts_is_the_one_it_goes_to() -> None:
    named = isvc(STANDARD, name="a" * 40)
    named["metadata"]["namespace"] = "b" * 40
    assert "name-length" in {one.id for one in _found(named, facts=Facts())}
    assert "name-length" not in {one.id for one in _found(named, facts=Facts(namespace="team"))}


def test_very_many_hits_are_cut_off_before_they_cost() -> None:
    steps = [{"serviceName": f"misspelt-{number}"} for number in range(5_000)]
    names = tuple(Obj(isvc(name=f"service-number-{number}")) for number in range(300))
    found = _found(graph(root=node("Sequence", *steps)), facts=Facts(services=names))
    assert len([one for one in found if one.id == "graph-target"]) == 20


@pytest.mark.parametrize("wrong", [None, "text", 1, [], [1], {"a": 1}, {"name": []}])
def test_no_shape_breaks_a_check(wrong: Any) -> None:
    for kind in {kind for check in CHECKS for kind in check.kinds}:
        for spec in (
            wrong,
            {"predictor": wrong},
            {"predictor": {"model": wrong}},
            {"nodes": {"root": wrong}},
        ):
            raw = {"kind": kind, "metadata": {"annotations": wrong, "labels": wrong}, "spec": spec}
            _found(raw)


@pytest.mark.parametrize(
    "path",
    sorted(Path(__file__).parents[1].glob("data/recordings/*/input.yaml")),
    ids=lambda p: p.parent.name,
)
def test_what_ran_in_a_real_cluster_is_not_said_to_be_refused(path: Path) -> None:
    source = path.read_text()
    found = concerns(source, manifest.parse(source), facts=Facts())
    assert [one.id for one in found if one.level == 0] == []


def test_limits_of_a_container_of_ones_own_are_no_requests() -> None:
    """KServe fills in what is not requested."""
    container = {**IMAGE, "resources": {"limits": {"memory": "64Gi"}}}
    assert "node-size" not in {one.id for one in _found(custom(None, container), facts=NEW)}
    asks = {**IMAGE, "resources": {"requests": {"memory": "64Gi"}}}
    assert "node-size" in {one.id for one in _found(custom(None, asks), facts=NEW)}


def test_a_default_protocol_is_not_held_against_a_transformer() -> None:
    asked = isvc(
        predictor={"triton": {"storageUri": "s3://x"}},
        transformer={"containers": [{**IMAGE, "args": ["--predictor_protocol=v2"]}]},
    )
    assert "transformer-protocol" not in {one.id for one in _found(asked, facts=NEW)}


def test_a_service_without_a_mode_is_judged_by_the_one_it_gets() -> None:
    zero = of({}, minReplicas=0)
    known = replace(NEW, default_mode="Standard")
    assert "min-zero-standard" in {one.id for one in _found(zero, facts=known)}
    assert "min-zero-standard" not in {one.id for one in _found(zero, facts=NEW)}
    runs = replace(known, live=Obj(isvc(name="x") | {"status": {"deploymentMode": "Knative"}}))
    assert "min-zero-standard" not in {one.id for one in _found(zero, facts=runs)}


def test_modes_of_old_names_are_the_same_mode() -> None:
    live = Obj(isvc(name="x") | {"status": {"deploymentMode": "RawDeployment"}})
    known = replace(FACTS, live=live)
    assert "mode-change" not in {one.id for one in _found(of({MODE: "RawDeployment"}), facts=known)}
    assert "mode-change" in {one.id for one in _found(of(KNATIVE), facts=known)}
