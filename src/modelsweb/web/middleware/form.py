"""What a form sent, and the checks that come before its bytes are read.

Where a write comes from, what it is and in which encoding stands in its head, so a foreign one costs nothing. The token
of a form without a script is its first field: a body that does not begin with it is not read to its end. Only UTF-8 is
read, for the encoding that a client may name can be one whose decoder takes longer than its text is long.
"""

import asyncio
from urllib.parse import parse_qsl

from starlette.requests import Request

from modelsweb.errors import BadRequestError, UnsupportedMediaTypeError
from modelsweb.web.middleware import csrf
from modelsweb.web.site import Form

URLENCODED = "application/x-www-form-urlencoded"
MAX_FIELDS = 1_200
"""A bulk action names a thousand services beside its own fields."""
_LONGEST_FIRST_FIELD = 1_024
_IN_A_THREAD = 64 * 1024


def check_head(request: Request) -> None:
    """Raises CsrfError or UnsupportedMediaTypeError for a write that cannot be one of our pages'; reads no body."""
    csrf.check_origin(request)
    media, _, parameters = request.headers.get("content-type", "").partition(";")
    if not media.strip() and csrf.HEADER in request.headers:
        return  # a script's write without a body
    if media.strip().lower() != URLENCODED:
        raise UnsupportedMediaTypeError(f"A form is sent as {URLENCODED}, not as {media.strip()[:80]!r}.")
    name, _, charset = parameters.partition("=")
    if parameters.strip() and (name.strip().lower(), charset.strip(" \"'").lower()) != ("charset", "utf-8"):
        raise UnsupportedMediaTypeError("A form is sent in UTF-8; name no other charset.")


async def read(request: Request) -> Form:
    """The form of a request whose head was checked. Raises CsrfError and BadRequestError."""
    body, is_trusted = bytearray(), csrf.check_header(request)
    async for chunk in request.stream():
        body += chunk
        if not is_trusted and (b"&" in body or len(body) > _LONGEST_FIRST_FIELD):
            csrf.check_field(request, _first_value(bytes(body)))
            is_trusted = True
    if not is_trusted:
        csrf.check_field(request, _first_value(bytes(body)))
    if len(body) > _IN_A_THREAD:  # it takes a good part of a second, in which every stream would stand still
        return await asyncio.to_thread(_parse, bytes(body))
    return _parse(bytes(body))


def _first_value(body: bytes) -> str:
    """The token, where it is the first field."""
    name, _, value = body[:_LONGEST_FIRST_FIELD].partition(b"&")[0].partition(b"=")
    return value.decode("ascii", "replace") if name.decode("ascii", "replace") == csrf.FIELD else ""


def _parse(body: bytes) -> Form:
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except UnicodeDecodeError:
        raise BadRequestError("The form is not UTF-8 text. Save what you paste as UTF-8.") from None
    except ValueError:
        raise BadRequestError(f"The form has more than {MAX_FIELDS} fields. Choose fewer at once.") from None
    return Form(tuple(fields))
