"""What an LLM service is made of, each value with where it comes from."""

import asyncio

from starlette.responses import HTMLResponse, Response

from modelsweb import errors
from modelsweb.kinds import LLM_INFERENCE_SERVICE, LLM_INFERENCE_SERVICE_CONFIG
from modelsweb.topology.llm_service import applied_configs
from modelsweb.viewmodels import effective_spec
from modelsweb.web import objects
from modelsweb.web.site import RequestContext

_TEMPLATE = "pages/effective_spec.html"
_MAX_NAMESPACES = 4


async def page(context: RequestContext) -> Response:
    """The page of a service. Raises AccessDeniedError, and NotFoundError for a kind that is not combined from others."""
    kind = objects.kind_of(context)
    audience = await objects.admit(context)
    if kind is not LLM_INFERENCE_SERVICE:
        raise errors.NotFoundError(f"{kind.kind} is not combined from configurations.")
    snapshot = objects.judged(context.site, audience).snapshot
    applied = applied_configs(snapshot.service)
    places = sorted({one.namespace for one in applied if one.namespace})[:_MAX_NAMESPACES]
    inventory, user = context.site.inventory, context.user
    listed = await asyncio.gather(
        *(inventory.listed(user, LLM_INFERENCE_SERVICE_CONFIG, namespace=place) for place in places)
    )
    model = effective_spec.build(
        snapshot,
        plural=kind.plural,
        configs={(one.namespace, one.name): one for found in listed for one in found or ()},
        show=effective_spec.Show(context.request.query_params.get("show", "")),
    )
    html = context.site.renderer.page(context, _TEMPLATE, model=model, shows=effective_spec.SHOWS)
    return HTMLResponse(html, 200, {"Cache-Control": "no-store"})
