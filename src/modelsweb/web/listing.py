"""The list that a URL asks for, as far as its user may see it: for the page, for exports, for what is done to it."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from modelsweb.gateway.reader import Grant
from modelsweb.viewmodels import service_list
from modelsweb.viewmodels.parts import list_query
from modelsweb.viewmodels.parts.list_query import ListQuery
from modelsweb.viewmodels.service_list import Rights, ServiceList
from modelsweb.web.channel import Changes
from modelsweb.web.site import Site, Visit


@dataclass(frozen=True, slots=True)
class Audience:
    """Who sees the same list."""

    namespaces: tuple[str, ...] | None
    grant: Grant
    rights: Rights
    query: ListQuery
    given: tuple[str, ...]


async def admit(visit: Visit) -> Audience:
    """What the user may see of the list that the URL asks for. Raises AccessDeniedError."""
    reader, user = visit.site.reader, visit.user
    query = list_query.parse(visit.request.query_params.multi_items())
    namespaces = (visit.namespace,) if visit.namespace else None
    grant = await reader.grant(user, namespaces)
    rights = Rights(
        create=await reader.where_allowed(user, "create", grant.namespaces),
        delete=await reader.where_allowed(user, "delete", grant.namespaces),
        patch=await reader.where_allowed(user, "patch", grant.namespaces),
    )
    return Audience(namespaces, grant, rights, query, query.given)


def build(site: Site, audience: Audience) -> ServiceList:
    """The list for an audience."""
    listing = site.reader.listing(audience.grant)
    return service_list.build(
        (entry.value for _, _, entry in listing.entries),
        health=listing.health,
        namespaces=audience.namespaces,
        query=audience.query,
        rights=audience.rights,
        hidden=audience.grant.hidden,
        now=site.clock.now(),
        has_load=site.figures.is_there,
        is_nowhere=audience.namespaces is not None and all(map(site.reader.lacks, audience.namespaces)),
    )


def changes(site: Site, audience: Audience) -> AbstractContextManager[Changes]:
    """Tells when the list is another."""
    return site.reader.listing_changes(audience.grant)
