"""Parts of objects and of lists: which fields, how many, and from where on."""

import base64
import binascii
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from modelsweb.gateway.raw_reader import Item, Key
from modelsweb.objects.kind import is_name
from modelsweb.web.api.v1.operation import Query, wrong

MAX_ITEMS = 1_000
"""Of one page: all of it is held until its reader has taken it."""
_MAX_FIELDS = 50
_STEP = re.compile(r"\.?([A-Za-z0-9_$-]+)|\['([^'\]]{1,320})'\]")
_IDENTITY = ("apiVersion", "kind")
Path = tuple[str, ...]
Fields = Annotated[
    str,
    Meta(
        max_length=1_000,
        description="Paths to be kept, separated by commas: metadata.name,status.url; lists are passed through, and keys with dots stand in brackets: metadata.labels['a.b/c'].",
    ),
]


class ListQuery(Query, frozen=True, kw_only=True):
    """Which part of a list."""

    limit: Annotated[
        int, Meta(ge=1, le=MAX_ITEMS, description="So many items at most; continue leads to the others.")
    ] = MAX_ITEMS
    continue_: Annotated[
        str, Meta(max_length=800, description="The metadata.continue of the page before.")
    ] = msgspec.field(name="continue", default="")


def paths(given: str) -> tuple[Path, ...]:
    """The fields that a parameter names; none for all. Raises BadRequestError."""
    found = tuple(_path(one.strip()) for one in _split(given)) if given else ()
    if len(found) > _MAX_FIELDS:
        raise wrong("fields", f"{len(found)} paths are given; give {_MAX_FIELDS} at most.")
    return found


def _split(given: str) -> list[str]:
    return re.split(r",(?![^\[]*\])", given)


def _path(given: str) -> Path:
    steps, at = [], 0
    while at < len(given):
        found = _STEP.match(given, at)
        if found is None:
            break
        steps.append(found[1] or found[2])
        at = found.end()
    if not steps or at < len(given) or given.startswith("."):
        raise wrong("fields", f"{given[:80]!r} is not a path such as status.url.")
    return tuple(steps)


def only(raw: bytes, kept: tuple[Path, ...]) -> bytes:
    """An object with these fields of it, and with what says what it is."""
    whole = msgspec.json.decode(raw)
    identity = {key: whole[key] for key in _IDENTITY if key in whole}
    return msgspec.json.encode({**identity, **_kept(whole, kept), **identity})


def all_only(raw: Iterable[bytes], kept: tuple[Path, ...]) -> list[bytes]:
    """The same of several."""
    return [only(one, kept) for one in raw]


def _kept(value: Mapping[str, Any], kept: Iterable[Path]) -> dict[str, Any]:
    below: dict[str, list[Path]] = {}
    for head, *rest in kept:
        below.setdefault(head, []).append(tuple(rest))
    return {key: _part(value[key], below[key]) for key in value if key in below}


def _part(value: Any, kept: list[Path]) -> Any:
    if () in kept:
        return value
    if isinstance(value, dict):
        return _kept(value, kept)
    if isinstance(value, list):
        return [_part(one, kept) for one in value]
    return None


def after(items: tuple[Item, ...], place: Key) -> tuple[Item, ...]:
    """Those that come behind a place in their order."""
    return items[bisect_right(items, place, key=lambda item: item.key) :]


def token(key: tuple[str, str]) -> str:
    """What continues behind a place of a list."""
    return base64.urlsafe_b64encode("/".join(key).encode()).decode().rstrip("=")


def key(given: str) -> tuple[str, str]:
    """The place that a token means. Raises BadRequestError."""
    try:
        text = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)).decode()
    except (binascii.Error, ValueError):
        text = ""
    namespace, slash, name = text.partition("/")
    if not slash or not is_name(name) or (namespace and not is_name(namespace)):
        raise wrong("continue", "it is not one that this API gave.")
    return namespace, name
