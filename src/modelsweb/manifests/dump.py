"""What ``kubectl get … -o yaml`` or ``-o json`` printed, as objects: one, several documents, or lists of them."""

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from modelsweb.clock import parse_time
from modelsweb.errors import Code
from modelsweb.manifests import document as manifest
from modelsweb.manifests.document import Document, ManifestError

Raw = Mapping[str, Any]

_MAX_NODES = 20_000_000
_MAX_DOCUMENTS = 100_000
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""What PowerShell writes where output is sent to a file."""
_WRITTEN_BY_THE_CLUSTER = {
    "creationTimestamp",
    "lastTransitionTime",
    "lastUpdateTime",
    "lastProbeTime",
    "lastHeartbeatTime",
    "startTime",
    "startedAt",
    "finishedAt",
    "firstTimestamp",
    "lastTimestamp",
    "eventTime",
    "lastObservedTime",
    "lastScaleTime",
    "time",
}
"""Fields that hold a time which had passed when it was written."""
_LONGEST_GRACE = 86_400
_TABLE = re.compile(r"\A\s*(?:NAMESPACE|NAME)\s")


@dataclass(frozen=True, slots=True)
class Dump:
    """The objects of a text. ``empty`` are the kinds of lists that held nothing: that there are none is known then; an
    empty text among them stands for a list that names no kind."""

    objects: tuple[Raw, ...]
    empty: frozenset[str]


def read(source: bytes) -> Dump:
    """The objects of a text. Raises ManifestError, with the line, for what is no such text."""
    said = _decoded(source)
    if _TABLE.match(said):
        raise ManifestError(Code.IS_A_TABLE, line=1)
    objects: list[Raw] = []
    empty: set[str] = set()
    for document in _documents(said):
        objects += _objects(document, empty)
    return Dump(tuple(objects), frozenset(empty))


def newest(objects: Iterable[Raw]) -> datetime | None:
    """The newest time that the cluster wrote into some objects; None where there is none."""
    found = [
        time for one in objects for key, value in one.items() if key != "spec" for time in _times(value, key)
    ]
    return max(found, default=None)


def _decoded(source: bytes) -> str:
    encoding = "utf-16" if source.startswith(_UTF_16) else "utf-8"
    try:
        return source.decode(encoding).replace(manifest.BYTE_ORDER_MARK, "")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise ManifestError(Code.NOT_UTF_8, line=line) from None


def _documents(said: str) -> Iterator[Document]:
    if not said.lstrip().startswith(("{", "[")):
        yield from manifest.parse(said, max_nodes=_MAX_NODES, max_documents=_MAX_DOCUMENTS)
        return
    decoder, at = json.JSONDecoder(), 0
    while (at := len(said) - len(said[at:].lstrip())) < len(said):
        line = said.count("\n", 0, at) + 1
        try:
            value, at = decoder.raw_decode(said, at)
        except json.JSONDecodeError as error:
            raise ManifestError(
                Code.UNREADABLE_JSON, line=error.lineno, column=error.colno, problem=error.msg
            ) from None
        except (RecursionError, ValueError):
            raise ManifestError(Code.NESTED_TOO_DEEPLY, line=line) from None
        yield Document(value, line)


def _objects(document: Document, empty: set[str]) -> Iterator[Raw]:
    """The objects in a document; the kinds of lists that hold none are added to ``empty``."""
    value, line = document.value, document.line
    if isinstance(value, list):
        for item in value:
            yield from _objects(Document(item, line), empty)
        return
    given = value if isinstance(value, dict) else None
    if given is None or not all(isinstance(given.get(key, ""), str) for key in ("apiVersion", "kind")):
        raise ManifestError(Code.NOT_AN_OBJECT, line=line)
    items = manifest.expanded(document)
    if not items:
        empty.add(given["kind"].removesuffix(manifest.LIST))
    elif items[0] is not document:
        for one in items:
            yield from _objects(one, empty)
    elif given.get("kind") and given.get("apiVersion"):
        yield given
    else:
        raise ManifestError(Code.NOT_AN_OBJECT, line=line)


def _times(value: Any, key: str = "") -> Iterator[datetime]:
    if isinstance(value, dict):
        given, grace = value.get("deletionTimestamp"), value.get("deletionGracePeriodSeconds")
        asked = parse_time(given) if isinstance(given, str) else None
        if asked is not None:  # it lies ahead by the time that the object is given to end
            yield asked - timedelta(seconds=min(grace, _LONGEST_GRACE) if isinstance(grace, int) else 0)
        for name, below in value.items():
            yield from _times(below, str(name))
    elif isinstance(value, list):
        for below in value:
            yield from _times(below, key)
    elif key in _WRITTEN_BY_THE_CLUSTER and isinstance(value, str):
        found = parse_time(value)
        if found is not None:
            yield found
