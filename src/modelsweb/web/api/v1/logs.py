"""The log of a container of an object's pods, as text."""

from typing import Annotated

from msgspec import Meta
from starlette.responses import Response

from modelsweb import errors
from modelsweb.gateway.rate_limit import WRITE_SECONDS
from modelsweb.kinds import POD
from modelsweb.objects.obj import Obj
from modelsweb.topology import pod as pods
from modelsweb.topology.service_snapshot import newest_first
from modelsweb.web.api.v1.operation import PLAIN, Query
from modelsweb.web.api.v1.place import WITH_PODS, judged, kind_in
from modelsweb.web.site import RequestContext

MAX_LINES = 100_000
POD_HEADER, CONTAINER_HEADER = "Modelsweb-Pod", "Modelsweb-Container"
"""Whose log it is."""
_MAX_BYTES = 4 * 1024 * 1024
_USUAL_BYTES = 1024 * 1024
_LONGEST_NAME = 253


class LogPlace(Query, frozen=True, kw_only=True):
    """Whose log."""

    pod: Annotated[
        str, Meta(max_length=_LONGEST_NAME, description="One of the object's pods; without it the newest.")
    ] = ""
    container: Annotated[
        str, Meta(max_length=_LONGEST_NAME, description="Without it the one that serves.")
    ] = ""


class LogQuery(LogPlace, frozen=True, kw_only=True):
    """Whose log, and how much of it."""

    previous: Annotated[bool, Meta(description="Of the run before this one.")] = False
    tail_lines: Annotated[int, Meta(ge=1, le=MAX_LINES, description="So many of the last lines.")] = 1_000
    limit_bytes: Annotated[
        int, Meta(ge=1, le=_MAX_BYTES, description="Of these lines so many of the last bytes.")
    ] = _USUAL_BYTES


async def read(context: RequestContext, query: LogQuery) -> Response:
    """The end of a log. Raises AccessDeniedError for who may not read logs, NotFoundError."""
    kind = kind_in(context, WITH_PODS)
    await context.site.logs.require(context.user, context.namespace)
    seen = await judged(context, kind)
    pod = pod_of(seen.snapshot.children.get(POD), query.pod)
    container = container_of(pod, query.container)
    context.site.rate_limit.spend(context.user, WRITE_SECONDS)
    text = await context.site.logs.tail(
        context.user,
        context.namespace,
        pod=pod.name,
        container=container,
        previous=query.previous,
        lines=query.tail_lines,
        most=query.limit_bytes,
    )
    await context.site.logs.require(context.user, context.namespace)  # it took a while
    headers = {
        "Cache-Control": "no-store",
        POD_HEADER: pod.name,
        CONTAINER_HEADER: container,
    }
    return Response(text, 200, headers, f"{PLAIN}; charset=utf-8")


def pod_of(found: list[Obj] | None, name: str) -> Obj:
    """The pod of that name, without one the newest. Raises NotFoundError."""
    if found is None:
        raise errors.NotFoundError(
            "Its pods cannot be read: you may not list them, or they are not known yet."
        )
    newest = newest_first(found)
    pod = next((one for one in newest if name in {"", one.name}), None)
    if pod is None and name:
        raise errors.NotFoundError(f"It has no pod {name!r}.")
    if pod is None:
        raise errors.NotFoundError("It has no pod, and so no log.")
    return pod


def container_of(pod: Obj, name: str) -> str:
    """The container of that name, without one the one that serves. Raises NotFoundError."""
    names = [one.name for one in pods.all_containers(pod)]
    wanted = name or pods.main_container(pod)
    if wanted not in names:
        raise errors.NotFoundError(
            f"The pod {pod.name} has no container {wanted!r}; it has {', '.join(names)}."
        )
    return wanted
