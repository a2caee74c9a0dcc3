"""Charts of an object with their values, as Prometheus has them."""

from typing import Annotated, Literal

from msgspec import Meta
from starlette.responses import Response

from modelsweb import errors
from modelsweb.metrics.time_range import time_range
from modelsweb.viewmodels import service_metrics
from modelsweb.viewmodels.components.judged import JudgedService
from modelsweb.viewmodels.components.metrics_query import RANGES, MetricsQuery
from modelsweb.viewmodels.service_metrics import MetricsData
from modelsweb.web.api.v1 import answers
from modelsweb.web.api.v1.operation import Query, wrong
from modelsweb.web.api.v1.place import WITH_PODS, admitted, judged, kind_in
from modelsweb.web.api.v1.schemas import ChartInfo, Figures, Line
from modelsweb.web.site import RequestContext

Range = Literal["15m", "1h", "6h", "24h", "7d"]
_LAST = 4_102_444_800
_LONGEST = 90 * 86_400
_SHORTEST = 60


class FigureQuery(Query, frozen=True, kw_only=True):
    """Of what time, and of what part."""

    range: Annotated[Range, Meta(description="Up to now.")] = "1h"
    start: Annotated[
        int, Meta(ge=0, le=_LAST, description="Seconds since 1970, with end; in place of range.")
    ] = 0
    end: Annotated[
        int, Meta(ge=0, le=_LAST, description="Seconds since 1970; a minute to 90 days after start.")
    ] = 0
    chart: Annotated[str, Meta(max_length=63, description="One chart alone, such as requests.")] = ""
    component: Annotated[str, Meta(max_length=63, description="One component alone.")] = ""
    revision: Annotated[str, Meta(max_length=253, description="One revision of Knative alone.")] = ""


async def read(context: RequestContext, query: FigureQuery) -> Response:
    """The charts. Raises AccessDeniedError, and NotFoundError where the app has no Prometheus."""
    kind = kind_in(context, WITH_PODS)
    assert set(RANGES) == {"15m", "1h", "6h", "24h", "7d"}
    wanted = _wanted(query)
    reader = context.site.metrics
    await reader.require(context.user, context.namespace)
    if not reader.is_there:
        raise errors.NotFoundError("This app is not connected to a Prometheus.")
    grant, seen = await admitted(context, kind), await judged(context, kind)
    assert isinstance(seen, JudgedService)
    start, end = wanted.times(context.now.timestamp())
    charts = [one for one in service_metrics.charts(seen) if query.chart in {"", one.id}]
    if not charts:
        raise errors.NotFoundError(f"There is no chart {query.chart!r} of this object.")
    found = await reader.chart_data(
        context.user,
        grant,
        target=service_metrics.target_of(seen, wanted),
        over=time_range(start, end, min_step=context.site.config.metrics.scrape_seconds),
        charts=charts,
    )
    async with context.site.rate_limit.turn(context.user):
        return answers.of(context, _figures(service_metrics.data(seen, found)))


def _figures(data: MetricsData) -> Figures:
    charts = [
        ChartInfo(
            id=one.id,
            unit=one.unit,
            series=[Line(name=line.name, values=list(line.values)) for line in one.series],
            source=one.source,
            gap=str(one.gap) if one.gap is not None else "",
        )
        for one in data.charts
    ]
    return Figures(start=data.start, end=data.end, step=data.step, charts=charts)


def _wanted(query: FigureQuery) -> MetricsQuery:
    """Raises BadRequestError for a time that makes no sense."""
    if (query.start or query.end) and not _SHORTEST <= query.end - query.start <= _LONGEST:
        raise wrong("end", "it must come a minute to 90 days after start.")
    return MetricsQuery(
        range=query.range,
        start=query.start,
        end=query.end,
        component=query.component,
        revision=query.revision,
    )
