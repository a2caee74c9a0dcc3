"""The values of a chart, as Prometheus gave them."""

from dataclasses import dataclass
from enum import StrEnum

from modelsweb.metrics.chart import Chart, Exporter
from modelsweb.metrics.time_range import TimeRange


class Gap(StrEnum):
    """Why a chart has no values."""

    ABSENT = "absent"
    """No source of them exported anything of the service in this time."""
    UNANSWERED = "unanswered"
    """Prometheus was away, too slow, or its answer too large."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line: a value for each instant of the time range, None where there is none."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartData:
    """A chart with its lines, or why it has none. ``problem`` is in English, as it came."""

    chart: Chart
    over: TimeRange
    series: tuple[Series, ...] = ()
    exporter: Exporter | None = None
    gap: Gap | None = None
    problem: str = ""
