"""How this API answers: JSON with an ETag, 304 for who has it already, and since when it may be out of date."""

import hashlib
from collections.abc import Iterable

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from modelsweb.clock import format_time
from modelsweb.objects.freshness import Freshness, Health
from modelsweb.web.api.v1.operation import JSON
from modelsweb.web.site import RequestContext

STALE = "Modelsweb-Stale-Since"
"""Sent while the watch of the cluster is broken: what is answered was true then."""
_CACHE = "private, no-cache"


def of(
    context: RequestContext, value: object, *, status: int = 200, health: Health | None = None
) -> Response:
    """A value as JSON; of GET with the ETag of its bytes."""
    body = msgspec.json.encode(value)
    if context.request.method not in {"GET", "HEAD"}:
        return Response(body, status, {"Cache-Control": "no-store"}, JSON)
    return of_part(context, body, health=health)


def of_part(context: RequestContext, body: bytes, *, health: Health | None = None) -> Response:
    """JSON with the ETag of its bytes."""
    tag = tag_of((hashlib.blake2b(body, digest_size=12).hexdigest(),))
    return not_modified(context.request, tag, health=health) or of_bytes(body, tag=tag, health=health)


def of_bytes(body: bytes, *, tag: str, health: Health | None = None) -> Response:
    """JSON as it is kept."""
    return Response(body, 200, headers(tag, health), JSON)


def tag_of(parts: Iterable[str]) -> str:
    """An ETag for all that an answer depends on. It is a weak one: what is compressed on the way has other bytes."""
    return f'W/"{hashlib.blake2b(chr(0).join(parts).encode(), digest_size=12).hexdigest()}"'


def not_modified(request: Request, tag: str, *, health: Health | None = None) -> Response | None:
    """304 where the client has it already."""
    given = request.headers.get("if-none-match", "")
    known = {one.strip() for one in given.split(",")}
    return Response(status_code=304, headers=headers(tag, health)) if {tag, "*"} & known else None


def headers(tag: str, health: Health | None) -> dict[str, str]:
    """Those of an answer with an ETag."""
    kept = {"Cache-Control": _CACHE, "ETag": tag}
    if health is not None and health.freshness is Freshness.STALE:
        kept[STALE] = format_time(health.since)
    return kept
