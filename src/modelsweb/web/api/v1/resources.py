"""Objects as the cluster has them: straight from the store's bytes, written through the API server."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.responses import Response

from modelsweb import errors
from modelsweb.gateway.rate_limit import WRITE_SECONDS
from modelsweb.gateway.raw_reader import Item
from modelsweb.gateway.reader import ListGrant
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.ref import ObjectRef
from modelsweb.web import chunked
from modelsweb.web.api.v1 import answers, selection
from modelsweb.web.api.v1.operation import JSON, Query
from modelsweb.web.api.v1.place import CREATABLE, arrived, kind_in, kind_of, namespaces_of
from modelsweb.web.api.v1.schemas import Deletion, ListMetadata
from modelsweb.web.api.v1.selection import Fields, ListQuery
from modelsweb.web.site import RequestContext

Namespaces = Annotated[
    str, Meta(max_length=1_000, description="Those, separated by commas; without it wherever you may list.")
]
DryRun = Annotated[bool, Meta(description="The cluster tries it, and nothing is changed.")]


class ListOfNamespace(ListQuery, frozen=True, kw_only=True):
    """Which part of a list, and of its objects."""

    fields: Fields = ""


class ListOfAll(ListOfNamespace, frozen=True, kw_only=True):
    """The same of several namespaces."""

    namespaces: Namespaces = ""


class ReadQuery(Query, frozen=True, kw_only=True):
    """What of an object is read."""

    fields: Fields = ""
    managed_fields: Annotated[
        bool, Meta(description="With managedFields, which only the API server has: it is asked.")
    ] = False


class WriteQuery(Query, frozen=True, kw_only=True):
    """How something is written."""

    dry_run: DryRun = False


class DeleteQuery(WriteQuery, frozen=True, kw_only=True):
    """Which object is meant."""

    uid: Annotated[
        str, Meta(max_length=100, description="Only the object of this uid, not one that was made again.")
    ] = ""


async def of_all(context: RequestContext, query: ListOfAll) -> Response:
    """Those of several namespaces, or of a kind of the whole cluster. Raises AccessDeniedError."""
    return await _listed(context, query, namespaces=namespaces_of(query.namespaces, kind_of(context)))


async def of_namespace(context: RequestContext, query: ListOfNamespace) -> Response:
    """Those of a namespace. Raises AccessDeniedError."""
    return await _listed(context, query, namespaces=(context.namespace,))


async def _listed(
    context: RequestContext, query: ListOfNamespace, *, namespaces: tuple[str, ...] | None
) -> Response:
    kind, raw = kind_of(context), context.site.raw
    kept = selection.paths(query.fields)
    begin = selection.key(query.continue_) if query.continue_ else None
    grant = await raw.authorize_list(context.user, kind, namespaces=namespaces)
    async with context.site.rate_limit.turn(context.user):
        health = raw.health(grant)
        tag = answers.tag_of((raw.version(grant), str(grant), str(query)))
        if (known := answers.not_modified(context.request, tag, health=health)) is not None:
            return known
        items = raw.items(grant)
        rest = items if begin is None else selection.after(items, begin)
        shown = rest[: query.limit]
        metadata = msgspec.json.encode(metadata_of(grant, rest, shown=shown))
    parts = [item.raw for item in shown]
    if kept:
        parts = await context.site.rate_limit.aside(context.user, selection.all_only, parts, kept)
    head = msgspec.json.encode({"apiVersion": kind.api_version, "kind": f"{kind.kind}List"})[:-1]
    head = b"".join((head, b',"metadata":', metadata, b',"items":['))
    return chunked.json_list(head, parts, headers=answers.headers(tag, health))


def metadata_of(grant: ListGrant, rest: tuple[Any, ...], *, shown: tuple[Item, ...]) -> ListMetadata:
    """Where a list goes on behind what is shown of the rest."""
    left = len(rest) - len(shown)
    return ListMetadata(
        continue_=selection.token(shown[-1].key) if left else "",
        remaining_item_count=left,
        hidden_namespaces=grant.hidden,
    )


async def read(context: RequestContext, query: ReadQuery) -> Response:
    """One object. Raises AccessDeniedError, NotFoundError."""
    kind, raw = kind_of(context), context.site.raw
    kept = selection.paths(query.fields)
    if query.managed_fields:
        context.site.rate_limit.spend(context.user, WRITE_SECONDS)
        found = await context.site.writer.existing(
            context.user, kind, namespace=context.namespace, name=context.name
        )
        body = msgspec.json.encode(found.raw)
        return answers.of_part(context, selection.only(body, kept) if kept else body)
    grant = await raw.authorize_object(context.user, kind, namespace=context.namespace, name=context.name)
    item, health = raw.item(grant), raw.health(grant)
    tag = answers.tag_of((item.uid, item.resource_version, query.fields))
    known = answers.not_modified(context.request, tag, health=health)
    if known is not None:
        return known
    return answers.of_bytes(selection.only(item.raw, kept) if kept else item.raw, tag=tag, health=health)


async def create(context: RequestContext, query: WriteQuery) -> Response:
    """Creates one. Raises AccessDeniedError, BadRequestError, and what the cluster objects to."""
    kind = kind_in(context, CREATABLE)
    manifest = _manifest(context, kind)
    if not isinstance(manifest["metadata"].get("name"), str) or not manifest["metadata"]["name"]:
        raise _invalid("metadata.name", "it must be the name of the object.")
    made = await context.site.writer.create(
        context.user, kind, namespace=context.namespace, manifest=manifest, dry_run=query.dry_run
    )
    return await _written(context, made, kind=kind, status=201, dry_run=query.dry_run)


async def replace(context: RequestContext, query: WriteQuery) -> Response:
    """Puts a whole object in the place of another. Raises as ``create`` does, NotFoundError, and ConflictError where its resourceVersion is
    an older one."""
    kind = kind_in(context, CREATABLE)
    manifest = _manifest(context, kind)
    if manifest["metadata"].setdefault("name", context.name) != context.name:
        raise _invalid("metadata.name", f"it must be {context.name}, as in the path.")
    if not isinstance(manifest["metadata"].get("resourceVersion"), str):
        raise _invalid("metadata.resourceVersion", "it must be that of the object that was read and changed.")
    stored = await context.site.writer.replace(
        context.user,
        kind,
        namespace=context.namespace,
        name=context.name,
        manifest=manifest,
        dry_run=query.dry_run,
    )
    return await _written(context, stored, kind=kind, status=200, dry_run=query.dry_run)


async def patch(context: RequestContext, query: DeleteQuery) -> Response:
    """Sets some fields, null takes one away (JSON merge patch, RFC 7396). Raises as ``replace`` does."""
    kind = kind_in(context, CREATABLE)
    changes = _mapping(context.body, "the body")
    if "metadata" in changes:
        _mapping(changes["metadata"], "metadata")
    stored = await context.site.writer.merge(
        context.user,
        kind,
        namespace=context.namespace,
        name=context.name,
        changes=changes,
        uid=query.uid,
        dry_run=query.dry_run,
    )
    return await _written(context, stored, kind=kind, status=200, dry_run=query.dry_run)


async def delete(context: RequestContext, query: DeleteQuery) -> Response:
    """Asks for its deletion, dependants first. Raises AccessDeniedError, NotFoundError."""
    kind = kind_in(context, CREATABLE)
    await context.site.writer.delete(
        context.user,
        kind,
        namespace=context.namespace,
        name=context.name,
        uid=query.uid,
        dry_run=query.dry_run,
    )
    result = Deletion(kind=kind.kind, namespace=context.namespace, name=context.name, dry_run=query.dry_run)
    return answers.of(context, result, status=202)


async def _written(
    context: RequestContext, stored: Obj, *, kind: Kind, status: int, dry_run: bool
) -> Response:
    """The object as it is stored, once it can be read here too."""
    if not dry_run:
        ref = ObjectRef(kind.full_name, stored.namespace, stored.name)
        await arrived(context, ref, kind=kind, uid=stored.uid, version=stored.resource_version)
    metadata = {key: value for key, value in stored.mapping("metadata").items() if key != "managedFields"}
    body = msgspec.json.encode({**stored.raw, "metadata": metadata})
    return Response(body, status, {"Cache-Control": "no-store"}, JSON)


def _manifest(context: RequestContext, kind: Kind) -> dict[str, Any]:
    """The object in the body, of the kind and in the namespace of the path."""
    manifest = dict(_mapping(context.body, "the body"))
    for name, wanted in (("apiVersion", kind.api_version), ("kind", kind.kind)):
        if manifest.setdefault(name, wanted) != wanted:
            raise _invalid(name, f"it must be {wanted} here.")
    metadata = dict(_mapping(manifest.get("metadata"), "metadata"))
    if metadata.setdefault("namespace", context.namespace) != context.namespace:
        raise _invalid("metadata.namespace", f"it must be {context.namespace}, as in the path.")
    return {**manifest, "metadata": metadata}


def _mapping(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _invalid(name, "it must be an object.")
    return value


def _invalid(field: str, what: str) -> errors.InvalidError:
    message = f"{field}: {what}"
    return errors.InvalidError(message, causes=(errors.Cause(field, "Invalid", message),))
