"""One InferenceService: overview and YAML."""

from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.viewmodels import service_detail
from modelsweb.viewmodels.service_detail import ServiceDetail
from modelsweb.web.screen import Screen
from modelsweb.web.site import Visit


async def load(visit: Visit) -> ServiceDetail:
    """The page, as far as the user may see it."""
    reader = visit.site.reader
    service, health = await reader.get_object(visit.user, INFERENCE_SERVICE, visit.namespace, visit.name)
    may_delete = await reader.allows(
        visit.user, INFERENCE_SERVICE, "delete", visit.namespace, name=visit.name
    )
    return service_detail.build(service, health=health, now=visit.now, may_delete=may_delete)


OVERVIEW = Screen("service_detail", INFERENCE_SERVICE, load, ("freshness", "head", "overview"))
YAML = Screen("service_yaml", INFERENCE_SERVICE, load, ("freshness", "head", "yaml"))
