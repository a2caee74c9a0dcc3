"""YAML that real users paste, through the create page's own endpoint, on the real control plane.

Each valid file is created whole; each stale or broken one is refused with words that name what is wrong. The table is
printed (``pytest -s``). The samples stay outside the project; without them there is nothing to test, which is said.
"""

import html
import re
from pathlib import Path

import pytest

from modelsweb.config import AuthConfig, Config, WebConfig
from tests.contract.cluster import Cluster, contract
from tests.running import running_app, text_of

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "samples"
CONFIG = Config(web=WebConfig(secure_cookies=False, port=0), auth=AuthConfig(is_disabled=True))

# Every file that must be refused, and words that the answer must have. All others must be created.
REFUSED: dict[str, str] = {
    "bentoml__bentoml.yaml": "The YAML cannot be read",
    "explanation__alibi__cifar10__cifar10.yaml": 'unknown field "spec.explainer.alibi"',
    "explanation__alibi__moviesentiment__moviesentiment2.yaml": 'unknown field "spec.explainer.alibi"',
    "gcp-iap__sklearn-iap-no-authz.yaml": "the apiVersion of InferenceService must be serving.kserve.io/v1beta1",
    "gcp-iap__sklearn-iap-with-authz.yaml": "the apiVersion of InferenceService must be serving.kserve.io/v1beta1",
    "kafka__kafka_source.yaml": "sources.knative.dev/v1beta1 KafkaSource cannot be created here",
    "llmisvc__kv-cache-offloading__llm-inference-service-kv-cache-offloading.yaml": 'unknown field "spec.workload"',
    "llmisvc__latency-predictor__llm-inference-service-latency-predictor.yaml": "spec.router.scheduler.config.inline in body must be of type object",
    "rollout-strategy__rollout-strategy-example.yaml": 'unknown field "spec.transformer.custom"',
    "storage__pvc__mnist-pvc.yaml": "the apiVersion of InferenceService must be serving.kserve.io/v1beta1",
    "v1beta1__custom__torchserve__autoscale.yaml": "The YAML cannot be read",
    "v1beta1__custom__torchserve__bert-sample__bert.yaml": "The YAML cannot be read",
    "v1beta1__custom__torchserve__gpu.yaml": "The YAML cannot be read",
    "v1beta1__custom__torchserve__logger__torchserve-logger.yaml": "The YAML cannot be read",
    "v1beta1__custom__torchserve__torchserve-custom-pv.yaml": "The YAML cannot be read",
    "v1beta1__custom__torchserve__torchserve-custom.yaml": "The YAML cannot be read",
    "v1beta1__torchserve__v1__bloom__bloom-560m.yaml": 'unknown field "spec.nodeName"',
}


# What is created only by who insists, and the check that warns.
WARNED: dict[str, str] = {
    "fluid__kserve-isvc.yaml": "placeholder",
    "graph__switch.yaml": "placeholder",
    "llmisvc__dp-ep__deepseek-r1-gpu-rdma-roce__llm-inference-service-dp-ep-deepseek-r1-gpu-deepep-ht.yaml": "pvc-missing",
    "llmisvc__dp-ep__deepseek-r1-gpu-rdma-roce__llm-inference-service-dp-ep-deepseek-r1-pd-gpu-p-deepep-ht-d-deepep-ht.yaml": "pvc-missing",
    "llmisvc__dp-ep__deepseek-r1-gpu-rdma-roce__llm-inference-service-dp-ep-deepseek-r1-pd-gpu-p-deepep-ht-d-pplx.yaml": "pvc-missing",
    "llmisvc__e2e-gpt-oss__inference_default.yaml": "pvc-missing",
    "llmisvc__e2e-gpt-oss__inference_pd_disaggregation.yaml": "pvc-missing",
    "llmisvc__e2e-gpt-oss__inference_prefix_cache.yaml": "pvc-missing",
    "storage__hf__hf_isvc.yaml": "account-missing",
    "storage__s3__tensorflow_s3.yaml": "account-missing",
    "multimodelserving__sklearn__trainedmodels.yaml": "tm-parent",
    "multimodelserving__triton__trained_model.yaml": "tm-parent",
    "multimodelserving__triton__trained_model2.yaml": "tm-parent",
}


async def _submit(cluster: Cluster, yaml: str, *, check: str = "") -> tuple[int, str]:
    """What is answered; with ``check`` that check must hold it back first, and the second try insists."""
    async with running_app(CONFIG, connection=cluster.connection) as app, app.person(None) as anybody:
        await app.ready()  # a check that leans on what nobody has read yet says nothing
        path = f"/n/{cluster.namespace}/create"
        reply = await anybody.post(path, {"yaml": yaml})
        if check:
            assert reply.status == 422, text_of(reply.text)
            assert f" {check} " in text_of(reply.text)
            reply = await anybody.post(path, {"yaml": yaml, "despite": "1"})
    words = text_of(html.unescape(reply.text))
    report = words.partition("in " + cluster.namespace)[2].partition("YAML, one or more documents")[0]
    return reply.status, re.sub(r"\s+", " ", report.replace(cluster.namespace, "NS")).strip()


@pytest.mark.real
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not at hand")
async def test_every_sample_is_created_or_refused_with_its_reason() -> None:
    wrong = []
    print(f"\n{'file':<100} outcome")
    for path in sorted(SAMPLES.glob("*.yaml")):
        async with contract("real") as cluster:
            status, report = await _submit(cluster, path.read_text(), check=WARNED.get(path.name, ""))
        expected = REFUSED.get(path.name)
        print(f"{path.name[:98]:<100} {'created' if status == 200 else 'refused: ' + report[:420]}")
        assert status < 500, (path.name, report)
        if (status == 200) != (expected is None) or (expected and expected not in report):
            wrong.append(f"{path.name}: {status} {report[:300]}")
    assert wrong == []
