"""The list that a URL asks for, as far as its user may see it: for the page, for exports, for what is done to it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from modelsweb.gateway.reader import ListGrant
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.viewmodels import service_list
from modelsweb.viewmodels.components import list_query
from modelsweb.viewmodels.components.list_query import ListQuery
from modelsweb.viewmodels.components.service_row import ServiceRow
from modelsweb.viewmodels.components.service_table import SERVICES
from modelsweb.viewmodels.service_list import Rights, ServiceList
from modelsweb.web.channel import Changes
from modelsweb.web.kept_index import KeptIndex
from modelsweb.web.site import RequestContext, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who sees the same list."""

    namespaces: tuple[str, ...] | None
    grant: ListGrant
    rights: Rights
    query: ListQuery
    given: tuple[str, ...]


async def admit(context: RequestContext) -> Audience:
    """What the user may see of the list that the URL asks for. Raises AccessDeniedError."""
    authorization, user = context.site.authorization, context.user
    query = list_query.parse(context.request.query_params.multi_items(), SERVICES)
    namespaces = (context.namespace,) if context.namespace else None
    grant = await context.site.reader.authorize_list(user, INFERENCE_SERVICE, namespaces=namespaces)
    rights = Rights(
        create=await authorization.where_allowed(
            user, INFERENCE_SERVICE, verb="create", namespaces=grant.namespaces
        ),
        delete=await authorization.where_allowed(
            user, INFERENCE_SERVICE, verb="delete", namespaces=grant.namespaces
        ),
        patch=await authorization.where_allowed(
            user, INFERENCE_SERVICE, verb="patch", namespaces=grant.namespaces
        ),
    )
    return Audience(namespaces=namespaces, grant=grant, rights=rights, query=query, given=query.given)


def keep(site: Site, audience: Audience) -> Callable[[], ServiceList]:
    """What builds the list for an audience, again and again."""
    kept = _index(site, audience)

    def build() -> ServiceList:
        index, health = kept.current()
        return service_list.build(
            index,
            health=health,
            namespaces=audience.namespaces,
            query=audience.query,
            rights=audience.rights,
            hidden=audience.grant.hidden,
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
    return KeptIndex(site, audience.grant, make=lambda: service_list.index(audience.query))


def changes(site: Site, audience: Audience) -> AbstractContextManager[Changes]:
    """Tells when the list is another."""
    return site.reader.list_changes(audience.grant)
