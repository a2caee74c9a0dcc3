"""The URL map of this API."""

from starlette.responses import Response

from modelsweb.web import urls
from modelsweb.web.api.v1 import answers, openapi, reference
from modelsweb.web.api.v1.operations import OPERATIONS
from modelsweb.web.middleware.endpoint import Entry
from modelsweb.web.site import RequestContext


async def document(context: RequestContext) -> Response:
    """The OpenAPI document."""
    config = context.site.config
    return answers.of_part(context, openapi.document(config.web.prefix, config.auth))


ROUTES: tuple[Entry, ...] = (
    Entry(
        name="v1_document",
        path=urls.API_DOCUMENT,
        handler=document,
        is_page=False,
        is_for_programs=True,
    ),
    Entry(name="api_docs", path=urls.API_DOCS, handler=reference.page),
    *(operation.entry() for operation in OPERATIONS),
)
