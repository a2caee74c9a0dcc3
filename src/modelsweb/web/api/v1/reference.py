"""The readable page of this API, from the same declarations as the OpenAPI document."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from starlette.responses import HTMLResponse, Response

from modelsweb.config import AuthConfig
from modelsweb.text import Text
from modelsweb.web.api.v1 import openapi
from modelsweb.web.api.v1.operation import Operation
from modelsweb.web.api.v1.operations import OPERATIONS, TAGS
from modelsweb.web.middleware.csrf import PROGRAM
from modelsweb.web.site import RequestContext

_TEMPLATE = "pages/api_docs.html"
_VALUES = {
    "namespace": "team",
    "name": "iris",
    "resource": "deployments.apps",
    "member": "iris-predictor",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter as the page shows it."""

    name: str
    place: str
    type: str
    usual: str
    description: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationView:
    """An operation as the page shows it. ``shapes`` name what it answers; none where that is no JSON."""

    id: str
    method: str
    path: str
    summary: Text
    description: Text | None
    parameters: tuple[Parameter, ...]
    status: int
    answer: Text
    media: str
    shapes: tuple[str, ...]
    example: str
    body: Text | None
    body_media: tuple[str, ...]
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Operations of one tag."""

    id: str
    title: Text
    operations: tuple[OperationView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A schema as the page shows it."""

    name: str
    description: Text
    values: tuple[str, ...]
    fields: tuple[Parameter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiDocs:
    """The page."""

    groups: tuple[Group, ...]
    shapes: tuple[Shape, ...]


async def page(context: RequestContext) -> Response:
    """The page."""
    async with context.site.rate_limit.turn(context.user):
        model = build(context.site.config.web.prefix, context.site.config.auth)
        html = context.site.renderer.page(context, _TEMPLATE, model=model)
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


@lru_cache(maxsize=8)
def build(prefix: str, auth: AuthConfig) -> ApiDocs:
    """All operations and shapes; the examples are for an app whose users are named so."""
    return ApiDocs(
        groups=tuple(
            Group(
                id=tag,
                title=title,
                operations=tuple(
                    _view(one, prefix=prefix, auth=auth) for one in OPERATIONS if one.tag == tag
                ),
            )
            for tag, title in TAGS.items()
        ),
        shapes=tuple(_shape(name, schema) for name, schema in sorted(openapi.shapes().items())),
    )


def messages() -> Iterator[str]:
    """What the page says in the words of the shapes and parameters, for the catalogue."""
    page = build("", AuthConfig())
    operations = (one for group in page.groups for one in group.operations)
    rows = (*(one.parameters for one in operations), *(one.fields for one in page.shapes))
    texts = (*(one.description for one in page.shapes), *(one.description for row in rows for one in row))
    yield from dict.fromkeys(one.message for one in texts if one is not None and one.message)


def _view(operation: Operation[Any], *, prefix: str, auth: AuthConfig) -> OperationView:
    answer, body = operation.answer, operation.body
    return OperationView(
        id=operation.id,
        method=operation.method,
        path=operation.path,
        summary=operation.summary,
        description=operation.description,
        parameters=tuple(map(_parameter, openapi.parameters(operation))),
        status=answer.status,
        answer=answer.description,
        media=answer.media,
        shapes=tuple(one.__name__ for one in (answer.schema, *answer.messages) if one is not None),
        example=_shown(answer.example),
        body=body.description if body is not None else None,
        body_media=body.media if body is not None else (),
        curl=curl(operation, prefix=prefix, auth=auth),
    )


def _shown(example: Any) -> str:
    if isinstance(example, str):
        return example.rstrip()
    return msgspec.json.format(msgspec.json.encode(example), indent=2).decode()


def _parameter(found: dict[str, Any]) -> Parameter:
    schema = found["schema"]
    usual = schema.get("default", "")
    return Parameter(
        name=found["name"],
        place=found["in"],
        type=_type(schema),
        usual="" if usual in ("", False) else str(usual),
        description=_said(found.get("description", "")),
    )


def _said(words: str) -> Text | None:
    return Text(words) if words else None


def _shape(name: str, schema: dict[str, Any]) -> Shape:
    return Shape(
        name=name,
        description=Text(schema.get("description", "")),
        values=tuple(map(str, schema.get("enum", ()))),
        fields=tuple(_fields(schema)),
    )


def _fields(schema: dict[str, Any]) -> Iterator[Parameter]:
    required = set(schema.get("required", ()))
    for name, found in schema.get("properties", {}).items():
        yield Parameter(
            name=name,
            place="required" if name in required else "",
            type=_type(found),
            usual="",
            description=_said(found.get("description", "")),
        )


def _type(schema: dict[str, Any]) -> str:
    """A schema in short, as the page writes it."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"] if one.get("type") != "null")
    if "enum" in schema:
        return " | ".join(str(one) or '""' for one in schema["enum"])
    if "prefixItems" in schema:
        return f"[{', '.join(map(_type, schema['prefixItems']))}]"
    if schema.get("type") == "array":
        return f"{_type(schema.get('items', {}))}[]"
    return str(schema.get("format") or schema.get("type") or "any")


def curl(operation: Operation[Any], *, prefix: str, auth: AuthConfig) -> str:
    """A call of an operation, as a shell takes it: ``$APP`` is where the app is, ``$TOKEN`` and ``$USER_ID`` who asks."""
    path = operation.path.format(**_VALUES, plural=next(iter(operation.kinds), ""))
    words = ["curl"]
    if operation.method != "GET":
        words += ["-X", operation.method]
    if auth.tokens:
        words += ["-H", '"Authorization: Bearer $TOKEN"']
    elif not auth.is_disabled:
        words += ["-H", f'"{auth.userid_header}: $USER_ID"']
    if operation.method != "GET" and not auth.tokens:
        words += ["-H", f'"{PROGRAM}: script"']
    if operation.body is not None:
        words += ["-H", f'"Content-Type: {operation.body.media[0]}"', "--data-binary", _data(operation)]
    return " ".join([*words, f'"$APP{prefix}{path}{_query(operation)}"'])


def _query(operation: Operation[Any]) -> str:
    """What it cannot do without, and a trial rather than a change."""
    names = {one.encode_name for one in msgspec.structs.fields(operation.query)}
    if "format" in names:
        return "?format=sklearn"
    return "?dryRun=true" if "dryRun" in names else ""


def _data(operation: Operation[Any]) -> str:
    example = operation.body.example if operation.body is not None else ""
    is_text = isinstance(example, str)
    return shlex.quote(example if is_text else msgspec.json.encode(example).decode())
