"""The OpenAPI document of this API, from its operations and the shapes that they send and take."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import msgspec

from modelsweb import __version__, errors
from modelsweb.config import AuthConfig
from modelsweb.web.api.v1 import answers, examples
from modelsweb.web.api.v1.operation import EVENTS, JSON, PLAIN, YAML, Answer, Body, Operation
from modelsweb.web.api.v1.operations import OPERATIONS, TAGS
from modelsweb.web.middleware.csrf import PROGRAM
from modelsweb.web.problem import MEDIA_TYPE, Problem

_REFERENCE = "#/components/schemas/{name}"
_PARAMETER = re.compile(r"{(\w+)}")
_NAME = {"type": "string", "minLength": 1, "maxLength": 253, "pattern": "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"}
_PLACES = {
    "namespace": "The namespace.",
    "plural": "The kind, by its plural.",
    "name": "The name of the object.",
    "resource": "The kind of what is owned, by its plural and group, such as deployments.apps.",
    "member": "The name of what is owned.",
}
_ALWAYS: tuple[type[errors.ModelswebError], ...] = (
    errors.BadRequestError,
    errors.UnauthenticatedError,
    errors.ForbiddenError,
    errors.NotFoundError,
    errors.TooManyRequestsError,
    errors.ClusterError,
    errors.UnavailableError,
)
_OF_WRITES: tuple[type[errors.ModelswebError], ...] = (
    errors.MethodNotAllowedError,
    errors.ConflictError,
    errors.TooLargeError,
    errors.UnsupportedMediaTypeError,
    errors.InvalidError,
)
_BY_THE_SERVER = {
    408: "The request took too long to arrive.",
    414: "The address is too long.",
    431: "The headers are too large.",
}
"""What the server says before anybody looks at a request; these have no body."""
_DESCRIPTION = """\
Objects of KServe as the cluster has them, and as the pages of modelsweb see them: with their status, its cause and the evidence.
What you may see and do is what the cluster's RBAC gives you. Refusals are problems (RFC 9457) with a stable code.
"""


@lru_cache(maxsize=8)
def document(prefix: str, auth: AuthConfig) -> bytes:
    """The document for an app with this prefix, whose users are named so."""
    schemas, components = _components()
    schemes = _security(auth)
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    return msgspec.json.encode(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "modelsweb",
                "version": __version__,
                "description": _DESCRIPTION,
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": prefix or "/"}],
            "tags": [{"name": name, "description": str(said)} for name, said in TAGS.items()],
            "security": [{name: []} for name in schemes] if schemes else [],
            "paths": paths,
            "components": {"schemas": components, "securitySchemes": schemes},
        }
    )


def shapes() -> dict[str, Any]:
    """All shapes by name."""
    return _components()[1]


def _components() -> tuple[dict[Any, dict[str, Any]], dict[str, Any]]:
    """The schemas of all shapes by type, and what they refer to by name."""
    answers_ = [one.answer for one in OPERATIONS]
    found = (one.schema for one in answers_ if one.schema is not None)
    types = list(dict.fromkeys((Problem, *found, *(type_ for one in answers_ for type_ in one.messages))))
    made, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    for one in components.values():
        if "enum" in one:  # what it says is for who reads the code
            one.pop("description", None)
    return dict(zip(types, made, strict=True)), components


def _security(auth: AuthConfig) -> dict[str, Any]:
    if auth.is_disabled:
        return {}
    if auth.tokens:
        return {"bearer": {"type": "http", "scheme": "bearer"}}
    return {"user": {"type": "apiKey", "in": "header", "name": auth.userid_header}}


def _operation(operation: Operation[Any], schemas: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": str(operation.summary),
        "parameters": list(parameters(operation)),
        "responses": _responses(operation, schemas),
    }
    if operation.description is not None:
        made["description"] = str(operation.description)
    if operation.body is not None:
        made["requestBody"] = _body(operation.body)
    return made


def parameters(operation: Operation[Any]) -> Iterator[dict[str, Any]]:
    """All parameters of an operation: of its path, its query and its head."""
    for name in _PARAMETER.findall(operation.path):
        schema = {"type": "string", "enum": list(operation.kinds)} if name == "plural" else _NAME
        told = {"description": _PLACES[name]}
        yield {"name": name, "in": "path", "required": True, **told, "schema": schema}
    _, components = msgspec.json.schema_components([operation.query], ref_template=_REFERENCE)
    shape = components[operation.query.__name__]
    for name, found in shape["properties"].items():
        own = dict(found)
        description = own.pop("description", "")
        told = {"description": description} if description else {}
        yield {"name": name, "in": "query", **told, "schema": own}
    if operation.method != "GET":
        yield _header(
            PROGRAM,
            "Any value. Not needed with a bearer token and no header that names the user.",
            example="script",
        )
    if operation.answer.has_tag:
        yield _header("If-None-Match", "The ETag of an answer that you have: 304 while it is still right.")
    if operation.answer.media == EVENTS:
        yield _header("Last-Event-ID", "The id of the last message that you have.")


def _header(name: str, description: str, *, example: str = "") -> dict[str, Any]:
    told = {"example": example} if example else {}
    schema = {"type": "string", "pattern": "^[ -~]*$", "maxLength": 200}
    return {"name": name, "in": "header", "description": description, "schema": schema, **told}


def _body(body: Body) -> dict[str, Any]:
    schema = {"type": "object"} if body.schema is not None else {}
    content = {media: {"schema": {"type": "string"} if media == YAML else schema} for media in body.media}
    content[body.media[0]]["example"] = body.example
    return {"required": True, "description": str(body.description), "content": content}


def _responses(operation: Operation[Any], schemas: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    answer = operation.answer
    found = {str(answer.status): _answer(answer, schemas)}
    if answer.trial_status:
        found[str(answer.trial_status)] = _answer(answer, schemas)
    if answer.has_tag:
        found["304"] = {"description": "What you have is still right.", "headers": _headers(answer)}
    for error in (*_ALWAYS, *(_OF_WRITES if operation.method != "GET" else ())):
        content: dict[str, Any] = {MEDIA_TYPE: {"schema": schemas[Problem], "example": examples.PROBLEM}}
        if answer.on_refusal and error in {errors.InvalidError, errors.UnavailableError}:
            content[JSON] = {"schema": schemas[answer.schema]}
        found[str(error.status)] = {"description": (error.__doc__ or "").splitlines()[0], "content": content}
    found |= {str(status): {"description": said} for status, said in _BY_THE_SERVER.items()}
    return found


def _answer(answer: Answer, schemas: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    schema = schemas[answer.schema] if answer.schema is not None else {"type": "string"}
    if answer.messages:
        schema = _event([schemas[one] for one in answer.messages])
    media = f"{PLAIN}; charset=utf-8" if answer.media == PLAIN else answer.media
    made: dict[str, Any] = {
        "description": str(answer.description),
        "content": {media: {"schema": schema, "example": answer.example}},
    }
    if headers := _headers(answer):
        made["headers"] = headers
    return made


def _event(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """One event of a stream, as OpenAPI 3.2 writes it: https://spec.openapis.org/oas/v3.2.0.html#special-considerations-for-server-sent-events"""
    data = {"type": "string", "contentMediaType": JSON, "contentSchema": {"anyOf": messages}}
    return {
        "type": "object",
        "required": ["data"],
        "properties": {"data": data, "id": {"type": "string"}, "event": {"type": "string"}},
    }


def _headers(answer: Answer) -> dict[str, Any]:
    text = {"type": "string"}
    told: dict[str, Any] = {name: {"schema": text, "required": True} for name in answer.headers}
    if answer.has_tag:
        told["ETag"] = {"schema": text, "required": True}
        stale = "While the cluster cannot be watched: what is answered was true then."
        told[answers.STALE] = {"schema": {"type": "string", "format": "date-time"}, "description": stale}
    return told
