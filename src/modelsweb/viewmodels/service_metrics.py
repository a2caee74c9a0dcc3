"""The metrics of one service: the page, and the values that its charts are drawn from."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from modelsweb.kinds import (
    INFERENCE_GRAPH,
    INFERENCE_SERVICE,
    LEADER_WORKER_SET,
    LLM_INFERENCE_SERVICE,
    POD,
    REPLICA_SET,
    REVISION,
)
from modelsweb.metrics import CHARTS
from modelsweb.metrics.chart import Chart, Exporter, Unit
from modelsweb.metrics.chart_data import ChartData, Gap, Series
from modelsweb.metrics.target import Target, target
from modelsweb.text import Text, text
from modelsweb.topology import component, demand, llm_service, predictor
from modelsweb.topology import pod as pods
from modelsweb.topology.pod import LLM_PREFILL, LLM_SCHEDULER, LLM_TOKENIZER
from modelsweb.viewmodels.components import grafana
from modelsweb.viewmodels.components.cell import neutral
from modelsweb.viewmodels.components.grafana import Panel, PanelPlan
from modelsweb.viewmodels.components.judged import JudgedService
from modelsweb.viewmodels.components.metrics_query import RANGES, REFRESHES, MetricsQuery
from modelsweb.viewmodels.components.metrics_tab import MetricsTab
from modelsweb.viewmodels.components.page_head import PageHead, page_head

_KNATIVE = "Knative"
_BEHIND_ENTRY = {LLM_PREFILL, LLM_SCHEDULER, LLM_TOKENIZER}
"""Parts of an LLM service that see a request which is counted at its servers."""
_GPU_CHARTS = {"gpu", "gpu-memory"}
_TITLES: Mapping[str, tuple[Text, Text]] = {
    "requests": (text("Requests"), text("per second")),
    "latency": (text("Latency"), text("p50, p95, p99")),
    "errors": (text("Server errors"), text("share of the requests")),
    "in-flight": (text("In-flight requests"), text("concurrent")),
    "first-token": (text("Time to first token"), text("p50, p95, p99")),
    "between-tokens": (text("Inter-token latency"), text("p50, p95, p99")),
    "tokens": (text("Tokens"), text("per second")),
    "queue": (text("Model queue"), text("requests")),
    "cache": (text("KV cache"), text("usage")),
    "prefix-hits": (text("Prefix cache hits"), text("share of the tokens asked for")),
    "preemptions": (text("Preemptions"), text("per second")),
    "scheduled": (text("Scheduled requests"), text("per second")),
    "replicas": (text("Replicas"), text("ready")),
    "cpu": (text("CPU"), text("cores in use")),
    "memory": (text("Memory"), text("working set")),
    "gpu": (text("GPU"), text("utilization")),
    "gpu-memory": (text("GPU memory"), text("in use")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where a chart is drawn."""

    id: str
    title: Text
    unit: Text
    is_llm: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceMetrics:
    """The page. ``frames`` are our own charts, ``panels`` those of a Grafana, if there is one.

    ``is_shared``: the pods serve other models too, so there are no frames; ``has_source``: there is a Prometheus.
    """

    head: PageHead
    query: MetricsQuery
    ranges: tuple[str, ...]
    refreshes: tuple[int, ...]
    components: tuple[str, ...]
    revisions: tuple[str, ...]
    frames: tuple[Frame, ...]
    panels: tuple[Panel, ...]
    is_shared: bool
    has_source: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened, in seconds since 1970: ``kind`` is rollout or restart."""

    at: float
    kind: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartLines:
    """One chart's lines; ``gap`` explains why there are none, ``source`` says who exported them."""

    id: str
    unit: Unit
    series: tuple[Series, ...]
    source: str
    gap: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsData:
    """What the browser draws: ``start``, ``end`` and ``step`` in seconds say the instants of all values."""

    start: int
    end: int
    step: int
    charts: tuple[ChartLines, ...]
    marks: tuple[Mark, ...]


def build(judged: JudgedService, query: MetricsQuery, *, plans: Iterable[PanelPlan]) -> ServiceMetrics:
    """The page of a service. ``plans`` are the panels to look for in a Grafana."""
    is_shared = predictor.is_model_mesh(judged.service)
    shown = () if is_shared else charts(judged)
    return ServiceMetrics(
        head=page_head(judged),
        query=query,
        ranges=tuple(RANGES),
        refreshes=REFRESHES,
        components=_components(judged),
        revisions=tuple(sorted(_revisions(judged))),
        frames=tuple(_frame(chart) for chart in shown),
        panels=grafana.panels(judged.snapshot, plans) if _is_service(judged) else (),
        is_shared=is_shared,
        has_source=judged.metrics_tab is MetricsTab.SHOWN,
    )


def _frame(chart: Chart) -> Frame:
    title, unit = _TITLES[chart.id]
    return Frame(id=chart.id, title=title, unit=unit, is_llm=chart.is_llm)


def _is_service(judged: JudgedService) -> bool:
    return judged.seen.kind is INFERENCE_SERVICE


def _components(judged: JudgedService) -> tuple[str, ...]:
    """What of it can be measured apart."""
    if not _is_service(judged):
        return tuple(_owners(judged))
    found = component.components(judged.snapshot)
    return tuple(one.name for one in found if one.name in predictor.COMPONENTS)


