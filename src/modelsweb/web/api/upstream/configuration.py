"""What that front end asks before it shows anything: Grafana's addresses, namespaces, storage classes."""

import msgspec
from starlette.responses import Response

from modelsweb import errors
from modelsweb.kinds import STORAGE_CLASS
from modelsweb.objects.obj import Obj
from modelsweb.web.api.upstream.envelope import answer
from modelsweb.web.site import RequestContext

_DEFAULT = "storageclass.kubernetes.io/is-default-class"


async def config(context: RequestContext) -> Response:
    """Bare, without an envelope."""
    metrics = context.site.config.metrics
    body = {
        "grafanaPrefix": metrics.grafana_prefix,
        "grafanaCpuMemoryDb": metrics.grafana_cpu_memory,
        "grafanaHttpRequestsDb": metrics.grafana_requests,
    }
    return Response(
        msgspec.json.encode(body) + b"\n",
        headers={"Cache-Control": "no-store"},
        media_type="application/json",
    )


async def namespaces(context: RequestContext) -> Response:
    """Those that the user may choose among; of those to which the app is confined. Raises AccessDeniedError where there are none."""
    return answer(context, namespaces=await context.site.authorization.namespaces(context.user))


async def storage_classes(context: RequestContext) -> Response:
    """Their names. Raises AccessDeniedError, UnavailableError."""
    return answer(context, storageClasses=[one.name for one in await _classes(context)])


async def default_storage_class(context: RequestContext) -> Response:
    """The name of the cluster's default; empty where it has none. Raises AccessDeniedError, UnavailableError."""
    found = (one.name for one in await _classes(context) if one.annotation(_DEFAULT) == "true")
    return answer(context, defaultStorageClass=next(found, ""))


async def info(context: RequestContext) -> Response:
    """Nothing, as ever."""
    return answer(context, info={})


async def _classes(context: RequestContext) -> tuple[Obj, ...]:
    await context.site.authorization.require(context.user, STORAGE_CLASS, verb="list", namespace="")
    found = await context.site.inventory.listed(context.user, STORAGE_CLASS, namespace="")
    if found is None:
        raise errors.UnavailableError("The cluster's storage classes could not be read.")
    return found
