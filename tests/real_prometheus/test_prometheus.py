"""The charts' numbers are those of the traffic, through a real Prometheus."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.real_prometheus.conftest import NAMESPACE, SCRAPE_SECONDS, Exporter, scraping
from tests.running import App, Person, running_app
from tests.waiting import until

from modelsweb.config import AuthConfig, Config, MetricsConfig, WebConfig
from modelsweb.kinds import DEPLOYMENT, INFERENCE_SERVICE, LLM_INFERENCE_SERVICE
from modelsweb.metrics import CHARTS

CONFIG = Config(
    web=WebConfig(secure_cookies=False, port=0),
    auth=AuthConfig(cache_seconds=0.0),
    metrics=MetricsConfig(scrape_seconds=SCRAPE_SECONDS),
)
_NEW = "kn_serving_invocation_duration_seconds"
_PLAIN = 'model_name="plain"'
_OK, _BUSY = 'http_response_status_code="200"', 'http_response_status_code="503"'
_SERVER = 'reporter="destination"'
_OLD = 'namespace_name="team-risk",configuration_name="older-predictor",revision_name="older-predictor-00003"'


def _buckets(name: str, labels: str, edges: Mapping[str, float]) -> str:
    """A histogram whose buckets fill at these rates; half a unit for each observation."""
    comma = "," if labels else ""
    lines = [f'{name}_bucket{{{labels}{comma}le="{edge}"}} +{rate}' for edge, rate in edges.items()]
    count = edges["+Inf"]
    return "\n".join([*lines, f"{name}_count{{{labels}}} +{count}", f"{name}_sum{{{labels}}} +{count / 2}"])


def _standard(name: str, component: str = "predictor") -> str:
    return f"{name}-{component}-6b8c9d7f5-x2x4z"


EXPORTERS = (
    Exporter(
        "newer-predictor-00001-deployment-6b8c9d7f5-x2x4z",
        f"""
{_buckets(_NEW, _OK, {"0.1": 4, "0.2": 7.6, "1": 8, "+Inf": 8})}
{_buckets(_NEW, _BUSY, {"0.1": 1, "0.2": 1.9, "1": 2, "+Inf": 2})}
kn_serving_queue_depth 3
container_cpu_usage_seconds_total{{container="kserve-container"}} +0.5
container_cpu_usage_seconds_total{{container="queue-proxy"}} +0.25
container_cpu_usage_seconds_total{{container=""}} +9
container_memory_working_set_bytes{{container="kserve-container"}} 1000
""",
    ),
    Exporter(
        "newer-predictor-00002-deployment-7c8c9d7f5-a2b4c",
        f"""
{_buckets(_NEW, _OK, {"0.1": 10, "0.2": 19, "1": 20, "+Inf": 20})}
container_memory_working_set_bytes{{container="kserve-container"}} 500
""",
    ),
    Exporter(
        "newer-predictor-predictor-00001-deployment-6b8c9d7f5-x2x4z",
        _buckets(_NEW, _OK, {"0.1": 1000, "+Inf": 1000}),
    ),
    Exporter(
        "older-predictor-00003-deployment-6b8c9d7f5-x2x4z",
        f"""
