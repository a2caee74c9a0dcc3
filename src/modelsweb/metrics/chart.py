"""What a chart is, and the words that its PromQL is written with.

PromQL stands in the modules beside this one, one for each thing that exports metrics. In it ``$pods`` stands for the
matchers of the service's pods, ``$revisions`` for those by the labels of Knative before 1.19, and ``$window`` for the time
over which a rate is taken; ``metrics.target`` fills them in, and nothing else may.
"""

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a figure counts."""

    PER_SECOND = "per-second"
    RATIO = "ratio"
    """0 to 1; shown as per cent."""
    SECONDS = "seconds"
    COUNT = "count"
    CORES = "cores"
    BYTES = "bytes"


class Exporter(StrEnum):
    """Who exports a figure; tells users what to set where it is absent."""

    QUEUE_PROXY = "queue-proxy"
    KSERVE = "kserve"
    """The HTTP server of KServe's own runtimes."""
    ISTIO = "istio"
    VLLM = "vllm"
    TRITON = "triton"
    MLSERVER = "mlserver"
    TORCHSERVE = "torchserve"
    CADVISOR = "cadvisor"
    SCHEDULER = "scheduler"
    """The endpoint picker of an LLM service."""
    KUBE_STATE = "kube-state-metrics"
    DCGM = "dcgm"


@dataclass(frozen=True, slots=True)
class Query:
    """PromQL for one or more lines. Several are distinguished by ``label``; ``name`` names a single one."""

    promql: str
    name: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One way to a chart's values: there where ``metric`` is, a metric name as the exporter writes it."""

    exporter: Exporter
    metric: str
    queries: tuple[Query, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart. Of the sources the first that is there is taken. ``is_llm`` charts are shown where one is there.

    ``is_at_entry`` charts count requests, and so at one component only: that at which they come in.
    """

    id: str
    unit: Unit
    sources: tuple[Source, ...]
    is_llm: bool = False
    is_at_entry: bool = False


REVISION = "revision"
COMPONENTS = ("predictor", "transformer", "explainer")
POD_TAIL = "[a-z0-9]+(?:-[a-z0-9]{5})?"
"""What Kubernetes adds to a Deployment's name; of a long name it cuts the end, and with it the last dash."""
_REVISION_OF_POD = f"(.+-(?:{'|'.join(COMPONENTS)})(?:-worker)?(?:-[0-9]{{5}})?)-(?:deployment-)?{POD_TAIL}"


_OWNER_OF_POD = "(.+?)-(?:[a-z0-9]+-[a-z0-9]{5}|[0-9]+(?:-[0-9]+)?)"
"""Of a pod that is not called after a component: that of a Deployment, or of a group on several nodes."""


def by_revision(vector: str, how: str = "sum") -> str:
    """An instant vector with the label ``pod``, brought together by what the pods are replicas of."""
    for pattern in (_OWNER_OF_POD, _REVISION_OF_POD):  # the second wins where it matches
        vector = f'label_replace({vector}, "{REVISION}", "$$1", "pod", "{pattern}")'
    return f"{how} by ({REVISION}) ({vector})"


def by_class(vector: str, label: str) -> str:
    """An instant vector with an HTTP status in ``label``, brought together by 2xx, 3xx, 4xx, 5xx.

    A label that an exporter called ``class`` by itself is taken off first: what it says is not ours.
    """
    vector = f'label_replace({vector}, "class", "", "", "")'
    return f'sum by (class) (label_replace({vector}, "class", "$${{1}}xx", "{label}", "([0-9]).*"))'


def rate(metric: str, matchers: str) -> str:
    """How often a counter counts in a second."""
    return f"rate({metric}{{{matchers}}}[$window])"


def percentiles(metric: str, matchers: str, *, scale: str = "") -> tuple[Query, ...]:
    """p50, p95 and p99 of a histogram; ``scale`` is PromQL that brings them to seconds."""
    return tuple(
        Query(
            f"histogram_quantile({share}, sum by (le) ({rate(f'{metric}_bucket', matchers)})){scale}",
            name=name,
        )
        for share, name in (("0.5", "p50"), ("0.95", "p95"), ("0.99", "p99"))
    )
