"""One InferenceService: its metrics.

The page around the charts is a screen like every other and never reloads them; the browser asks for the figures itself,
as often as the URL says.
"""

import msgspec
from starlette.responses import Response

from modelsweb import errors
from modelsweb.metrics.chart_data import ChartData
from modelsweb.metrics.time_range import time_range
from modelsweb.viewmodels import service_metrics
from modelsweb.viewmodels.components import metrics_query
from modelsweb.viewmodels.components.judged import JudgedService
from modelsweb.viewmodels.components.metrics_query import MetricsQuery
from modelsweb.viewmodels.service_metrics import MetricsData, ServiceMetrics
from modelsweb.web import export as file
from modelsweb.web import service_page
from modelsweb.web.live_page import localized
from modelsweb.web.rendering import translator
from modelsweb.web.service_page import Audience
from modelsweb.web.site import RequestContext, Site


async def admit(context: RequestContext) -> Audience[MetricsQuery]:
    """What the user may see, and which figures they asked for. Raises AccessDeniedError."""
    return await service_page.admit(context, metrics_query.parse(context.request.query_params.multi_items()))


def build(site: Site, audience: Audience[MetricsQuery]) -> ServiceMetrics:
    """The page for an audience. Raises NotFoundError."""
    return service_metrics.build(service_page.judged(site, audience), audience.query, plans=site.panels)


PAGE = service_page.tab("service_metrics", build, admit=admit)


async def data(context: RequestContext) -> Response:
    """The data of all charts as JSON, sentences in the user's language. Raises AccessDeniedError."""
    body = msgspec.json.encode(localized(await _data(context), translator(context.language)))
    return Response(body, headers={"Cache-Control": "no-store"}, media_type="application/json")


async def export(context: RequestContext) -> Response:
    """The data of one chart as CSV. Raises NotFoundError where there is no such chart, AccessDeniedError."""
    chart = context.request.path_params["chart"]
    data = await _data(context, only=chart)
    lines = next((lines for lines in data.charts if lines.id == chart), None)
    if lines is None:
        raise errors.NotFoundError(f"There is no chart {chart!r} of this service.")
    name = file.dated(context, f"{context.name}-{chart}", form="csv")
    return file.attachment(name, service_metrics.to_csv(lines, data), media=file.CSV)


async def _data(context: RequestContext, *, only: str = "") -> MetricsData:
    audience = await admit(context)
    judged = service_page.judged(context.site, audience)
    return service_metrics.data(judged, await _chart_data(context, audience, judged=judged, only=only))


async def _chart_data(
    context: RequestContext, audience: Audience[MetricsQuery], *, judged: JudgedService, only: str
) -> tuple[ChartData, ...]:
    reader = context.site.metrics
    await reader.require(context.user, context.namespace)
    if not reader.is_there:
        raise errors.NotFoundError("This app is not connected to a Prometheus.")
    start, end = audience.query.times(context.now.timestamp())
    return await reader.chart_data(
        context.user,
        audience.grant,
        target=service_metrics.target_of(judged, audience.query),
        over=time_range(start, end, min_step=context.site.config.metrics.scrape_seconds),
        charts=[chart for chart in service_metrics.charts(judged) if only in {"", chart.id}],
    )
