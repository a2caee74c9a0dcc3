"""The containers of a component's pod, and the log of one."""

import msgspec
from starlette.responses import Response

from modelsweb import errors
from modelsweb.gateway.rate_limit import WRITE_SECONDS
from modelsweb.web.api.upstream.envelope import answer, of_items
from modelsweb.web.api.upstream.services import component_of, containers_of, newest_pod, seen
from modelsweb.web.site import RequestContext

_MAX_LOG = 16 * 1024 * 1024


async def containers(context: RequestContext) -> Response:
    """Their names. Raises AccessDeniedError, NotFoundError."""
    pod = await newest_pod(context, await seen(context), component=component_of(context))
    return answer(context, containers=containers_of(pod))


async def logs(context: RequestContext) -> Response:
    """The log of one, line by line; of a very long one the end. Raises AccessDeniedError for who may not read logs, NotFoundError."""
    await context.site.logs.require(context.user, context.namespace)
    pod = await newest_pod(context, await seen(context), component=component_of(context))
    container = str(context.request.path_params["container"])
    if container not in containers_of(pod):
        raise errors.NotFoundError(f"The pod {pod.name} has no container {container[:80]!r}.")
    lines = await lines_of(context, pod.name, container=container)
    return of_items(context, "logs", raw=map(msgspec.json.encode, lines))


async def lines_of(
    context: RequestContext, pod: str, *, container: str, most: int = _MAX_LOG, lines: int | None = None
) -> list[str]:
    """What the kubelet has of a log, of more than so many bytes or lines the end; the last line is empty where the log ends a line. Raises
    AccessDeniedError, and what the API server says."""
    context.site.rate_limit.spend(context.user, WRITE_SECONDS)
    text = await context.site.logs.tail(
        context.user, context.namespace, pod=pod, container=container, most=most, lines=lines
    )
    return await context.site.rate_limit.aside(context.user, _lines, text)


def _lines(text: bytes) -> list[str]:
    return text.decode(errors="replace").split("\n")
