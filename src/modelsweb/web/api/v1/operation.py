"""One operation of this API, declared once: from it come its route, the reading of its parameters, and its part of the OpenAPI document."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from modelsweb import errors
from modelsweb.text import Text
from modelsweb.web.middleware.endpoint import Entry
from modelsweb.web.site import RequestContext

JSON = "application/json"
YAML = "application/yaml"
MERGE_PATCH = "application/merge-patch+json"
EVENTS = "text/event-stream"
PLAIN = "text/plain"


class Query(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """The parameters that an address may have after its question mark; this one has none."""


Asked = TypeVar("Asked", bound=Query)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an operation answers where it succeeds. ``schema`` is a type; None for what is no JSON. ``messages`` are the types of what a
    stream sends."""

    description: Text
    schema: Any = None
    messages: tuple[Any, ...] = ()
    status: int = 200
    media: str = JSON
    example: Any = None
    has_tag: bool = False
    """It has an ETag, and a 304 in its place."""
    trial_status: int = 0
    """The status of a trial, where that is another."""
    on_refusal: bool = False
    """The same shape tells of a refusal too."""
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What an operation takes, in one of some media types. ``schema`` is None for text."""

    media: tuple[str, ...]
    description: Text
    schema: Any = None
    example: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[Asked]):
    """One operation. ``kinds`` are the plurals that its path may name, where it names one."""

    id: str
    method: str = "GET"
    path: str
    tag: str
    summary: Text
    description: Text | None = None
    query: type[Asked]
    answer: Answer
    body: Body | None = None
    kinds: tuple[str, ...] = ()
    handler: Callable[[RequestContext, Asked], Awaitable[Any]]

    def entry(self) -> Entry:
        """Its line of the URL map."""

        async def handle(context: RequestContext) -> Any:
            return await self.handler(context, asked(context, self.query))

        return Entry(
            name=f"v1_{self.id}",
            path=self.path,
            handler=handle,
            method=self.method,
            is_page=False,
            is_for_programs=True,
            takes=self.body.media if self.body is not None else (),
            refuses_media=errors.UnsupportedMediaTypeError,
        )


def asked(context: RequestContext, query: type[Asked]) -> Asked:
    """The parameters of a request. Raises BadRequestError that names the one that is wrong."""
    given: dict[str, str] = {}
    for name, value in context.request.query_params.multi_items():
        if name in given:
            raise wrong(name[:80], "it is given twice.")
        given[name] = value
    known = tuple(_names(query))
    for name in given:
        if name not in known:
            raise wrong(
                name[:80], f"there is no such parameter here; there are {', '.join(known) or 'none'}."
            )
    try:
        return msgspec.convert(given, query, strict=False)
    except msgspec.ValidationError as error:
        said, _, place = str(error).partition(" - at `$.")
        raise wrong(place.rstrip("`"), f"{said[:200]}.") from None


def _names(query: type[Query]) -> Iterator[str]:
    return (one.encode_name for one in msgspec.structs.fields(query))


def wrong(name: str, what: str) -> errors.BadRequestError:
    """A parameter that makes no sense, and why."""
    message = f"Parameter {name}: {what}"
    return errors.BadRequestError(message, causes=(errors.Cause(name, "Invalid", message),))
