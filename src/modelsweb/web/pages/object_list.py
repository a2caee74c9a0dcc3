"""The list of the objects of any root kind, and as a file."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from starlette.responses import Response

from modelsweb import errors
from modelsweb.viewmodels import object_list
from modelsweb.viewmodels.object_list import ObjectList, RowView
from modelsweb.web import objects
from modelsweb.web.live_page import LivePage
from modelsweb.web.site import RequestContext


def rows(model: ObjectList, now: datetime) -> Iterable[tuple[str, RowView]]:
    """The rows of the table."""
    return ((row.key, object_list.view(row, now)) for row in model.rows)


PAGE = LivePage(
    name="object_list",
    admit=objects.admit_list,
    build=objects.build_list,
    changes=objects.list_changes,
    fragments=("freshness", "summary", "toolbar", "empty", "pager"),
    rows=rows,
    frame=object_list.frame,
)


async def export(context: RequestContext) -> Response:
    """``export.csv`` and ``export.json``: every row that fits the words, as a download."""
    form = context.request.path_params["form"]
    if form not in {"csv", "json"}:
        raise errors.NotFoundError(f"There is no export as {form!r}: csv or json.")
    audience = await objects.admit_list(context)
    async with context.site.rate_limit.turn(context.user):
        model = objects.build_list(context.site, audience)
        if form == "csv":
            body, media = object_list.csv(model.matches).encode(), "text/csv; charset=utf-8"
        else:
            body, media = msgspec.json.encode(object_list.records(model.matches)), "application/json"
    name = f"{model.plural}-{model.namespace or 'all'}-{context.now.strftime('%Y%m%d-%H%M%S')}.{form}"
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, headers=headers, media_type=media)
