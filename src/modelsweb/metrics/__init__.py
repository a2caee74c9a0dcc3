"""The charts of a service, in the order of the page. To add one, follow ``docs/how-to/add-a-chart.md``."""

from modelsweb.metrics.chart import Chart, Unit
from modelsweb.metrics.queries import cluster, model_server, queue_proxy, scheduler, vllm

CHARTS: tuple[Chart, ...] = (
    Chart(
        id="requests",
        unit=Unit.PER_SECOND,
        sources=(*queue_proxy.REQUESTS, *model_server.REQUESTS, *vllm.REQUESTS),
        is_at_entry=True,
    ),
    Chart(
        id="latency",
        unit=Unit.SECONDS,
        sources=(*queue_proxy.LATENCY, *model_server.LATENCY, *vllm.LATENCY),
        is_at_entry=True,
    ),
    Chart(
        id="errors", unit=Unit.RATIO, sources=(*queue_proxy.ERRORS, *model_server.ERRORS), is_at_entry=True
    ),
    Chart(
        id="in-flight",
        unit=Unit.COUNT,
        sources=(*queue_proxy.IN_FLIGHT, *model_server.IN_FLIGHT, *vllm.IN_FLIGHT),
        is_at_entry=True,
    ),
    Chart(id="first-token", unit=Unit.SECONDS, sources=vllm.FIRST_TOKEN, is_llm=True),
    Chart(id="between-tokens", unit=Unit.SECONDS, sources=vllm.BETWEEN_TOKENS, is_llm=True),
    Chart(id="tokens", unit=Unit.PER_SECOND, sources=vllm.TOKENS, is_llm=True),
    Chart(id="queue", unit=Unit.COUNT, sources=vllm.QUEUE, is_llm=True),
    Chart(id="cache", unit=Unit.RATIO, sources=vllm.CACHE, is_llm=True),
    Chart(id="prefix-hits", unit=Unit.RATIO, sources=vllm.PREFIX_HITS, is_llm=True),
    Chart(id="preemptions", unit=Unit.PER_SECOND, sources=vllm.PREEMPTIONS, is_llm=True),
    Chart(id="scheduled", unit=Unit.PER_SECOND, sources=scheduler.SCHEDULED, is_llm=True),
    Chart(id="replicas", unit=Unit.COUNT, sources=cluster.REPLICAS),
    Chart(id="cpu", unit=Unit.CORES, sources=cluster.CPU),
    Chart(id="memory", unit=Unit.BYTES, sources=cluster.MEMORY),
    Chart(id="gpu", unit=Unit.RATIO, sources=cluster.GPU),
    Chart(id="gpu-memory", unit=Unit.BYTES, sources=cluster.GPU_MEMORY),
)
