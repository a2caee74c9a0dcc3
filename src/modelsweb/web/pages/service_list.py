"""The list of InferenceServices: of a namespace, or of all that the user may see."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from starlette.responses import Response

from modelsweb import errors
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.viewmodels import service_list
from modelsweb.viewmodels.components.pages import frame
from modelsweb.viewmodels.service_list import RowView, ServiceList
from modelsweb.web import listing
from modelsweb.web.live_page import LivePage
from modelsweb.web.site import RequestContext


def rows(model: ServiceList, now: datetime) -> Iterable[tuple[str, RowView]]:
    """The rows of the table."""
    return ((row.key, service_list.view(row, model, now=now)) for row in model.rows)


PAGE = LivePage(
    name="service_list",
    admit=listing.admit,
    keep=listing.keep,
    changes=listing.changes,
    fragments=("freshness", "summary", "toolbar", "empty", "pager"),
    rows=rows,
    frame=frame,
    pause_seconds=0.05,
)


async def sparklines(context: RequestContext) -> Response:
    """Requests and errors of the last hour for the rows of this page of the table, as JSON, by ``namespace/name``.

    Raises AccessDeniedError, and UnavailableError where Prometheus does not answer.
    """
    audience = await listing.admit(context)
    async with context.site.rate_limit.turn(context.user):
        model = listing.build(context.site, audience)
    reader = context.site.metrics
    found = await reader.sparklines(
        context.user, ((row.namespace, row.name) for row in model.rows if row.kind is INFERENCE_SERVICE)
    )
    if found is None:
        raise errors.UnavailableError("Prometheus does not answer.")
    body = msgspec.json.encode(
        {f"{namespace}/{name}": sparkline for (namespace, name), sparkline in found.items()}
    )
    return Response(body, headers={"Cache-Control": "no-store"}, media_type="application/json")
