"""The list of model services as CSV or JSON."""

from starlette.responses import Response

from modelsweb.viewmodels.components.service_table import LABEL, SERVICES
from modelsweb.web import export as file
from modelsweb.web import listing
from modelsweb.web.site import RequestContext


async def export(context: RequestContext) -> Response:
    """``export.csv`` and ``export.json``, as a download; of labels those that the list shows."""
    file.form_of(context)
    audience = await listing.admit(context)
    async with context.site.rate_limit.turn(context.user):
        rows = listing.matching(context.site, audience)
        labels = (name for name in audience.query.columns if name.startswith(LABEL))
        columns = (*SERVICES.columns, *SERVICES.chosen_columns(labels))
        name = f"model-services-{context.namespace or 'all'}"
        return file.download(context, name, table=SERVICES, rows=rows, columns=columns)
