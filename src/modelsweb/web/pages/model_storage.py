"""Where models come from and where they are kept, of the whole cluster."""

import asyncio
from contextlib import AbstractContextManager
from dataclasses import dataclass

from modelsweb import errors
from modelsweb.gateway.reader import ListGrant
from modelsweb.kinds import (
    CLUSTER_STORAGE_CONTAINER,
    LOCAL_MODEL_CACHE,
    LOCAL_MODEL_NAMESPACE_CACHE,
    LOCAL_MODEL_NODE_GROUP,
)
from modelsweb.objects.freshness import worst
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.viewmodels import model_storage
from modelsweb.viewmodels.model_storage import ModelStorage, StorageQuestion
from modelsweb.web import objects
from modelsweb.web.channel import Changes
from modelsweb.web.live_page import LivePage, each_time
from modelsweb.web.site import RequestContext, Site

_KINDS = (
    CLUSTER_STORAGE_CONTAINER,
    LOCAL_MODEL_CACHE,
    LOCAL_MODEL_NAMESPACE_CACHE,
    LOCAL_MODEL_NODE_GROUP,
)
_CACHES = (LOCAL_MODEL_CACHE, LOCAL_MODEL_NAMESPACE_CACHE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who sees the same. ``grants`` are for the kinds that they may list, ``refused`` the kinds that they may not."""

    question: StorageQuestion
    grants: tuple[ListGrant, ...]
    refused: tuple[Kind, ...]


async def admit(context: RequestContext) -> Audience:
    """What the user may see of it: of namespaces those that are theirs. Raises AccessDeniedError where they may list none of it, and
    NotFoundError where the cluster has none of these kinds."""
    kinds = [kind for kind in _KINDS if kind in context.site.reader.kinds]
    if not kinds:
        raise errors.NotFoundError("This cluster has no storage containers and no model caches.")
    found = await asyncio.gather(*(objects.list_grant(context, kind) for kind in kinds))
    grants = tuple(one for one in found if one is not None)
    if not grants:
        await context.site.reader.authorize_list(context.user, kinds[0], namespaces=None)
    return Audience(
        question=model_storage.parse(context.request.query_params.multi_items()),
        grants=grants,
        refused=tuple(kind for kind, one in zip(kinds, found, strict=True) if one is None),
    )


def build(site: Site, audience: Audience) -> ModelStorage:
    """The page."""
    roots = {grant.kind: site.reader.roots(grant) for grant in audience.grants}

    def of(kind: Kind) -> tuple[Obj, ...] | None:
        return roots[kind].objects if kind in roots else None

    of_caches = {kind: of(kind) for kind in _CACHES if kind in roots}
    caches = tuple((kind, cache) for kind, found in of_caches.items() for cache in found or ())
    unread = tuple(kind.full_name for kind, found in roots.items() if found.objects is None)
    is_refused = any(kind in audience.refused for kind in _CACHES)
    hidden = any(grant.namespaces is not None for grant in audience.grants if grant.kind in of_caches)
    return model_storage.build(
        audience.question,
        containers=of(CLUSTER_STORAGE_CONTAINER),
        caches=caches if any(found is not None for found in of_caches.values()) else None,
        groups=of(LOCAL_MODEL_NODE_GROUP),
        refused=tuple(kind.full_name for kind in audience.refused),
        unread=unread,
        shows_containers=CLUSTER_STORAGE_CONTAINER in roots,
        is_whole=not (is_refused or hidden or unread),
        health=worst(found.health for found in roots.values()),
    )


def changes(site: Site, audience: Audience) -> AbstractContextManager[Changes]:
    """Tells when containers, caches or node groups changed."""
    return site.reader.root_changes(*audience.grants)


PAGE = LivePage(
    name="model_storage",
    admit=admit,
    keep=each_time(build),
    changes=changes,
    fragments=("freshness", "notes", "containers", "caches", "groups"),
    frame=lambda model: model,
)
