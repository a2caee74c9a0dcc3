"""The scheduler of an LLM service, which picks a server for each request.

https://github.com/kubernetes-sigs/gateway-api-inference-extension/blob/main/site-src/guides/metrics-and-observability.md
"""

from modelsweb.metrics.chart import REVISION, Exporter, Query, Source, by_revision, rate

SCHEDULED = tuple(
    Source(Exporter.SCHEDULER, metric, (Query(by_revision(rate(metric, "$pods")), label=REVISION),))
    for metric in ("inference_objective_request_total", "inference_model_request_total")
)
