"""One InferenceService: its metrics.

The page around the charts is a screen like every other and never reloads them; the browser asks for the figures itself,
as often as the URL says.
"""

import msgspec
from starlette.responses import Response

from modelsweb import errors
from modelsweb.charts.measured import Measured
from modelsweb.viewmodels import service_metrics
from modelsweb.viewmodels.parts import metrics_query
from modelsweb.viewmodels.parts.metrics_query import MetricsQuery
from modelsweb.viewmodels.parts.service_head import Subject
from modelsweb.viewmodels.service_metrics import MetricsData, ServiceMetrics
from modelsweb.web import subject
from modelsweb.web.rendering import translator
from modelsweb.web.screen import Screen, said
from modelsweb.web.site import Site, Visit
from modelsweb.web.subject import Audience


async def admit(visit: Visit) -> Audience[MetricsQuery]:
    """What the user may see, and which figures they asked for. Raises AccessDeniedError."""
    return await subject.admit(visit, metrics_query.parse(visit.request.query_params.multi_items()))


def build(site: Site, audience: Audience[MetricsQuery]) -> ServiceMetrics:
    """The page for an audience. Raises NotFoundError."""
    return service_metrics.build(subject.subject(site, audience), audience.query, site.panels)


SCREEN = Screen("service_metrics", admit, build, subject.changes, ("freshness", "head", "tabs"))


async def figures(visit: Visit) -> Response:
    """The figures of all charts as JSON, sentences in the user's language. Raises AccessDeniedError."""
    body = msgspec.json.encode(said(await _figures(visit), translator(visit.language)))
    return Response(body, headers={"Cache-Control": "no-store"}, media_type="application/json")


async def export(visit: Visit) -> Response:
    """The figures of one chart as CSV. Raises NotFoundError where there is no such chart, AccessDeniedError."""
    chart = visit.request.path_params["chart"]
    data = await _figures(visit, only=chart)
    found = next((one for one in data.charts if one.id == chart), None)
    if found is None:
        raise errors.NotFoundError(f"There is no chart {chart!r} of this service.")
    name = f"{visit.name}-{chart}-{visit.now.strftime('%Y%m%d-%H%M%S')}.csv"
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(
        service_metrics.to_csv(found, data), headers=headers, media_type="text/csv; charset=utf-8"
    )


async def _figures(visit: Visit, *, only: str = "") -> MetricsData:
    audience = await admit(visit)
    of = subject.subject(visit.site, audience)
    return service_metrics.figures(of, await _measured(visit, of, audience.query, only))


async def _measured(visit: Visit, of: Subject, query: MetricsQuery, only: str) -> tuple[Measured, ...]:
    reader = visit.site.figures
    await reader.require(visit.user, visit.namespace)
    if not reader.is_there:
        raise errors.NotFoundError("This app is not connected to a Prometheus.")
    start, end = query.times(visit.now.timestamp())
    charts = [chart for chart in service_metrics.charts(of) if only in {"", chart.id}]
    return await reader.measured(
        visit.user, service_metrics.measured_of(of, query), reader.span(start, end), charts
    )
