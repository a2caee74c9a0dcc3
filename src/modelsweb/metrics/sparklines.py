"""Requests and errors of many services by one query: the small lines in the list.

Counted is what comes in at the predictor. The first of queue-proxy (new and old), Istio's sidecar and KServe's own server
that knows a service is believed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from modelsweb.metrics.chart import POD_TAIL
from modelsweb.metrics.target import literal, quoted


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Requests and server errors in a second, at the instants of the last hour; None where nothing is known."""

    requests: tuple[float | None, ...]
    errors: tuple[float | None, ...]

    @property
    def in_the_hour(self) -> int | None:
        """About how many requests there were in the last hour; None where less than most of it is known: a counter that begins
        with the first request says nothing of that one."""
        known = [rate for rate in self.requests if rate is not None]
        is_known = bool(known) and len(known) >= _MOST * len(self.requests)
        return round(sum(known) / len(known) * _HOUR) if is_known else None


_HOUR = 3_600
_MOST = 0.75
_AFTER_NAME = f"-predictor-(?:[0-9]{{5}}-deployment-)?{POD_TAIL}"
_POD = f"(.+){_AFTER_NAME}"
_COUNTERS = (
    ("kn_serving_invocation_duration_seconds_count", 'http_response_status_code=~"5.."'),
    ("kn_queueproxy_app_duration_seconds_count", 'http_response_status_code=~"5.."'),
    ("istio_requests_total", 'reporter="destination",response_code=~"5.."'),
    ("request_predict_seconds_count", ""),
    ("vllm:e2e_request_latency_seconds_count", ""),
)
_OLD = ("revision_app_request_count", 'response_code_class="5xx"')


def write(services: Iterable[tuple[str, str]], *, window: int) -> str:
    """PromQL with the labels ``namespace``, ``service`` and ``what``, which is requests or errors."""
    shown = sorted(set(services))
    namespaces = quoted("|".join(sorted({literal(namespace) for namespace, _ in shown})))
    names = "|".join(sorted({literal(name) for _, name in shown}))
    pods = quoted(f"({names}){_AFTER_NAME}")
    new = f"namespace=~{namespaces},pod=~{pods}"
    old = f"namespace_name=~{namespaces},configuration_name=~{quoted(f'({names})-predictor')}"
    parts: dict[str, list[str]] = {"requests": [], "errors": []}
    for what, vectors in parts.items():
        for metric, failed in _COUNTERS:
            if what == "errors" and not failed:
                continue
            also = f",{failed}" if what == "errors" else _reporter(failed)
            vector = f"rate({metric}{{{new}{also}}}[{window}s])"
            vectors.append(
                f'sum by (namespace, service) (label_replace({vector}, "service", "$1", "pod", "{_POD}"))'
            )
        metric, failed = _OLD
        vector = f"rate({metric}{{{old}{',' + failed if what == 'errors' else ''}}}[{window}s])"
        labelled = f'label_replace({vector}, "service", "$1", "configuration_name", "(.+)-predictor")'
        labelled = f'label_replace({labelled}, "namespace", "$1", "namespace_name", "(.+)")'
        vectors.append(f"sum by (namespace, service) ({labelled})")
    return " or ".join(
        f'label_replace({" or ".join(vectors)}, "what", "{what}", "", "")' for what, vectors in parts.items()
    )


def _reporter(failed: str) -> str:
    """Istio counts each request at both ends: of those at the server alone."""
    return ',reporter="destination"' if "reporter" in failed else ""


def read(
    lines: Sequence[tuple[Mapping[str, str], tuple[float | None, ...]]], services: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Sparkline]:
    """The answer by namespace and name; of the services that were asked for only."""
    asked, found = set(services), dict[tuple[str, str], dict[str, tuple[float | None, ...]]]()
    for labels, values in lines:
        key = labels.get("namespace", ""), labels.get("service", "")
        if key in asked:
            found.setdefault(key, {})[labels.get("what", "")] = values
    return {
        key: Sparkline(both["requests"], both.get("errors", ()))
        for key, both in found.items()
        if "requests" in both
    }
