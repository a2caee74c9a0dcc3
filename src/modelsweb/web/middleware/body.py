"""What a program sent: JSON or another text, in UTF-8."""

import asyncio
import json
import re
from typing import Any

import msgspec
from starlette.requests import Request

from modelsweb import errors

JSON = "application/json"
_IN_A_THREAD = 64 * 1024
_MAX_LEVELS = 100
"""Objects of Kubernetes and KServe stay below thirty."""
_BYTE = re.compile(r" ?\(byte (\d+)\)")


def check_head(request: Request, *, takes: tuple[str, ...], refusal: type[errors.ModelswebError]) -> None:
    """Raises the refusal for what is not said to be of one of these media types; reads no body."""
    media, _, parameters = request.headers.get("content-type", "").partition(";")
    if media.strip().lower() not in takes:
        raise refusal(f"Send the body as {' or '.join(takes)}, not as {media.strip()[:80]!r}.")
    name, _, charset = parameters.partition("=")
    if parameters.strip() and (name.strip().lower(), charset.strip(" \"'").lower()) != ("charset", "utf-8"):
        raise refusal("A text is sent in UTF-8; name no other charset.")


async def read(request: Request, *, most: int) -> Any:
    """The value of a body of JSON, the text of another. Raises TooLargeError for more than so many bytes, and BadRequestError, which
    says where it breaks off."""
    body = await _whole(request, most)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    parse = _json if media == JSON or media.endswith("+json") else _text
    if len(body) > _IN_A_THREAD:  # every stream would stand still meanwhile
        return await asyncio.to_thread(parse, body)
    return parse(body)


async def _whole(request: Request, most: int) -> bytes:
    said, body = request.headers.get("content-length", ""), bytearray()
    if said.isdecimal() and int(said) > most:
        raise errors.TooLargeError(f"The body has more than {most} bytes.")
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise errors.TooLargeError(f"The body has more than {most} bytes.")
    return bytes(body)


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise _broken(body, "The body is not UTF-8 text.", at=error.start) from None


def _json(body: bytes) -> Any:
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        said = str(error)[:200]
        place = _BYTE.search(said)
        at = int(place[1]) if place is not None else None
        raise _broken(body, f"The body is not JSON: {_BYTE.sub('', said)}", at=at) from None
    if _is_deep(value, body):
        raise errors.BadRequestError(f"The body is nested more than {_MAX_LEVELS} levels deep.")
    json.loads(body, object_pairs_hook=_once, parse_int=str, parse_float=str)
    return value


def _once(pairs: list[tuple[str, Any]]) -> None:
    """Of a key that is given twice one value would be lost before the API server could object."""
    keys = set[str]()
    for key, _ in pairs:
        if key in keys:
            raise errors.BadRequestError(f"The key {key[:80]!r} is given twice in one object.")
        keys.add(key)


def _is_deep(value: Any, body: bytes) -> bool:
    """What is nested beyond measure is nobody's object, and whoever handles it on the way runs out of stack."""
    if body.count(b"{") + body.count(b"[") <= _MAX_LEVELS:
        return False
    inside = [value]
    for _ in range(_MAX_LEVELS):
        inside = [
            child
            for one in inside
            for child in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
            if isinstance(child, dict | list)
        ]
    return bool(inside)


def _broken(body: bytes, message: str, *, at: int | None) -> errors.BadRequestError:
    """With the place at which it breaks off, as editors count."""
    if at is None:
        return errors.BadRequestError(message)
    before = body[:at]
    line, column = before.count(b"\n") + 1, at - (before.rfind(b"\n") + 1) + 1
    return errors.BadRequestError(f"{message} (line {line}, column {column})", line=line, column=column)