revision_app_request_count{{{_OLD},response_code="200",response_code_class="2xx"}} +9
revision_app_request_count{{{_OLD},response_code="500",response_code_class="5xx"}} +1
revision_queue_depth{{{_OLD}}} 2
{_buckets("revision_app_request_latencies", _OLD, {"100": 5, "200": 9.5, "1000": 10, "+Inf": 10})}
""",
    ),
    Exporter(
        "plain-predictor-6b8c9d7f5-x2x4z",
        f"""
{_buckets("request_predict_seconds", _PLAIN, {"0.01": 2, "0.02": 3.8, "0.1": 4, "+Inf": 4})}
kube_pod_status_ready{{condition="true"}} 1
kube_pod_status_ready{{condition="false"}} 0
DCGM_FI_DEV_GPU_UTIL 40
DCGM_FI_DEV_FB_USED 2048
""",
    ),
    Exporter(
        "chat-predictor-6b8c9d7f5-x2x4z",
        f"""
{_buckets("vllm:time_to_first_token_seconds", "", {"0.2": 1, "0.4": 1.9, "2": 2, "+Inf": 2})}
vllm:generation_tokens_total +300
vllm:prompt_tokens_total +700
vllm:num_requests_running 5
vllm:num_requests_waiting 2
vllm:kv_cache_usage_perc 0.25
vllm:prefix_cache_hits_total +30
vllm:prefix_cache_queries_total +40
vllm:num_preemptions_total +3
{_buckets("vllm:e2e_request_latency_seconds", "", {"2": 1, "4": 1.9, "20": 2, "+Inf": 2})}
{_buckets("vllm:inter_token_latency_seconds", "", {"0.02": 100, "0.04": 190, "0.2": 200, "+Inf": 200})}
""",
    ),
    Exporter(
        _standard("chat-of-old"),
        f"""
{_buckets("vllm:time_per_output_token_seconds", "", {"0.02": 100, "0.04": 190, "0.2": 200, "+Inf": 200})}
vllm:gpu_cache_usage_perc 0.75
""",
    ),
    Exporter(
        "talk-kserve-6b8c9d7f5-x2x4z",
        f"""
{_buckets("kserve_vllm:time_to_first_token_seconds", "", {"0.2": 1, "0.4": 1.9, "2": 2, "+Inf": 2})}
kserve_vllm:generation_tokens_total +30
kserve_vllm:prompt_tokens_total +70
kserve_vllm:num_requests_running 4
kserve_vllm:num_requests_waiting 1
kserve_vllm:kv_cache_usage_perc 0.5
kserve_vllm:prefix_cache_hits_total +10
kserve_vllm:prefix_cache_queries_total +40
kserve_vllm:num_preemptions_total +2
{_buckets("kserve_vllm:e2e_request_latency_seconds", "", {"2": 1, "4": 1.9, "20": 2, "+Inf": 2})}
{_buckets("kserve_vllm:inter_token_latency_seconds", "", {"0.02": 100, "0.04": 190, "0.2": 200, "+Inf": 200})}
""",
    ),
    Exporter(
        "talk-kserve-prefill-6b8c9d7f5-x2x4z",
        f"""
kserve_vllm:num_requests_running 7
{_buckets("kserve_vllm:e2e_request_latency_seconds", "", {"2": 100, "+Inf": 100})}
""",
    ),
    Exporter("talk-kserve-router-scheduler-6b8c9d7f5-x2x4z", "inference_objective_request_total +2"),
    Exporter(
        "talk-kserve-kserve-6b8c9d7f5-x2x4z",  # of another service, which is called talk-kserve
        f"""
inference_model_request_total +9
{_buckets("kserve_vllm:e2e_request_latency_seconds", "", {"2": 500, "+Inf": 500})}
{_buckets("kserve_vllm:time_per_output_token_seconds", "", {"0.02": 100, "+Inf": 100})}
kserve_vllm:gpu_cache_usage_perc 0.9
""",
    ),
    Exporter(
        "former-predictor-00001-deployment-6b8c9d7f5-x2x4z",
        f"""
{_buckets("kn_queueproxy_app_duration_seconds", _OK, {"0.1": 3, "0.2": 5.7, "1": 6, "+Inf": 6})}
{_buckets("kn_queueproxy_app_duration_seconds", _BUSY, {"0.1": 1, "0.2": 1.9, "1": 2, "+Inf": 2})}
kn_queueproxy_depth 4
""",
    ),
    Exporter(
        _standard("meshed"),
        f"""
