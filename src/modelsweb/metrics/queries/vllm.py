"""vLLM, in KServe's Hugging Face runtime or as it is: times, tokens, queue and cache of a language model.

OpenShift AI puts another prefix before the same names, ``kserve_vllm:``.
"""

from collections.abc import Callable

from modelsweb.metrics.chart import REVISION, Exporter, Query, Source, by_revision, percentiles, rate

_PREFIXES = ("vllm:", "kserve_vllm:")


def _sources(*made: Callable[[str], tuple[str, tuple[Query, ...]]]) -> tuple[Source, ...]:
    """One for each prefix, of each way to the same."""
    return tuple(Source(Exporter.VLLM, *one(prefix)) for prefix in _PREFIXES for one in made)


def _each(metric: str, how: str = "sum") -> Callable[[str], tuple[str, tuple[Query, ...]]]:
    return lambda prefix: (
        prefix + metric,
        (Query(by_revision(f"{prefix}{metric}{{$pods}}", how), label=REVISION),),
    )


def _rate(metric: str) -> Callable[[str], tuple[str, tuple[Query, ...]]]:
    return lambda prefix: (
        prefix + metric,
        (Query(by_revision(rate(prefix + metric, "$pods")), label=REVISION),),
    )


def _percentiles(metric: str) -> Callable[[str], tuple[str, tuple[Query, ...]]]:
    return lambda prefix: (f"{prefix}{metric}_count", percentiles(prefix + metric, "$pods"))


def _tokens(prefix: str) -> tuple[str, tuple[Query, ...]]:
    generated, prompt = f"{prefix}generation_tokens_total", f"{prefix}prompt_tokens_total"
    return generated, (
        Query(f"sum({rate(generated, '$pods')})", name="generated"),
        Query(f"sum({rate(prompt, '$pods')})", name="prompt"),
    )


def _queue(prefix: str) -> tuple[str, tuple[Query, ...]]:
    return f"{prefix}num_requests_waiting", (
        Query(f"sum({prefix}num_requests_running{{$pods}})", name="running"),
        Query(f"sum({prefix}num_requests_waiting{{$pods}})", name="waiting"),
    )


def _prefix_hits(prefix: str) -> tuple[str, tuple[Query, ...]]:
    hits, asked = f"{prefix}prefix_cache_hits_total", f"{prefix}prefix_cache_queries_total"
    found = f"{by_revision(rate(hits, '$pods'))} / {by_revision(rate(asked, '$pods'))}"
    return hits, (Query(found, label=REVISION),)


REQUESTS = _sources(_rate("e2e_request_latency_seconds_count"))
LATENCY = _sources(_percentiles("e2e_request_latency_seconds"))
IN_FLIGHT = _sources(_each("num_requests_running"))
FIRST_TOKEN = _sources(_percentiles("time_to_first_token_seconds"))
BETWEEN_TOKENS = _sources(
    _percentiles("inter_token_latency_seconds"), _percentiles("time_per_output_token_seconds")
)
TOKENS = _sources(_tokens)
QUEUE = _sources(_queue)
CACHE = _sources(_each("kv_cache_usage_perc", "avg"), _each("gpu_cache_usage_perc", "avg"))
PREFIX_HITS = _sources(_prefix_hits)
PREEMPTIONS = _sources(_rate("num_preemptions_total"))
