"""The events about an object itself."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from modelsweb.kinds import EVENT
from modelsweb.objects.kind import Kind
from modelsweb.objects.ref import ObjectRef
from modelsweb.web.api.upstream.envelope import of_items
from modelsweb.web.site import RequestContext


def of_kind(kind: Kind) -> Callable[[RequestContext], Awaitable[Response]]:
    """The handler of a kind's objects; whether the object is there is not asked. Raises AccessDeniedError."""

    async def read(context: RequestContext) -> Response:
        raw = context.site.raw
        grant = await raw.authorize_list(context.user, EVENT, namespaces=(context.namespace,))
        ref = ObjectRef(kind.full_name, context.namespace, context.name)
        return of_items(context, "events", raw=(item.raw for item in raw.events(grant, ref, kind=kind.kind)))

    return read
