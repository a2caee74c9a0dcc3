"""One InferenceService: overview and YAML."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from modelsweb.gateway.reader import FamilyGrant
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.viewmodels import service_detail
from modelsweb.viewmodels.service_detail import ServiceDetail
from modelsweb.web.channel import Changes
from modelsweb.web.screen import Screen
from modelsweb.web.site import Site, Visit


@dataclass(frozen=True, slots=True)
class Audience:
    """Who sees the same of a service."""

    grant: FamilyGrant
    may_delete: bool


async def admit(visit: Visit) -> Audience:
    """What the user may see of the service. Raises AccessDeniedError."""
    reader = visit.site.reader
    grant = await reader.grant_family(visit.user, visit.namespace, visit.name)
    may_delete = await reader.allows(
        visit.user, INFERENCE_SERVICE, "delete", visit.namespace, name=visit.name
    )
    return Audience(grant, may_delete)


def build(site: Site, audience: Audience) -> ServiceDetail:
    """The page for an audience. Raises NotFoundError."""
    service, children, health = site.reader.family(audience.grant)
    return service_detail.build(
        service, children, health=health, now=site.clock.now(), may_delete=audience.may_delete
    )


def changes(site: Site, audience: Audience) -> AbstractContextManager[Changes]:
    """Tells when the service or a child of it changed."""
    return site.reader.family_changes(audience.grant)


OVERVIEW = Screen("service_detail", admit, build, changes, ("freshness", "head", "overview"))
YAML = Screen("service_yaml", admit, build, changes, ("freshness", "head", "yaml"))
