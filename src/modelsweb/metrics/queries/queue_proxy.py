"""Knative's queue-proxy, which stands before each container that serves in Knative mode.

Since Knative 1.19 it exports ``kn_…`` where the ConfigMap ``config-observability`` says
``request-metrics-protocol: prometheus``, with labels of the scrape only, at first by names that 1.21 changed; before,
``revision_…`` with names of its own. Its queue has a depth only where concurrency is limited: elsewhere the requests in
flight are the seconds that all requests together took in a second (Little's law).
"""

from modelsweb.metrics.chart import (
    REVISION,
    Exporter,
    Query,
    Source,
    by_class,
    by_revision,
    percentiles,
    rate,
)

_STATUS = "http_response_status_code"
_TIMES = ("kn_serving_invocation_duration_seconds", "kn_queueproxy_app_duration_seconds")
_DEPTHS = ("kn_serving_queue_depth", "kn_queueproxy_depth")
_OLD_COUNT = "revision_app_request_count"
_OLD_TIMES = "revision_app_request_latencies"


def _per_old_revision(vector: str) -> str:
    return f'sum by ({REVISION}) (label_replace({vector}, "{REVISION}", "$$1", "revision_name", "(.+)"))'


def _source(metric: str, *queries: Query) -> Source:
    return Source(Exporter.QUEUE_PROXY, metric, queries)


def _share(failed: str, everything: str) -> Query:
    """Nothing that failed is none, not unknown."""
    return Query(f"({failed} or {everything} * 0) / {everything}", label=REVISION)


_old_failed = _per_old_revision(rate(_OLD_COUNT, '$revisions,response_code_class="5xx"'))
_old_all = _per_old_revision(rate(_OLD_COUNT, "$revisions"))

REQUESTS = (
    *(
        _source(f"{name}_count", Query(by_class(rate(f"{name}_count", "$pods"), _STATUS), label="class"))
        for name in _TIMES
    ),
    _source(
        _OLD_COUNT, Query(by_class(rate(_OLD_COUNT, "$revisions"), "response_code_class"), label="class")
    ),
)
ERRORS = (
    *(
        _source(
            f"{name}_count",
            _share(
                by_revision(rate(f"{name}_count", f'$pods,{_STATUS}=~"5.."')),
                by_revision(rate(f"{name}_count", "$pods")),
            ),
        )
        for name in _TIMES
    ),
    _source(_OLD_COUNT, _share(_old_failed, _old_all)),
)
LATENCY = (
    *(_source(f"{name}_count", *percentiles(name, "$pods")) for name in _TIMES),
    _source(f"{_OLD_TIMES}_count", *percentiles(_OLD_TIMES, "$revisions", scale=" / 1000")),
)
IN_FLIGHT = (
    *(_source(name, Query(by_revision(f"{name}{{$pods}}"), label=REVISION)) for name in _DEPTHS),
    _source(
        "revision_queue_depth", Query(_per_old_revision("revision_queue_depth{$revisions}"), label=REVISION)
    ),
    *(
        _source(f"{name}_count", Query(by_revision(rate(f"{name}_sum", "$pods")), label=REVISION))
        for name in _TIMES
    ),
    _source(
        f"{_OLD_TIMES}_count",
        Query(f"{_per_old_revision(rate(f'{_OLD_TIMES}_sum', '$revisions'))} / 1000", label=REVISION),
    ),
)
