"""The list of the objects of any root kind, and as a file."""

from collections.abc import Iterable
from datetime import datetime

from starlette.responses import Response

from modelsweb.viewmodels import object_list
from modelsweb.viewmodels.components.pages import frame
from modelsweb.viewmodels.object_list import OBJECTS, ObjectList, RowView
from modelsweb.web import export as file
from modelsweb.web import objects
from modelsweb.web.live_page import LivePage
from modelsweb.web.site import RequestContext


def rows(model: ObjectList, now: datetime) -> Iterable[tuple[str, RowView]]:
    """The rows of the table."""
    return ((row.key, object_list.view(row, now)) for row in model.rows)


PAGE = LivePage(
    name="object_list",
    admit=objects.admit_list,
    keep=objects.keep_list,
    changes=objects.list_changes,
    fragments=("freshness", "summary", "toolbar", "empty", "pager"),
    rows=rows,
    frame=frame,
    pause_seconds=0.05,
)


async def export(context: RequestContext) -> Response:
    """``export.csv`` and ``export.json``, as a download."""
    file.form_of(context)
    audience = await objects.admit_list(context)
    async with context.site.rate_limit.turn(context.user):
        found = objects.matching(context.site, audience)
        name = f"{audience.grant.kind.plural}-{context.namespace or 'all'}"
        return file.download(context, name, table=OBJECTS, rows=found, columns=OBJECTS.columns)
