"""What a program sent: JSON, in UTF-8."""

import asyncio
from typing import Any

import msgspec
from starlette.requests import Request

from modelsweb.errors import BadRequestError

MEDIA_TYPE = "application/json"
_IN_A_THREAD = 64 * 1024


def check_head(request: Request) -> None:
    """Raises BadRequestError for what is not said to be JSON; reads no body."""
    media, _, parameters = request.headers.get("content-type", "").partition(";")
    if media.strip().lower() != MEDIA_TYPE:
        raise BadRequestError(f"Send the body as {MEDIA_TYPE}, not as {media.strip()[:80]!r}.")
    name, _, charset = parameters.partition("=")
    if parameters.strip() and (name.strip().lower(), charset.strip(" \"'").lower()) != ("charset", "utf-8"):
        raise BadRequestError("JSON is sent in UTF-8; name no other charset.")


async def read(request: Request) -> Any:
    """The value of the body. Raises BadRequestError, which says where it breaks off."""
    body = await request.body()
    if len(body) > _IN_A_THREAD:  # every stream would stand still meanwhile
        return await asyncio.to_thread(_parse, body)
    return _parse(body)


def _parse(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BadRequestError(f"The body is not JSON: {str(error)[:200]}") from None
