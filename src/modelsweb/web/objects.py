"""The object of any root kind that a URL names, or the list of a kind, as far as its user may see it."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from modelsweb import errors
from modelsweb.diagnosis.finding import WITH_PODS
from modelsweb.gateway.reader import ListGrant, ObjectGrant
from modelsweb.kinds import INFERENCE_SERVICE, POD
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.operations.action import Target
from modelsweb.viewmodels import object_list
from modelsweb.viewmodels.components import list_query
from modelsweb.viewmodels.components.judged import JudgedObject, judged_object
from modelsweb.viewmodels.components.list_query import ListQuery
from modelsweb.viewmodels.components.metrics_tab import MetricsTab
from modelsweb.viewmodels.components.object_row import ObjectRow
from modelsweb.viewmodels.components.rights import Rights
from modelsweb.viewmodels.object_list import OBJECTS, ObjectList
from modelsweb.web.channel import Changes
from modelsweb.web.kept_index import KeptIndex
from modelsweb.web.site import RequestContext, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAudience:
    """Who sees the same list of a kind."""

    grant: ListGrant
    namespace: str
    query: ListQuery
    given: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audience:
    """Who sees the same of an object. ``with_status`` is what the YAML's URL asks for."""

    grant: ObjectGrant
    rights: Rights
    with_status: bool = True


def kind_of(context: RequestContext) -> Kind:
    """The kind whose plural stands in the path. Raises NotFoundError where no such kind has pages here."""
    plural, is_namespaced = context.plural, not context.is_of_cluster
    for kind in context.site.other_kinds:
        if kind.plural == plural and kind.namespaced is is_namespaced:
            return kind
    raise errors.NotFoundError(f"This cluster has no {plural!r} that this app shows.")


def creatable(context: RequestContext, plural: str) -> Kind:
    """The namespaced kind of that plural, whose objects are created and edited here. Raises NotFoundError."""
    for kind in (INFERENCE_SERVICE, *context.site.other_kinds):
        if kind.plural == plural and kind.creatable:
            return kind
    raise errors.NotFoundError(f"This cluster has no {plural[:80]!r} that can be created or edited here.")


def target(context: RequestContext, kind: Kind, *, uid: str = "") -> Target:
    """The object that the URL names, as something to be acted on."""
    return Target(kind=kind, namespace=context.namespace, name=context.name, uid=uid)


async def root(context: RequestContext, kind: Kind) -> Obj:
    """The object that the URL names, as it is; one that was deleted is no longer it. Raises AccessDeniedError, NotFoundError."""
    reader = context.site.reader
    grant = await reader.authorize_object(context.user, kind, namespace=context.namespace, name=context.name)
    snapshot = reader.snapshot(grant)
    if snapshot.gone is not None:
        raise errors.NotFoundError(f'{kind.full_name} "{context.name}" not found')
    return snapshot.root


async def admit_list(context: RequestContext) -> ListAudience:
    """What the user may see of the list that the URL asks for. Raises AccessDeniedError, NotFoundError."""
    kind = kind_of(context)
    if kind not in context.site.listed_kinds:
        raise errors.NotFoundError(f"{kind.kind} has no list of its own.")
    namespaces = (context.namespace,) if context.namespace else None
    grant = await context.site.reader.authorize_list(context.user, kind, namespaces=namespaces)
    query = list_query.parse(context.request.query_params.multi_items(), OBJECTS)
    return ListAudience(grant=grant, namespace=context.namespace, query=query, given=query.given)


def keep_list(site: Site, audience: ListAudience) -> Callable[[], ObjectList]:
    """What builds the list for an audience, again and again."""
    kept = _index(site, audience)

    def build() -> ObjectList:
        index, [health] = kept.current()
        return object_list.build(
            audience.grant.kind,
            index,
            health=health,
            namespace=audience.namespace,
            query=audience.query,
            hidden=audience.grant.hidden,
        )

    return build


def matching(site: Site, audience: ListAudience) -> tuple[ObjectRow, ...]:
    """All objects that the list's filters leave, in its order."""
    return _index(site, audience).current()[0].rows()


def _index(site: Site, audience: ListAudience) -> KeptIndex[ObjectRow]:
    return KeptIndex(site, audience.grant, make=lambda: object_list.index(audience.query))


def list_changes(site: Site, audience: ListAudience) -> AbstractContextManager[Changes]:
    """Tells when the list is another."""
    return site.reader.list_changes(audience.grant)


async def list_grant(context: RequestContext, kind: Kind, *, namespace: str = "") -> ListGrant | None:
    """The right to list a kind in a namespace, or wherever the user may; None where they may not, or the cluster lacks the kind."""
    if kind not in context.site.reader.kinds:
        return None
    try:
        return await context.site.reader.authorize_list(
            context.user, kind, namespaces=(namespace,) if namespace else None
        )
    except errors.AccessDeniedError:
        return None


async def admit(context: RequestContext) -> Audience:
    """What the user may see of the object. Raises AccessDeniedError, NotFoundError."""
    kind = kind_of(context)
    grant = await context.site.reader.authorize_object(
        context.user, kind, namespace=context.namespace, name=context.name
    )
    rights = await rights_to(context, kind)
    return Audience(grant, rights, context.request.query_params.get("status") != "0")


async def rights_to(context: RequestContext, kind: Kind) -> Rights:
    """What the user may do with the object that the URL names, as far as its kind knows it here."""
    site, user, namespace = context.site, context.user, context.namespace

    async def may(verb: str) -> bool:
        name = "" if verb == "create" else context.name
        is_known = verb in kind.verbs and kind.namespaced
        return is_known and await site.authorization.allows(
            user, kind, verb=verb, namespace=namespace, name=name
        )

    async def may_read_logs() -> bool:
        return kind in WITH_PODS and await site.authorization.allows(
            user, POD, verb="get", namespace=namespace, subresource="log"
        )

    async def may_see_metrics() -> bool:
        return kind in WITH_PODS and await site.metrics.allows(user, namespace)

    create, delete, patch, logs, metrics = await asyncio.gather(
        may("create"), may("delete"), may("patch"), may_read_logs(), may_see_metrics()
    )
    return Rights(create=create, delete=delete, patch=patch, logs=logs, metrics=metrics)


def judged(site: Site, audience: Audience) -> JudgedObject:
    """The object with all that the audience may see of it, judged. Raises NotFoundError."""
    return judged_object(
        site.reader.snapshot(audience.grant),
        reported=site.reports.newest,
        rights=audience.rights,
        metrics_tab=metrics_tab(site),
    )


def metrics_tab(site: Site) -> MetricsTab:
    """Whether pages have a tab with metrics."""
    if site.metrics.is_there:
        return MetricsTab.SHOWN
    return MetricsTab.PROBED if site.config.metrics.grafana_prefix else MetricsTab.NONE


def changes(site: Site, audience: Audience) -> AbstractContextManager[Changes]:
    """Tells when the object or what belongs to it changed."""
    return site.reader.object_changes(audience.grant)
