"""The object of any root kind that a URL names, or the list of a kind, as far as its user may see it."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from modelsweb import errors
from modelsweb.gateway.objects import ListGrant, ObjectGrant
from modelsweb.objects.kind import Kind
from modelsweb.viewmodels import object_list
from modelsweb.viewmodels.object_list import ObjectList, ObjectQuery
from modelsweb.viewmodels.parts.object_head import Subject
from modelsweb.web.channel import Changes
from modelsweb.web.site import Site, Visit


@dataclass(frozen=True, slots=True)
class ListAudience:
    """Who sees the same list of a kind."""

    grant: ListGrant
    namespace: str
    query: ObjectQuery


@dataclass(frozen=True, slots=True)
class Audience:
    """Who sees the same of an object. ``with_status`` is what the YAML's URL asks for."""

    grant: ObjectGrant
    with_status: bool = True


def kind_of(visit: Visit) -> Kind:
    """The kind whose plural stands in the path. Raises NotFoundError where no such kind has pages here."""
    plural, is_namespaced = visit.plural, not visit.is_of_cluster
    for kind in visit.site.other_kinds:
        if kind.plural == plural and kind.namespaced is is_namespaced:
            return kind
    raise errors.NotFoundError(f"This cluster has no {plural!r} that this app shows.")


async def admit_list(visit: Visit) -> ListAudience:
    """What the user may see of the list that the URL asks for. Raises AccessDeniedError, NotFoundError."""
    kind = kind_of(visit)
    namespaces = (visit.namespace,) if visit.namespace else None
    grant = await visit.site.objects.authorize_list(visit.user, kind, namespaces)
    return ListAudience(grant, visit.namespace, object_list.parse(visit.request.query_params.multi_items()))


def build_list(site: Site, audience: ListAudience) -> ObjectList:
    """The list for an audience."""
    listing = site.objects.objects(audience.grant)
    return object_list.build(
        audience.grant.kind,
        (entry.value for _, _, entry in listing.entries),
        health=listing.health,
        namespace=audience.namespace,
        query=audience.query,
        hidden=audience.grant.hidden,
    )


def list_changes(site: Site, audience: ListAudience) -> AbstractContextManager[Changes]:
    """Tells when the list is another."""
    return site.objects.list_changes(audience.grant)


async def admit(visit: Visit) -> Audience:
    """What the user may see of the object. Raises AccessDeniedError, NotFoundError."""
    grant = await visit.site.objects.authorize_object(visit.user, kind_of(visit), visit.namespace, visit.name)
    return Audience(grant, visit.request.query_params.get("status") != "0")


def subject(site: Site, audience: Audience) -> Subject:
    """The object with all that the audience may see of it. Raises NotFoundError."""
    found = site.objects.snapshot(audience.grant)
    return Subject(
        kind=audience.grant.kind,
        obj=found.root,
        members=found.members,
        gaps=found.gaps,
        health=found.health,
        left_out=found.left_out,
        now=site.clock.now(),
    )


def changes(site: Site, audience: Audience) -> AbstractContextManager[Changes]:
    """Tells when the object or what belongs to it changed."""
    return site.objects.object_changes(audience.grant)
