"""How that API wraps what it answers: one data key beside success, status and user."""

from collections.abc import Iterable, Mapping

import msgspec
from starlette.responses import Response

from modelsweb.web import chunked
from modelsweb.web.errors import name_of
from modelsweb.web.site import RequestContext

_JSON = "application/json"
_HEADERS = {"Cache-Control": "no-store"}


def answer(context: RequestContext, **data: object) -> Response:
    """Values under their keys."""
    return _wrapped(context, {key: msgspec.json.encode(value) for key, value in data.items()})


def of_bytes(context: RequestContext, key: str, *, raw: bytes) -> Response:
    """JSON as it is kept, under its key."""
    return _wrapped(context, {key: raw})


def of_items(context: RequestContext, key: str, *, raw: Iterable[bytes]) -> Response:
    """A list of such, which is not decoded."""
    head = _head(context)[:-1] + b"," + msgspec.json.encode(key) + b":["
    return chunked.json_list(head, raw, headers=_HEADERS)


def with_field(raw: bytes, name: str, *, value: str) -> bytes:
    """An object with one field more at its end."""
    return raw.rstrip()[:-1] + b"," + msgspec.json.encode({name: value})[1:]


def _wrapped(context: RequestContext, data: Mapping[str, bytes]) -> Response:
    parts = b"".join(b"," + msgspec.json.encode(key) + b":" + raw for key, raw in data.items())
    body = _head(context)[:-1] + parts + b"}\n"
    return Response(body, headers=_HEADERS, media_type=_JSON)


def _head(context: RequestContext) -> bytes:
    return msgspec.json.encode({"success": True, "status": 200, "user": name_of(context.user)})
