"""The list as CSV or JSON: the rows that the URL's filters leave, on all pages, with every column."""

import msgspec
from starlette.responses import Response

from modelsweb import errors
from modelsweb.viewmodels import export_services
from modelsweb.viewmodels.components import list_query
from modelsweb.viewmodels.service_list import ServiceList
from modelsweb.web import listing
from modelsweb.web.site import RequestContext


async def export(context: RequestContext) -> Response:
    """``export.csv`` and ``export.json``, as a download."""
    form = context.request.path_params["form"]
    if form not in {"csv", "json"}:
        raise errors.NotFoundError(f"There is no export as {form!r}: csv or json.")
    audience = await listing.admit(context)
    async with context.site.rate_limit.turn(context.user):
        return _export(context, listing.build(context.site, audience), form=form)


def _export(context: RequestContext, model: ServiceList, *, form: str) -> Response:
    labels = [name for name in model.columns if name.startswith(list_query.LABEL)]
    columns = (*list_query.COLUMNS, *labels)
    name = f"model-services-{model.namespace or 'all'}-{context.now.strftime('%Y%m%d-%H%M%S')}.{form}"
    if form == "csv":
        body = export_services.to_csv(model.matches, columns).encode()
        media = "text/csv; charset=utf-8"
    else:
        body = msgspec.json.encode(export_services.records(model.matches, columns))
        media = "application/json"
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, headers=headers, media_type=media)
