"""Several documents in one request, created in their order."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from modelsweb import errors
from modelsweb.kinds import INFERENCE_GRAPH, INFERENCE_SERVICE, TRAINED_MODEL
from modelsweb.objects.kind import Kind
from modelsweb.web.errors import name_of
from modelsweb.web.site import RequestContext

_KINDS = (INFERENCE_SERVICE, INFERENCE_GRAPH, TRAINED_MODEL)
_MAX_RESOURCES = 100


class _BrokenError(errors.BadRequestError):
    """A document that cannot be sent, by its number from 1; None for the request as a whole."""

    def __init__(self, message: str, number: int | None = None) -> None:
        super().__init__(message)
        self.number = number


async def create(context: RequestContext) -> Response:
    """Looks at all of them, then at the right to create each, before the first is sent. What was made stays where a later one fails."""
    made: list[dict[str, str]] = []
    number: int | None = None
    given = context.body.get("resources") if isinstance(context.body, dict) else None
    try:
        planned = [_planned(context, one, number=place) for place, one in enumerate(_several(given), start=1)]
        for place, (kind, _) in enumerate(planned, start=1):
            number = place
            await context.site.authorization.require(
                context.user, kind, verb="create", namespace=context.namespace
            )
        for place, (kind, manifest) in enumerate(planned, start=1):
            number = place
            await context.site.writer.create(
                context.user, kind, namespace=context.namespace, manifest=manifest
            )
            made.append(_identity(manifest, context.namespace))
    except errors.ModelswebError as error:
        if isinstance(error, _BrokenError):
            number = error.number
        return _failed(context, error, number=number, given=given, made=made)
    return _answer(
        context, 201, success=True, message=f"{len(made)} resources were created.", createdResources=made
    )


def _several(given: Any) -> list[Any]:
    if not isinstance(given, list) or not given:
        raise _BrokenError("The body must have a list called resources with one document at least.")
    if len(given) > _MAX_RESOURCES:
        raise _BrokenError(f"There are {len(given)} documents; send {_MAX_RESOURCES} at most.")
    return given


def _planned(context: RequestContext, document: Any, *, number: int) -> tuple[Kind, Mapping[str, Any]]:
    def broken(what: str) -> _BrokenError:
        return _BrokenError(f"Document {number}: {what}", number)

    if not isinstance(document, dict):
        raise broken("it must be an object.")
    for key in ("apiVersion", "kind"):
        if not isinstance(document.get(key), str) or not document[key]:
            raise broken(f"{key} is missing.")
    metadata = document.get("metadata")
    if not isinstance(metadata, dict):
        raise broken("metadata must be an object.")
    if not isinstance(metadata.get("name"), str) or not metadata["name"]:
        raise broken("metadata.name is missing.")
    if document.get("spec") is None:
        raise broken("spec is missing.")
    kind = next(
        (one for one in _KINDS if (one.api_version, one.kind) == (document["apiVersion"], document["kind"])),
        None,
    )
    if kind is None:
        known = ", ".join(f"{one.api_version} {one.kind}" for one in _KINDS)
        raise broken(f"{document['apiVersion']} {document['kind']} is none of {known}.")
    kept = {key: value for key, value in document.items() if value is not None}
    return kind, {**kept, "metadata": {**metadata, "namespace": context.namespace}}


def _identity(document: Mapping[str, Any], namespace: str) -> dict[str, str]:
    return {
        "apiVersion": document["apiVersion"],
        "kind": document["kind"],
        "name": document["metadata"]["name"],
        "namespace": namespace,
    }


def _failed(
    context: RequestContext,
    error: errors.ModelswebError,
    *,
    number: int | None,
    given: Any,
    made: list[dict[str, str]],
) -> Response:
    failed: dict[str, Any] = {}
    if number is not None:
        failed["failedDocumentIndex"] = number
        document = given[number - 1]
        if isinstance(document, dict) and document.get("kind"):
            metadata = document.get("metadata")
            failed["failedResource"] = {
                "apiVersion": document.get("apiVersion"),
                "kind": document["kind"],
                "name": metadata.get("name") if isinstance(metadata, dict) else None,
                "namespace": context.namespace,
            }
    return _answer(
        context,
        error.status,
        success=False,
        message=error.message,
        log=error.message,
        reason=error.reason,
        createdResources=made,
        **failed,
    )


def _answer(context: RequestContext, status: int, **data: object) -> Response:
    body = msgspec.json.encode({"status": status, "user": name_of(context.user), **data})
    return Response(body + b"\n", status, {"Cache-Control": "no-store"}, "application/json")
