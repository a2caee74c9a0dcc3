"""The service that a URL names, as far as its user may see it: for all tabs of its page."""

from collections.abc import Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from modelsweb.gateway.objects import ObjectGrant
from modelsweb.kinds import INFERENCE_SERVICE, POD
from modelsweb.viewmodels.parts import service_head
from modelsweb.viewmodels.parts.service_head import MetricsTab, Rights, Subject
from modelsweb.web.channel import Changes
from modelsweb.web.site import Site, Visit

Query = TypeVar("Query", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Audience(Generic[Query]):
    """Who sees the same of a service. ``query`` is what the tab's URL asks for beyond that."""

    grant: ObjectGrant
    rights: Rights
    query: Query


async def plain(visit: Visit) -> Audience[None]:
    """What the user may see of the service, on a tab whose URL asks for nothing more. Raises AccessDeniedError."""
    return await admit(visit, None)


async def admit(visit: Visit, query: Query) -> Audience[Query]:
    """What the user may see of the service. Raises AccessDeniedError."""
    reader, namespace = visit.site.reader, visit.namespace
    grant = await visit.site.objects.authorize_object(visit.user, INFERENCE_SERVICE, namespace, visit.name)
    rights = Rights(
        delete=await reader.allows(visit.user, INFERENCE_SERVICE, "delete", namespace, name=visit.name),
        patch=await reader.allows(visit.user, INFERENCE_SERVICE, "patch", namespace, name=visit.name),
        logs=await reader.allows(visit.user, POD, "get", namespace, subresource="log"),
        metrics=await visit.site.figures.allows(visit.user, namespace),
    )
    return Audience(grant, rights, query)


def subject(site: Site, audience: Audience[Any], *, all_events: bool = False) -> Subject:
    """The service with all that the audience may see of it; of very many events the newest, unless all are asked for.

    Raises NotFoundError.
    """
    found = site.objects.snapshot(audience.grant, all_events=all_events)
    return service_head.subject(
        found.root,
        found.members,
        gaps=found.gaps,
        health=found.health,
        rights=replace(audience.rights, delete=False, patch=False) if found.gone else audience.rights,
        now=site.clock.now(),
        metrics_tab=_metrics_tab(site),
        gone=found.gone,
        left_out=found.left_out,
        reported=site.reports.newest,
    )


def _metrics_tab(site: Site) -> MetricsTab:
    if site.figures.is_there:
        return MetricsTab.SHOWN
    return MetricsTab.PROBED if site.config.metrics.grafana_prefix else MetricsTab.NONE


def changes(site: Site, audience: Audience[Any]) -> AbstractContextManager[Changes]:
    """Tells when the service or anything that it owns changed."""
    return site.objects.object_changes(audience.grant)