def _owners(judged: JudgedService) -> Mapping[str, tuple[str, ...]]:
    """The names of what makes the pods of an object of another kind, by component: of what is there, and of pods whose makers may
    not be seen."""
    snapshot = judged.snapshot
    found: dict[str, dict[str, None]] = {}
    made = [*snapshot.deployments, *snapshot.children.get(LEADER_WORKER_SET, ())]
    for one in made:
        found.setdefault(pods.component(one), {})[one.name] = None
    for pod in judged.children.get(POD, ()):
        if name := pods.maker(pod):
            found.setdefault(pods.component(pod), {})[name] = None
    return {name: tuple(names) for name, names in found.items()}


def charts(judged: JudgedService) -> tuple[Chart, ...]:
    """The charts of a service: GPUs only where it or its pods ask for some."""
    is_llm = judged.seen.kind is LLM_INFERENCE_SERVICE
    has_gpu = bool(llm_service.devices(judged.snapshot)) if is_llm else demand.gpus(judged.snapshot) > 0
    return tuple(chart for chart in CHARTS if has_gpu or chart.id not in _GPU_CHARTS)


def target_of(judged: JudgedService, query: MetricsQuery) -> Target:
    """What of the service is measured."""
    if not _is_service(judged):
        owners = _owners(judged)
        chosen = [query.component] if query.component in owners else list(owners)
        entry = [name for name in chosen if name not in _BEHIND_ENTRY]
        return Target(
            namespace=judged.service.namespace,
            name=judged.service.name,
            component=query.component if query.component in owners else "",
            owners=tuple(one for name in chosen for one in owners[name]),
            at_entry_owners=tuple(one for name in entry or chosen for one in owners[name]),
        )
    return target(
        judged.service.namespace,
        judged.service.name,
        component=query.component,
        revision=query.revision,
        entry="transformer" if judged.service.mapping("spec", "transformer") else "predictor",
    )


def _revisions(judged: JudgedService) -> set[str]:
    """The versions that can be told apart in metrics: Knative's revisions."""
    return {one.name for one in judged.children.get(REVISION, ())}


def data(judged: JudgedService, charts: tuple[ChartData, ...]) -> MetricsData:
    """What the charts show; all are of one time range."""
    over = charts[0].over if charts else None
    start, end = (over.start, over.end) if over else (0, 0)
    marks = sorted(_marks(judged), key=lambda mark: mark.at)
    return MetricsData(
        start=start,
        end=end,
        step=over.step if over else 1,
        charts=tuple(
            ChartLines(
                id=one.chart.id,
                unit=one.chart.unit,
                series=one.series,
                source=one.exporter.value if one.exporter else "",
                gap=_gap(one, judged),
            )
            for one in charts
        ),
        marks=tuple(mark for mark in marks if start <= mark.at <= end),
    )


def _marks(judged: JudgedService) -> Iterator[Mark]:
    for kind in (REVISION, REPLICA_SET):
        for one in judged.children.get(kind, ()):
            is_knative_s_own = kind is REPLICA_SET and "-deployment-" in one.name
            if one.created is not None and not is_knative_s_own:
                yield Mark(one.created.timestamp(), "rollout", one.name)
    for pod in judged.children.get(POD, ()):
        for container in pods.containers(pod):
            ended = container.last_ended
            if ended is not None and ended.at is not None and not container.is_init:
                yield Mark(ended.at.timestamp(), "restart", f"{pod.name}/{container.name}")


def _gap(one: ChartData, judged: JudgedService) -> Text | None:
    mode = predictor.mode(judged.service)
    if one.gap is Gap.UNANSWERED:
        return text("Prometheus returned no data: {problem}", problem=one.problem)
    if one.gap is None:
        return None if one.series else text("Metrics exist, but none in this time range.")
    exporters = {source.exporter for source in one.chart.sources}
    if Exporter.DCGM in exporters:
        return text("The cluster has no DCGM exporter, so there are no GPU metrics.")
    if Exporter.CADVISOR in exporters:
        return text(
            "Prometheus scrapes neither the kubelets (cAdvisor) nor {exporter}.",
            exporter="kube-state-metrics",
        )
    if judged.seen.kind is INFERENCE_GRAPH:
        return text(
            "No metrics of the graph's router are scraped. The services that it calls have their own."
        )
    if judged.seen.kind is LLM_INFERENCE_SERVICE and Exporter.VLLM in exporters:
        return text(
            "The servers' own metrics are not scraped. Have Prometheus scrape {path} of the pods, for example by a PodMonitor.",
            path="/metrics",
        )
    if mode == _KNATIVE:
        return text(
            "The Knative queue-proxy exports no metrics. Set {setting} in the ConfigMap {configmap}, and have Prometheus scrape port {port} of the pods.",
            setting="request-metrics-protocol: prometheus",
            configmap="knative-serving/config-observability",
            port="9091",
        )
    if Exporter.KSERVE in exporters:
        return text(
            "No request metrics are scraped. Annotate the predictor with {scrape}, {port} and {path}, or use a PodMonitor.",
            scrape='prometheus.io/scrape: "true"',
            port='prometheus.io/port: "8080"',
            path="prometheus.io/path: /metrics",
        )
    return text("Without Knative only Istio's sidecar and Triton count errors, and neither is scraped here.")


def to_csv(one: ChartLines, data: MetricsData) -> str:
    """A chart's lines as CSV (RFC 4180), times in UTC."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["time", *(neutral(series.name or "other") for series in one.series)])
    for index, at in enumerate(range(data.start, data.end + 1, data.step)):
        values = [series.values[index] for series in one.series]
        time = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        writer.writerow([time, *("" if value is None else value for value in values)])
    return out.getvalue()
