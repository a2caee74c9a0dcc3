"""Metrics of models, on behalf of a user: first the right to the pods' metrics, then Prometheus.

Prometheus knows no rights, so no PromQL comes from outside: it is ours, and confined to the pods of services that the
user may see. Equal queries of the same time share one answer, however many look; an answer is there within
``_SECONDS``, be it that there is none.
"""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
from typing import TypeVar

from modelsweb import errors
from modelsweb.clock import Clock
from modelsweb.gateway.access import Access, User, attributes
from modelsweb.gateway.reader import ObjectGrant
from modelsweb.gateway.single_flight import SingleFlight
from modelsweb.kinds import POD_METRICS
from modelsweb.metrics import sparklines
from modelsweb.metrics.chart import Chart, Query, Source
from modelsweb.metrics.chart_data import ChartData, Gap, Series
from modelsweb.metrics.sparklines import Sparkline
from modelsweb.metrics.target import Target
from modelsweb.metrics.time_range import TimeRange, time_range
from modelsweb.prometheus.client import Prometheus

_SECONDS = 9.0
_AT_ONCE = 8
_MAX_ANSWERS = 256
_MAX_LINES = 20
_MAX_SERIES = 500
"""Of one answer: two for each row of the longest page of a list, and no more."""
_SCRAPES_PER_RATE = 4
_SPARK_SECONDS = 3_600
_SPARK_STEP = 150

_Lines = list[tuple[Mapping[str, str], tuple[float | None, ...]]]
_Value = TypeVar("_Value")


class MetricsReader:
    """What users see of Prometheus. Without one (None) nothing is there."""

    def __init__(
        self, access: Access, prometheus: Prometheus | None, *, clock: Clock, scrape_seconds: int
    ) -> None:
        self._access = access
        self._prometheus = prometheus
        self._clock = clock
        self._scrape_seconds = max(1, scrape_seconds)
        self._answers = SingleFlight[tuple[str, TimeRange], _Lines](
            clock, seconds=self._scrape_seconds, maximum=_MAX_ANSWERS
        )
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self.is_there = prometheus is not None

    async def allows(self, user: User, namespace: str | None) -> bool:
        """Whether the user may see metrics of pods in a namespace, or in all (None)."""
        return await self._access.allows(user, attributes(POD_METRICS, "get", namespace=namespace))

    async def require(self, user: User, namespace: str) -> None:
        """Raises AccessDeniedError where the user may not see figures of pods in the namespace."""
        await self._access.require(user, attributes(POD_METRICS, "get", namespace=namespace))

    async def chart_data(
        self, user: User, grant: ObjectGrant, *, target: Target, over: TimeRange, charts: Iterable[Chart]
    ) -> tuple[ChartData, ...]:
        """The charts of a granted service with their values; those of language models only where there are any.

        Raises AccessDeniedError. That Prometheus fails is said by each chart.
        """
        assert (target.namespace, target.name) == (grant.ref.namespace, grant.ref.name)
        await self.require(user, grant.ref.namespace)
        wanted = tuple(charts)
        deadline = self._clock.monotonic() + _SECONDS
        try:
            present = await self._within(deadline, self._present(target, over, charts=wanted))
        except errors.ModelswebError as error:
            return tuple(
                ChartData(chart=chart, over=over, gap=Gap.UNANSWERED, problem=error.message)
                for chart in wanted
                if not chart.is_llm
            )
        chosen = [(chart, _source(chart, present)) for chart in wanted]
        found = await asyncio.gather(
            *(
                self._chart(deadline, target, over=over, chart=chart, source=source)
                for chart, source in chosen
                if source is not None or not chart.is_llm
            )
        )
        return tuple(found)

    async def sparklines(
        self, user: User, services: Iterable[tuple[str, str]]
    ) -> Mapping[tuple[str, str], Sparkline] | None:
        """Requests and errors of the last hour of some services (namespace and name), by one query.

        Those in namespaces whose metrics the user may not see are left out; None where Prometheus does not answer.
        """
        asked = sorted(set(services))
        namespaces = sorted({namespace for namespace, _ in asked})
        answers = await asyncio.gather(*(self.allows(user, namespace) for namespace in namespaces))
        allowed = {namespace for namespace, is_allowed in zip(namespaces, answers, strict=True) if is_allowed}
        shown = [one for one in asked if one[0] in allowed]
        if not shown or self._prometheus is None:
            return {}
        now = self._clock.now().timestamp()
        over = time_range(now - _SPARK_SECONDS, now, min_step=max(_SPARK_STEP, self._scrape_seconds))
        try:
            deadline = self._clock.monotonic() + _SECONDS
            lines = await self._within(
                deadline, self._lines(sparklines.write(shown, window=self._window(over)), over)
            )
        except errors.ModelswebError:
            return None
        return sparklines.read(lines, shown)

    def _window(self, over: TimeRange) -> int:
        return max(_SCRAPES_PER_RATE * self._scrape_seconds, over.step + self._scrape_seconds)

    async def _within(self, deadline: float, answer: Awaitable[_Value]) -> _Value:
        try:
            async with asyncio.timeout(max(0.0, deadline - self._clock.monotonic())):
                return await answer
        except TimeoutError as error:
            raise errors.UnavailableError(f"Prometheus did not answer within {_SECONDS:g} s.") from error

    async def _present(self, target: Target, over: TimeRange, *, charts: Iterable[Chart]) -> frozenset[str]:
        metrics = frozenset(source.metric for chart in charts for source in chart.sources)
        lines = await self._lines(target.presence(metrics, over), TimeRange(over.end, over.end, over.step))
        return frozenset(labels.get("__name__", "") for labels, _ in lines)

    async def _chart(
        self, deadline: float, target: Target, *, over: TimeRange, chart: Chart, source: Source | None
    ) -> ChartData:
        if source is None:
            return ChartData(chart=chart, over=over, gap=Gap.ABSENT)
        window = self._window(over)
        whose = target.at_entry if chart.is_at_entry else target
        try:
            answers = await self._within(
                deadline,
                asyncio.gather(
                    *(self._lines(whose.write(query, window=window), over) for query in source.queries)
                ),
            )
        except errors.ModelswebError as error:
            return ChartData(
                chart=chart, over=over, exporter=source.exporter, gap=Gap.UNANSWERED, problem=error.message
            )
        series = [
            Series(_name(query, labels), values)
            for query, lines in zip(source.queries, answers, strict=True)
            for labels, values in lines
            if any(value is not None for value in values)
        ]
        if not any(query.name for query in source.queries):
            series.sort(key=lambda one: one.name)
        return ChartData(chart=chart, over=over, series=tuple(series[:_MAX_LINES]), exporter=source.exporter)

    async def _lines(self, promql: str, over: TimeRange) -> _Lines:
        """The answer to a query, shared by all who ask for the same. Raises UnavailableError."""
        return await self._answers.get((promql, over), lambda: self._ask(promql, over))

    async def _ask(self, promql: str, over: TimeRange) -> _Lines:
        if self._prometheus is None:
            raise errors.UnavailableError("No Prometheus is configured.")
        async with self._at_once:
            return (await self._prometheus.range(promql, over))[:_MAX_SERIES]


def _source(chart: Chart, present: frozenset[str]) -> Source | None:
    return next((source for source in chart.sources if source.metric in present), None)


def _name(query: Query, labels: Mapping[str, str]) -> str:
    return query.name or labels.get(query.label, "")
