"""The fields of a kind, from the schema that the cluster publishes: names, types, what they are for, and their values.

https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

_REF = "#/components/schemas/"
_MAX_STEPS = 40
"""A schema may refer to itself."""
_MAX_NESTED = 4
_OBJECT = "object"
_LIST = "array"


class GroupVersionKind(msgspec.Struct, frozen=True, gc=False):
    """What a schema is of."""

    group: str = ""
    version: str = ""
    kind: str = ""


class Schema(msgspec.Struct, frozen=True, omit_defaults=True):
    """A schema, less what only a validator needs."""

    type: str = ""
    format: str = ""
    description: str = ""
    properties: dict[str, "Schema"] = {}
    required: tuple[str, ...] = ()
    enum: tuple[Any, ...] = ()
    default: Any = None
    items: "Schema | None" = None
    all_of: tuple["Schema", ...] = msgspec.field(name="allOf", default=())
    ref: str = msgspec.field(name="$ref", default="")
    values: "Schema | bool | None" = msgspec.field(name="additionalProperties", default=None)
    is_int_or_text: bool = msgspec.field(name="x-kubernetes-int-or-string", default=False)
    kinds: tuple[GroupVersionKind, ...] | GroupVersionKind = msgspec.field(
        name="x-kubernetes-group-version-kind", default=()
    )


class _Components(msgspec.Struct, frozen=True):
    schemas: dict[str, Schema] = {}


class OpenApi(msgspec.Struct, frozen=True):
    """The document of one group and version."""

    components: _Components = msgspec.field(default_factory=_Components)


class SchemaField(msgspec.Struct, frozen=True):
    """One field of an object: ``type`` is such as ``integer``, ``list of object``, ``map of string``; ``values`` are those that it can
    have, where they are known."""

    name: str
    type: str
    description: str
    is_required: bool
    values: tuple[str, ...] = ()


_TEXT = Schema(type="string")
_TEXTS = Schema(type=_OBJECT, values=_TEXT)
_METADATA = {"name": _TEXT, "namespace": _TEXT, "labels": _TEXTS, "annotations": _TEXTS}
"""What everything has, where a schema does not say it."""


def decode(body: bytes) -> OpenApi:
    """What an API server answered. Raises msgspec.DecodeError."""
    return msgspec.json.decode(body, type=OpenApi)


def fields(
    document: OpenApi, wanted: GroupVersionKind, *, path: tuple[str, ...]
) -> tuple[SchemaField, ...] | None:
    """The fields of what stands at a path of keys, lists passed through; None where the schema knows no such place."""
    schema = next((one for one in document.components.schemas.values() if _is_of(one, wanted)), None)
    if schema is None or len(path) > _MAX_STEPS:
        return None
    for step in path:
        if schema is not None:
            schema = _below(document, schema, step=step)
    if schema is None:
        return None
    whole = _whole(document, _item(document, schema))
    properties = whole.properties or (_METADATA if path == ("metadata",) else {})
    return tuple(_fields(document, properties, required=frozenset(whole.required)))


def _is_of(schema: Schema, wanted: GroupVersionKind) -> bool:
    return wanted in schema.kinds if isinstance(schema.kinds, tuple) else wanted == schema.kinds


def _below(document: OpenApi, schema: Schema, *, step: str) -> Schema | None:
    whole = _whole(document, _item(document, schema))
    if step in whole.properties:
        return whole.properties[step]
    return whole.values if isinstance(whole.values, Schema) else None


def _whole(document: OpenApi, schema: Schema) -> Schema:
    """A schema with what it refers to: a reference may be wrapped to carry a description and a default of its own."""
    for _ in range(_MAX_STEPS):
        if schema.ref:
            target = document.components.schemas.get(schema.ref.removeprefix(_REF))
        elif len(schema.all_of) == 1 and not schema.properties:
            target = schema.all_of[0]
        else:
            break
        if target is None:
            break
        schema = msgspec.structs.replace(target, description=schema.description or target.description)
    return schema


def _item(document: OpenApi, schema: Schema) -> Schema:
    """What a list holds; anything else is itself."""
    whole = _whole(document, schema)
    for _ in range(_MAX_STEPS):
        if whole.items is None:
            break
        whole = _whole(document, whole.items)
    return whole


def _fields(
    document: OpenApi, properties: Mapping[str, Schema], *, required: frozenset[str]
) -> Iterator[SchemaField]:
    for name in sorted(properties, key=lambda name: (name not in required, name)):
        field = _whole(document, properties[name])
        values = tuple(str(value) for value in field.enum)
        yield SchemaField(
            name=name,
            type=_type(document, field),
            description=field.description,
            is_required=name in required,
            values=values or (("true", "false") if field.type == "boolean" else ()),
        )


def _type(document: OpenApi, schema: Schema) -> str:
    """As people say it; of lists and maps that hold others no more than a few."""
    said = ""
    for _ in range(_MAX_NESTED):
        if schema.items is not None:
            said, below = f"{said}list of ", schema.items
        elif isinstance(schema.values, Schema):
            said, below = f"{said}map of ", schema.values
        else:
            break
        schema = _whole(document, below)
    return said + ("integer or string" if schema.is_int_or_text else schema.type or _OBJECT)
