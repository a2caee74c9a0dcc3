"""The figures of a chart, as Prometheus gave them."""

from dataclasses import dataclass
from enum import StrEnum

from modelsweb.charts.chart import Chart, Exporter
from modelsweb.charts.span import Span


class Gap(StrEnum):
    """Why a chart has no figures."""

    ABSENT = "absent"
    """No source of them exported anything of the service in this time."""
    UNANSWERED = "unanswered"
    """Prometheus was away, too slow, or its answer too large."""


@dataclass(frozen=True, slots=True)
class Series:
    """One line: a value for each instant of the span, None where there is none."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """A chart with its lines, or why it has none. ``problem`` is in English, as it came."""

    chart: Chart
    span: Span
    series: tuple[Series, ...] = ()
    exporter: Exporter | None = None
    gap: Gap | None = None
    problem: str = ""
