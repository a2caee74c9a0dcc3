"""The charts of a service, in the order of the page. To add one, follow ``docs/how-to/add-a-chart.md``."""

from modelsweb.metrics.chart import Chart, Unit
from modelsweb.metrics.queries import cluster, model_server, queue_proxy, vllm

CHARTS: tuple[Chart, ...] = (
    Chart(
        "requests",
        Unit.PER_SECOND,
        (*queue_proxy.REQUESTS, *model_server.REQUESTS, *vllm.REQUESTS),
        is_at_entry=True,
    ),
    Chart(
        "latency",
        Unit.SECONDS,
        (*queue_proxy.LATENCY, *model_server.LATENCY, *vllm.LATENCY),
        is_at_entry=True,
    ),
    Chart("errors", Unit.RATIO, (*queue_proxy.ERRORS, *model_server.ERRORS), is_at_entry=True),
    Chart(
        "in-flight",
        Unit.COUNT,
        (*queue_proxy.IN_FLIGHT, *model_server.IN_FLIGHT, *vllm.IN_FLIGHT),
        is_at_entry=True,
    ),
    Chart("first-token", Unit.SECONDS, vllm.FIRST_TOKEN, is_llm=True),
    Chart("between-tokens", Unit.SECONDS, vllm.BETWEEN_TOKENS, is_llm=True),
    Chart("tokens", Unit.PER_SECOND, vllm.TOKENS, is_llm=True),
    Chart("queue", Unit.COUNT, vllm.QUEUE, is_llm=True),
    Chart("cache", Unit.RATIO, vllm.CACHE, is_llm=True),
    Chart("replicas", Unit.COUNT, cluster.REPLICAS),
    Chart("cpu", Unit.CORES, cluster.CPU),
    Chart("memory", Unit.BYTES, cluster.MEMORY),
    Chart("gpu", Unit.RATIO, cluster.GPU),
    Chart("gpu-memory", Unit.BYTES, cluster.GPU_MEMORY),
)
