"""What the API server and KServe's webhooks object to, read back to the fields of the text.

Decoders stop at the first kind of mistake and name a field without its place in a list, or the map that holds it. With
the object at hand each value that is meant is found, and taken out of the way, so that the server can be asked for the
next mistake: https://pkg.go.dev/encoding/json#UnmarshalTypeError, https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
"""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from modelsweb.errors import Cause

Path = tuple[str | int, ...]
_MAX = 50
"""So many are named; nobody reads more at once."""

_UNKNOWN = re.compile(r'unknown field "([^"]{1,500})"')
_TYPE = re.compile(
    r"cannot unmarshal (\w{1,20})(?: [^ ]{1,60})? into Go struct field ([\w.\-/]{1,500}) of type ([\w.\[\]*]{1,60})"
)
_IN_BODY = re.compile(r'in body must be of type ([\w,]{1,40}): "(\w{1,20})"')
_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "boolean": (bool,),
    "number": (int, float),
    "integer": (int,),
    "string": (str,),
    "array": (list,),
    "object": (dict,),
}


class Objection(StrEnum):
    """What is wrong with a field."""

    UNKNOWN = "unknown"
    WANTS_TEXT = "wants-text"
    WRONG_TYPE = "wrong-type"


@dataclass(frozen=True, slots=True)
class Complaint:
    """One field and what is wrong with it. ``wanted`` is the type that is asked for, as the server calls it."""

    path: Path
    objection: Objection
    wanted: str = ""

    @property
    def field(self) -> str:
        """The path as the API server writes it: ``spec.predictor.containers[0].env[3].value``."""
        return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path).lstrip(".")


def complaints(message: str, causes: tuple[Cause, ...], *, manifest: Mapping[str, Any]) -> list[Complaint]:
    """The fields that a refusal is about, as far as it can be read; empty where it is about something else."""
    read = [
        Complaint(path, Objection.UNKNOWN)
        for field in _UNKNOWN.findall(message)[:_MAX]
        if (path := _path(manifest, field)) is not None
    ]
    for given, where, wanted in _TYPE.findall(message):
        paths = _of_type(
            manifest, _json_path(where), types=_JSON_TYPES.get(given, ()), is_text=wanted == "string"
        )
        read += [Complaint(path, _of(wanted), wanted) for path in islice(paths, _MAX)]
    for cause in causes[:_MAX]:
        path = _path(manifest, cause.field)
        match = _IN_BODY.search(cause.message)
        if path is not None and match is not None and match[2] != "null":
            read.append(Complaint(path, _of(match[1], match[2]), match[1]))
    named = {one.path: one for one in read if _may_be_taken_out(one.path)}
    return list(named.values())[:_MAX]


def _may_be_taken_out(path: Path) -> bool:
    """Not what makes it an object, whatever a message says: it quotes what users typed."""
    return len(path) > 1 and (path[0] != "metadata" or path[1] in {"annotations", "labels"})


def _of(wanted: str, given: str = "") -> Objection:
    is_text = wanted == "string" and given not in {"object", "array"}
    return Objection.WANTS_TEXT if is_text else Objection.WRONG_TYPE


def without(manifest: Mapping[str, Any], found: list[Complaint]) -> dict[str, Any]:
    """The object with the fields that are complained of taken out, so that what else is wrong can be asked for."""
    rest: dict[str, Any] = copy.deepcopy(dict(manifest))
    for complaint in sorted(found, key=lambda one: [str(step) for step in one.path], reverse=True):
        owner: Any = rest
        for step in complaint.path[:-1]:
            owner = owner[step]
        last = complaint.path[-1]
        if complaint.objection is Objection.UNKNOWN and isinstance(owner, dict):
            owner.pop(last, None)
        else:
            owner[last] = _stand_in(owner[last], complaint.wanted)
    return rest


def _stand_in(value: Any, wanted: str) -> Any:
    if wanted == "string":
        return str(value).lower() if isinstance(value, bool) else str(value)
    if wanted.startswith("int"):
        return 1
    return None


def _path(manifest: Any, field: str) -> Path | None:
    """A field as the server writes it, as steps of this object; keys may hold dots. None where it is not in it."""
    path: list[str | int] = []
    node, rest = manifest, field
    while rest:
        index = re.match(r"\[(\d{1,6})\]", rest)
        if index is not None and isinstance(node, list):
            number = int(index[1])
            if number >= len(node):
                return None
            path.append(number)
            node, rest = node[number], rest[index.end() :].lstrip(".")
            continue
        if not isinstance(node, dict):
            return None
        ends = [end for end in range(1, len(rest) + 1) if rest[end : end + 1] in {"", ".", "["}]
        key = next((rest[:end] for end in reversed(ends) if rest[:end] in node), None)
        if key is None:
            return None
        path.append(key)
        node, rest = node[key], rest[len(key) :].lstrip(".")
    return tuple(path) or None


def _json_path(where: str) -> list[str]:
    """``ModelSpec.spec.predictor.model.PredictorExtensionSpec.Container.env``: Go's own types stand between the fields."""
    steps = where.split(".")
    fields = [step for step in steps if not step[:1].isupper()]
    return ["metadata", *fields] if "ObjectMeta" in steps and fields[:1] != ["metadata"] else fields


def _of_type(node: Any, steps: list[str], *, types: tuple[type, ...], is_text: bool) -> Iterator[Path]:
    """The values at a path that does not tell places in lists, or in the map at its end, that are of a type.

    Where text is wanted all that is none is found, whichever of it the decoder met first.
    """
    if isinstance(node, list):
        for number, item in enumerate(node):
            for path in _of_type(item, steps, types=types, is_text=is_text):
                yield (number, *path)
    elif not steps:
        if isinstance(node, dict) and dict not in types:
            for key, value in node.items():
                if _is_wrong(value, types, is_text=is_text):
                    yield (key,)
        elif _is_wrong(node, types, is_text=is_text):
            yield ()
    elif isinstance(node, dict) and steps[0] in node:
        for path in _of_type(node[steps[0]], steps[1:], types=types, is_text=is_text):
            yield (steps[0], *path)


def _is_wrong(value: Any, types: tuple[type, ...], *, is_text: bool) -> bool:
    if is_text and isinstance(value, bool | int | float):
        return True
    return isinstance(value, types) and (bool in types or not isinstance(value, bool))
