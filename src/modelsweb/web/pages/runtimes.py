"""Which serving runtime KServe would choose, asked and answered."""

import msgspec
from starlette.responses import HTMLResponse, Response

from modelsweb.kinds import CLUSTER_SERVING_RUNTIME, INFERENCE_SERVICE, SERVING_RUNTIME
from modelsweb.viewmodels import runtimes
from modelsweb.viewmodels.runtimes import Runtimes
from modelsweb.web.live_page import localized
from modelsweb.web.rendering import translator
from modelsweb.web.site import RequestContext

_TEMPLATE = "pages/runtimes.html"


async def page(context: RequestContext) -> Response:
    """The page of a namespace. Raises AccessDeniedError for who may not list its runtimes."""
    model = await _model(context)
    html = context.site.renderer.page(context, _TEMPLATE, model=model, tests=runtimes.TESTS)
    return HTMLResponse(html, 200, {"Cache-Control": "no-store"})


async def data(context: RequestContext) -> Response:
    """The same as JSON, sentences in the user's language. Raises AccessDeniedError."""
    body = msgspec.json.encode(localized(await _model(context), translator(context.language)))
    return Response(body, headers={"Cache-Control": "no-store"}, media_type="application/json")


async def _model(context: RequestContext) -> Runtimes:
    reader, user, namespace = context.site.reader, context.user, context.namespace
    await reader.authorize_list(user, SERVING_RUNTIME, namespaces=(namespace,))
    own = await reader.listed(user, SERVING_RUNTIME, namespace=namespace)
    return runtimes.build(
        runtimes.parse(context.request.query_params.multi_items()),
        namespace=namespace,
        own=own or (),
        of_cluster=await reader.listed(user, CLUSTER_SERVING_RUNTIME, namespace=""),
        services=await reader.listed(user, INFERENCE_SERVICE, namespace=namespace),
    )