istio_requests_total{{reporter="destination",response_code="200"}} +6
istio_requests_total{{reporter="destination",response_code="503"}} +2
istio_requests_total{{reporter="source",response_code="200"}} +100
{_buckets("istio_request_duration_milliseconds", _SERVER, {"100": 4, "200": 7.6, "1000": 8, "+Inf": 8})}
""",
    ),
    Exporter(_standard("tri"), "nv_inference_request_success +3\nnv_inference_request_failure +1"),
    Exporter(_standard("ml"), "model_infer_request_success_total +4"),
    Exporter(_standard("torch"), "ts_inference_requests_total +5"),
    Exporter(
        _standard("pair", "transformer"),
        _buckets("request_predict_seconds", _PLAIN, {"0.1": 4, "0.2": 7.6, "1": 8, "+Inf": 8}),
    ),
    Exporter(
        _standard("pair"),
        f"""
{_buckets("request_predict_seconds", _PLAIN, {"0.01": 4, "0.02": 7.6, "0.1": 8, "+Inf": 8})}
container_memory_working_set_bytes{{container="kserve-container"}} 500
""",
    ),
)

EXPECTED: Mapping[str, Mapping[str, Mapping[str, float]]] = {
    "newer": {
        "requests": {"2xx": 28.0, "5xx": 2.0},
        "errors": {"newer-predictor-00001": 0.2, "newer-predictor-00002": 0.0},
        "latency": {"p50": 0.1, "p95": 0.2, "p99": 0.84},
        "in-flight": {"newer-predictor-00001": 3.0},
        "cpu": {"newer-predictor-00001": 0.75},
        "memory": {"newer-predictor-00001": 1000.0, "newer-predictor-00002": 500.0},
        "replicas": {"newer-predictor-00001": 1.0, "newer-predictor-00002": 1.0},
    },
    "older": {
        "requests": {"2xx": 9.0, "5xx": 1.0},
        "errors": {"older-predictor-00003": 0.1},
        "latency": {"p50": 0.1, "p95": 0.2, "p99": 0.84},
        "in-flight": {"older-predictor-00003": 2.0},
    },
    "former": {
        "requests": {"2xx": 6.0, "5xx": 2.0},
        "errors": {"former-predictor-00001": 0.25},
        "latency": {"p50": 0.1, "p95": 0.2, "p99": 0.84},
        "in-flight": {"former-predictor-00001": 4.0},
    },
    "meshed": {
        "requests": {"2xx": 6.0, "5xx": 2.0},
        "errors": {"meshed-predictor": 0.25},
        "latency": {"p50": 0.1, "p95": 0.2, "p99": 0.84},
        "in-flight": {"meshed-predictor": 0.004},
    },
    "tri": {"requests": {"2xx": 3.0, "5xx": 1.0}, "errors": {"tri-predictor": 0.25}},
    "ml": {"requests": {"2xx": 4.0}, "errors": {"ml-predictor": 0.0}},
    "torch": {"requests": {"torch-predictor": 5.0}},
    "pair": {
        "requests": {"pair-transformer": 8.0},
        "latency": {"p50": 0.1, "p95": 0.2, "p99": 0.84},
        "memory": {"pair-predictor": 500.0},
    },
    "plain": {
        "requests": {"plain-predictor": 4.0},
        "latency": {"p50": 0.01, "p95": 0.02, "p99": 0.084},
        "in-flight": {"plain-predictor": 2.0},
        "replicas": {"plain-predictor": 1.0},
        "gpu": {"plain-predictor": 0.4},
        "gpu-memory": {"plain-predictor": 2048.0 * 1024 * 1024},
    },
    "chat-of-old": {
        "between-tokens": {"p50": 0.02, "p95": 0.04, "p99": 0.168},
        "cache": {"chat-of-old-predictor": 0.75},
    },
    "chat": {
        "requests": {"chat-predictor": 2.0},
        "latency": {"p50": 2.0, "p95": 4.0, "p99": 16.8},
        "in-flight": {"chat-predictor": 5.0},
        "between-tokens": {"p50": 0.02, "p95": 0.04, "p99": 0.168},
        "first-token": {"p50": 0.2, "p95": 0.4, "p99": 1.68},
        "tokens": {"generated": 300.0, "prompt": 700.0},
        "queue": {"running": 5.0, "waiting": 2.0},
        "cache": {"chat-predictor": 0.25},
        "prefix-hits": {"chat-predictor": 0.75},
        "preemptions": {"chat-predictor": 3.0},
    },
}
OF_LLM: Mapping[str, Mapping[str, float]] = {
    "requests": {"talk-kserve": 2.0},
    "latency": {"p50": 2.0, "p95": 4.0, "p99": 16.8},
    "in-flight": {"talk-kserve": 4.0},
    "first-token": {"p50": 0.2, "p95": 0.4, "p99": 1.68},
    "between-tokens": {"p50": 0.02, "p95": 0.04, "p99": 0.168},
    "tokens": {"generated": 30.0, "prompt": 70.0},
    "queue": {"running": 11.0, "waiting": 1.0},
    "cache": {"talk-kserve": 0.5},
    "prefix-hits": {"talk-kserve": 0.25},
    "preemptions": {"talk-kserve": 2.0},
    "scheduled": {"talk-kserve-router-scheduler": 2.0},
}
"""Requests are counted at the servers that answer them, once."""
TRANSFORMER = {"containers": [{"name": "kserve-container", "image": "example.com/transformer:1"}]}
_GPU = {"limits": {"nvidia.com/gpu": "1"}}


async def _add_llm(app: App, name: str, *parts: str) -> None:
    """An LLM service with the Deployments that KServe makes for its parts."""
    body = {
        "apiVersion": LLM_INFERENCE_SERVICE.api_version,
        "kind": LLM_INFERENCE_SERVICE.kind,
        "metadata": {"name": name},
        "spec": {"model": {"uri": "hf://org/model"}},
    }
    made = await app.cluster.create(LLM_INFERENCE_SERVICE, body, namespace=NAMESPACE)
    owner = {
        "apiVersion": body["apiVersion"],
        "kind": body["kind"],
        "name": name,
        "uid": made["metadata"]["uid"],
    }
    for part, component in zip(("", "-prefill", "-router-scheduler"), parts, strict=False):
        labels = {
            "app.kubernetes.io/name": name,
            "app.kubernetes.io/part-of": "llminferenceservice",
            "app.kubernetes.io/component": component,
        }
        deployment = {
            "apiVersion": DEPLOYMENT.api_version,
            "kind": DEPLOYMENT.kind,
            "metadata": {
                "name": f"{name}-kserve{part}",
                "labels": labels,
                "ownerReferences": [{**owner, "controller": True}],
            },
            "spec": {
                "selector": {"matchLabels": labels},
                "template": {
                    "metadata": {"labels": labels},
                    "spec": {"containers": [{"name": "main", "image": "example.com/server:1"}]},
                },
            },
        }
        await app.cluster.create(DEPLOYMENT, deployment, namespace=NAMESPACE)


async def _last(
    person: Person, service: str, query: str = "", *, plural: str = "services"
) -> dict[str, dict[str, float]]:
    """The last value of each line of each chart."""
    answer = await person.get(f"/n/{NAMESPACE}/{plural}/{service}/metrics/charts.json?range=15m{query}")
    assert answer.status == 200, answer.text
    found: dict[str, dict[str, float]] = {}
    for chart in json.loads(answer.text)["charts"]:
        values: dict[str, Any] = {
            one["name"]: [value for value in one["values"] if value is not None] for one in chart["series"]
        }
        found[chart["id"]] = {name: some[-1] for name, some in values.items() if some}
    return found


async def _agrees(
    person: Person, service: str, charts: Mapping[str, Mapping[str, float]], *, plural: str = "services"
) -> None:
    """Waits until the charts show what is expected of them."""

    async def is_so() -> bool:
        found = await _last(person, service, plural=plural)
        return all(
            found.get(chart, {}) == pytest.approx(dict(lines), rel=0.05, abs=1e-6)
            for chart, lines in charts.items()
        )

    try:
        await until(is_so)
    except AssertionError:
        found = await _last(person, service, plural=plural)
        assert {chart: found.get(chart) for chart in charts} == charts
        raise


def test_every_source_meets_a_real_prometheus() -> None:
    exported = "\n".join(one.lines for one in EXPORTERS)
    missing = [
        source.metric
        for chart in CHARTS
        for source in chart.sources
        if not re.search(rf"^{source.metric}[ {{]", exported, re.MULTILINE)
    ]
    assert missing == []


@pytest.mark.prometheus
async def test_the_charts_show_the_traffic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelsweb.gateway.metrics._SPARK_SECONDS", 60)
    monkeypatch.setattr("modelsweb.gateway.metrics._SPARK_STEP", 1)
    async with scraping(EXPORTERS, tmp_path) as url:
        config = replace(CONFIG, metrics=replace(CONFIG.metrics, prometheus_url=url))
        async with running_app(config) as app, app.alice as alice:
            for name in EXPECTED:
                more = {"transformer": TRANSFORMER} if name == "pair" else {}
                model = {"modelFormat": {"name": "sklearn"}, "storageUri": "s3://a/b"}
                model |= {"resources": _GPU} if name == "plain" else {}
                await app.add(name, model=model)
                if more:
                    await app.cluster.patch(INFERENCE_SERVICE, {"spec": more}, namespace=NAMESPACE, name=name)
            for name, charts in EXPECTED.items():
                await _agrees(alice, name, charts)

            await _add_llm(
                app,
                "talk",
                "llminferenceservice-workload",
                "llminferenceservice-workload-prefill",
                "llminferenceservice-router-scheduler",
            )
            await _add_llm(app, "talk-kserve", "llminferenceservice-workload")
            await _agrees(alice, "talk", OF_LLM, plural="llm-services")
            of_prefill = await _last(alice, "talk", "&comp=prefill", plural="llm-services")
            assert of_prefill["in-flight"] == {"talk-kserve-prefill": 7.0}

            one = await _last(alice, "newer", "&rev=newer-predictor-00001")
            assert one["requests"] == pytest.approx({"2xx": 8.0, "5xx": 2.0}, rel=0.05)
            foreign = await _last(alice, "newer", "&rev=older-predictor-00003")
            assert foreign["requests"] == pytest.approx({"2xx": 28.0, "5xx": 2.0}, rel=0.05)

            sparklines = json.loads((await alice.get(f"/n/{NAMESPACE}/services/-/sparklines.json")).text)
            last = {name.partition("/")[2]: one["requests"][-1] for name, one in sparklines.items()}
            rate_limit = {
                "newer": 30,
                "older": 10,
                "former": 8,
                "meshed": 8,
                "plain": 4,
                "chat": 2,
                "pair": 8,
            }
            assert last == pytest.approx(rate_limit, rel=0.05)
            assert sparklines[f"{NAMESPACE}/newer"]["errors"][-1] == pytest.approx(2.0, rel=0.05)
