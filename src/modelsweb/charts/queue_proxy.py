"""Knative's queue-proxy, which stands before each container that serves in Knative mode.

Since Knative 1.19 it exports ``kn_serving_…`` where the ConfigMap ``config-observability`` says
``request-metrics-protocol: prometheus``, with labels of the scrape only; before, ``revision_…`` with names of its own.
"""

from modelsweb.charts.chart import REVISION, Exporter, Query, Source, by_class, by_revision, percentiles, rate

_NEW = "kn_serving_invocation_duration_seconds"
_STATUS = "http_response_status_code"
_OLD_COUNT = "revision_app_request_count"
_OLD_TIMES = "revision_app_request_latencies"


def _per_old_revision(vector: str) -> str:
    return f'sum by ({REVISION}) (label_replace({vector}, "{REVISION}", "$$1", "revision_name", "(.+)"))'


def _new(queries: tuple[Query, ...], metric: str = f"{_NEW}_count") -> Source:
    return Source(Exporter.QUEUE_PROXY, metric, queries)


def _old(queries: tuple[Query, ...], metric: str = _OLD_COUNT) -> Source:
    return Source(Exporter.QUEUE_PROXY, metric, queries)


_new_failed = by_revision(rate(f"{_NEW}_count", f'$pods,{_STATUS}=~"5.."'))
_new_all = by_revision(rate(f"{_NEW}_count", "$pods"))
_old_failed = _per_old_revision(rate(_OLD_COUNT, '$revisions,response_code_class="5xx"'))
_old_all = _per_old_revision(rate(_OLD_COUNT, "$revisions"))

REQUESTS = (
    _new((Query(by_class(rate(f"{_NEW}_count", "$pods"), _STATUS), label="class"),)),
    _old((Query(by_class(rate(_OLD_COUNT, "$revisions"), "response_code_class"), label="class"),)),
)
ERRORS = (
    _new((Query(f"({_new_failed} or {_new_all} * 0) / {_new_all}", label=REVISION),)),
    _old((Query(f"({_old_failed} or {_old_all} * 0) / {_old_all}", label=REVISION),)),
)
LATENCY = (
    _new(percentiles(_NEW, "$pods")),
    _old(percentiles(_OLD_TIMES, "$revisions", scale=" / 1000"), f"{_OLD_TIMES}_count"),
)
IN_FLIGHT = (
    _new((Query(by_revision("kn_serving_queue_depth{$pods}"), label=REVISION),), "kn_serving_queue_depth"),
    _old(
        (Query(_per_old_revision("revision_queue_depth{$revisions}"), label=REVISION),),
        "revision_queue_depth",
    ),
)
