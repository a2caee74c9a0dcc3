"""What is downloaded: a list as a file, with the rows that the URL's filters leave, on all pages, and every column."""

from collections.abc import Iterable
from typing import TypeVar

import msgspec
from starlette.responses import Response

from modelsweb import errors
from modelsweb.viewmodels.components.table import Column, Table
from modelsweb.web.site import RequestContext

Row = TypeVar("Row")
_FORMS = ("csv", "json")
CSV = "text/csv; charset=utf-8"
YAML = "application/yaml; charset=utf-8"


def form_of(context: RequestContext) -> str:
    """What kind of file the URL asks for. Raises NotFoundError."""
    form = str(context.request.path_params["form"])
    if form not in _FORMS:
        raise errors.NotFoundError(f"There is no export as {form!r}: csv or json.")
    return form


def download(
    context: RequestContext,
    name: str,
    *,
    table: Table[Row],
    rows: Iterable[Row],
    columns: Iterable[Column[Row]],
) -> Response:
    """The answer; the time is added to the name."""
    form = form_of(context)
    if form == "csv":
        body, media = table.csv(rows, columns).encode(), CSV
    else:
        body, media = msgspec.json.encode(table.records(rows, columns)), "application/json"
    return attachment(dated(context, name, form=form), body, media=media)


def dated(context: RequestContext, name: str, *, form: str) -> str:
    """The name of a file that shows one moment."""
    return f"{name}-{context.now.strftime('%Y%m%d-%H%M%S')}.{form}"


def attachment(name: str, body: str | bytes, *, media: str) -> Response:
    """An answer that a browser keeps as a file."""
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, headers=headers, media_type=media)
