"""vLLM, in KServe's Hugging Face runtime or as it is: times, tokens, queue and cache of a language model."""

from modelsweb.metrics.chart import REVISION, Exporter, Query, Source, by_revision, percentiles, rate

_FIRST = "vllm:time_to_first_token_seconds"
_CACHE, _OLD_CACHE = "vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"
_BETWEEN, _OLD_BETWEEN = "vllm:inter_token_latency_seconds", "vllm:time_per_output_token_seconds"


def _source(metric: str, *queries: Query) -> Source:
    return Source(Exporter.VLLM, metric, queries)


_WHOLE = "vllm:e2e_request_latency_seconds"
REQUESTS = (_source(f"{_WHOLE}_count", Query(by_revision(rate(f"{_WHOLE}_count", "$pods")), label=REVISION)),)
LATENCY = (_source(f"{_WHOLE}_count", *percentiles(_WHOLE, "$pods")),)
IN_FLIGHT = (
    _source(
        "vllm:num_requests_running",
        Query(by_revision("vllm:num_requests_running{$pods}"), label=REVISION),
    ),
)
FIRST_TOKEN = (_source(f"{_FIRST}_count", *percentiles(_FIRST, "$pods")),)
BETWEEN_TOKENS = tuple(
    _source(f"{metric}_count", *percentiles(metric, "$pods")) for metric in (_BETWEEN, _OLD_BETWEEN)
)
TOKENS = (
    _source(
        "vllm:generation_tokens_total",
        Query(f"sum({rate('vllm:generation_tokens_total', '$pods')})", name="generated"),
        Query(f"sum({rate('vllm:prompt_tokens_total', '$pods')})", name="prompt"),
    ),
)
QUEUE = (
    _source(
        "vllm:num_requests_waiting",
        Query("sum(vllm:num_requests_running{$pods})", name="running"),
        Query("sum(vllm:num_requests_waiting{$pods})", name="waiting"),
    ),
)
CACHE = tuple(
    _source(metric, Query(by_revision(f"{metric}{{$pods}}", "avg"), label=REVISION))
    for metric in (_CACHE, _OLD_CACHE)
)
