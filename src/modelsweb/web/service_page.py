"""The service that a URL names, as far as its user may see it: for all tabs of its page."""

from collections.abc import Awaitable, Callable, Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from modelsweb import errors
from modelsweb.diagnosis.finding import WITH_PODS
from modelsweb.gateway.reader import ObjectGrant
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.objects.kind import Kind
from modelsweb.viewmodels.components.judged import JudgedService, judged_service
from modelsweb.viewmodels.components.rights import Rights
from modelsweb.web import objects
from modelsweb.web.channel import Changes
from modelsweb.web.live_page import LivePage, each_time
from modelsweb.web.site import RequestContext, Site

Query = TypeVar("Query", bound=Hashable)
ViewModel = TypeVar("ViewModel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience(Generic[Query]):
    """Who sees the same of a service. ``query`` is what the tab's URL asks for beyond that."""

    grant: ObjectGrant
    rights: Rights
    query: Query
    leaning: tuple[tuple[Kind, frozenset[Kind]], ...] = ()
    """The kinds that may lean on it, each with what is hidden of it."""


async def plain(context: RequestContext) -> Audience[None]:
    """What the user may see of the service, on a tab whose URL asks for nothing more. Raises AccessDeniedError."""
    audience = await admit(context, None)
    reader = context.site.reader
    return replace(audience, leaning=await reader.authorize_leaning(context.user, audience.grant))


async def admit(context: RequestContext, query: Query) -> Audience[Query]:
    """What the user may see of the service. Raises AccessDeniedError, and NotFoundError for a kind that has no pods."""
    kind = objects.kind_of(context) if context.plural else INFERENCE_SERVICE
    grant = await context.site.reader.authorize_object(
        context.user, kind, namespace=context.namespace, name=context.name
    )
    if kind not in WITH_PODS:
        raise errors.NotFoundError(f"{kind.kind} has no pods of its own.")
    rights = await objects.rights_to(context, kind)
    return Audience(grant=grant, rights=rights, query=query)


def judged(site: Site, audience: Audience[Any], *, all_events: bool = False) -> JudgedService:
    """The service with all that the audience may see of it; of very many events the newest, unless all are asked for.

    Raises NotFoundError.
    """
    seen = site.reader.snapshot(audience.grant, all_events=all_events)
    return judged_service(
        seen,
        rights=replace(audience.rights, delete=False, patch=False) if seen.gone else audience.rights,
        metrics_tab=objects.metrics_tab(site),
        reported=site.reports.newest,
    )


def changes(site: Site, audience: Audience[Any]) -> AbstractContextManager[Changes]:
    """Tells when the service or anything that it owns changed."""
    return site.reader.object_changes(audience.grant)


def tab(
    name: str,
    build: Callable[[Site, Audience[Query]], ViewModel],
    *fragments: str,
    admit: Callable[[RequestContext], Awaitable[Audience[Query]]],
) -> LivePage[Audience[Query], ViewModel]:
    """A tab of the service's page; ``fragments`` are its own, below the head that all share."""
    return LivePage(
        name=name,
        admit=admit,
        keep=each_time(build),
        changes=changes,
        fragments=("freshness", "head", "tabs", *fragments),
    )
