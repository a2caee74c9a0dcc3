"""The list that a URL asks for, as far as its user may see it: for the page, for exports, for what is done to it."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from modelsweb import errors
from modelsweb.gateway.reader import ListGrant
from modelsweb.kinds import INFERENCE_SERVICE, MODEL_SERVICES
from modelsweb.objects.kind import Kind
from modelsweb.viewmodels import service_list
from modelsweb.viewmodels.components import list_query
from modelsweb.viewmodels.components.list_query import ListQuery
from modelsweb.viewmodels.components.service_row import ServiceRow
from modelsweb.viewmodels.components.service_table import SERVICES
from modelsweb.viewmodels.service_list import KindRights, Rights, ServiceList
from modelsweb.web.channel import Changes
from modelsweb.web.kept_index import KeptIndex
from modelsweb.web.site import RequestContext, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who sees the same list. ``grants`` are for the kinds that they may list, ``refused`` the kinds that they may not."""

    namespaces: tuple[str, ...] | None
    grants: tuple[ListGrant, ...]
    refused: tuple[Kind, ...]
    rights: Rights
    query: ListQuery
    given: tuple[str, ...]


async def admit(context: RequestContext) -> Audience:
    """What the user may see of the list that the URL asks for. Raises AccessDeniedError where they may list none of its kinds."""
    query = list_query.parse(context.request.query_params.multi_items(), SERVICES)
    namespaces = (context.namespace,) if context.namespace else None
    served = {INFERENCE_SERVICE, *context.site.reader.kinds}  # that there is no KServe the list says itself
    kinds = tuple(kind for kind in MODEL_SERVICES if kind in served)
    answers = await asyncio.gather(*(_grant(context, kind) for kind in kinds))
    grants = tuple(one for one in answers if isinstance(one, ListGrant))
    if not grants:
        raise next(one for one in answers if isinstance(one, errors.AccessDeniedError))
    found = await asyncio.gather(*(_rights(context, grant) for grant in grants))
    return Audience(
        namespaces=namespaces,
        grants=grants,
        refused=tuple(
            kind
            for kind, one in zip(kinds, answers, strict=True)
            if isinstance(one, errors.AccessDeniedError)
        ),
        rights=Rights(dict(zip((grant.kind for grant in grants), found, strict=True))),
        query=query,
        given=query.given,
    )


async def _grant(context: RequestContext, kind: Kind) -> ListGrant | errors.AccessDeniedError:
    namespaces = (context.namespace,) if context.namespace else None
    try:
        return await context.site.reader.authorize_list(context.user, kind, namespaces=namespaces)
    except errors.AccessDeniedError as error:
        return error


async def _rights(context: RequestContext, grant: ListGrant) -> KindRights:
    create, delete, patch = await asyncio.gather(
        *(
            context.site.authorization.where_allowed(
                context.user, grant.kind, verb=verb, namespaces=grant.namespaces
            )
            for verb in ("create", "delete", "patch")
        )
    )
    return KindRights(create=create, delete=delete, patch=patch)


def keep(site: Site, audience: Audience) -> Callable[[], ServiceList]:
    """What builds the list for an audience, again and again."""
    kept = _index(site, audience)

    def build() -> ServiceList:
        index, healths = kept.current()
        return service_list.build(
            index,
            healths=tuple(zip((grant.kind for grant in audience.grants), healths, strict=True)),
            refused=audience.refused,
            namespaces=audience.namespaces,
            query=audience.query,
            rights=audience.rights,
            hidden=max(grant.hidden for grant in audience.grants),
            has_load=site.metrics.is_there,
            is_nowhere=kept.is_nowhere,
        )

    return build


def build(site: Site, audience: Audience) -> ServiceList:
    """The list for an audience."""
    return keep(site, audience)()


def matching(site: Site, audience: Audience) -> tuple[ServiceRow, ...]:
    """All services that the list's filters leave, in its order."""
    return _index(site, audience).current()[0].rows()


def _index(site: Site, audience: Audience) -> KeptIndex[ServiceRow]:
    return KeptIndex(site, *audience.grants, make=lambda: service_list.index(audience.query))


def changes(site: Site, audience: Audience) -> AbstractContextManager[Changes]:
    """Tells when the list is another."""
    return site.reader.list_changes(*audience.grants)
