"""Objects as pages see them: what a row of a list says, from live evidence."""

from typing import Any

from starlette.responses import Response

from modelsweb.objects.kind import Kind
from modelsweb.topology.demand import Replicas
from modelsweb.viewmodels.components.object_row import ObjectRow
from modelsweb.viewmodels.components.service_row import ServiceRow
from modelsweb.web.api.v1 import answers, schemas, selection
from modelsweb.web.api.v1.place import kind_of, namespaces_of
from modelsweb.web.api.v1.resources import Namespaces
from modelsweb.web.api.v1.schemas import ListMetadata, Summary, SummaryList
from modelsweb.web.api.v1.selection import ListQuery
from modelsweb.web.site import RequestContext


class SummaryQuery(ListQuery, frozen=True, kw_only=True):
    """Which rows."""

    namespaces: Namespaces = ""


async def listed(context: RequestContext, query: SummaryQuery) -> Response:
    """The rows of a kind. Raises AccessDeniedError."""
    kind, reader = kind_of(context), context.site.reader
    begin = selection.key(query.continue_) if query.continue_ else None
    grant = await reader.authorize_list(context.user, kind, namespaces=namespaces_of(query.namespaces, kind))
    async with context.site.rate_limit.turn(context.user):
        listing = reader.objects(grant)
        ordered = sorted(listing.entries, key=lambda entry: entry[0])
        rest = [entry for entry in ordered if begin is None or entry[0] > begin]
        shown = rest[: query.limit]
        left = len(rest) - len(shown)
        metadata = ListMetadata(
            continue_=selection.token(shown[-1][0]) if left else "",
            remaining_item_count=left,
            hidden_namespaces=grant.hidden,
        )
        items = [of_row(kind, row) for _, row in shown]
        return answers.of(context, SummaryList(metadata=metadata, items=items), health=listing.health)


def of_row(kind: Kind, row: ServiceRow | ObjectRow) -> Summary:
    """A row in the words of this API."""
    common: dict[str, Any] = {
        "kind": kind.kind,
        "namespace": row.namespace,
        "name": row.name,
        "uid": row.uid,
        "status": row.status,
        "cause": str(row.cause) if row.cause is not None else "",
        "effect": str(row.effect) if row.effect is not None else "",
        "created": row.created,
        "labels": dict(row.labels),
    }
    if isinstance(row, ObjectRow):
        state = "" if row.status is not None else row.state
        return Summary(**common, state=state, mood=row.mood, message=row.message, subject=row.subject)
    return Summary(
        **common,
        rule=row.rule,
        since=row.since,
        changed=row.changed,
        owner=row.owner,
        replicas=_replicas(row.replicas),
        prefill_replicas=_replicas(row.prefill),
        gpus=row.gpus,
        prefill_gpus=row.prefill_gpus,
        url=row.url,
        runtime=row.runtime,
        model_format=row.model_format,
        model_name=row.model_name,
        storage_uri=row.storage_uri,
        mode=row.mode,
        protocol=row.protocol,
        version=row.version,
        traffic=row.traffic,
        routing_group=row.group,
    )


def _replicas(found: Replicas | None) -> schemas.Replicas | None:
    return None if found is None else schemas.Replicas(ready=found.ready, wanted=found.wanted)
