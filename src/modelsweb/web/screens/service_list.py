"""The list of a namespace's InferenceServices."""

from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.viewmodels import service_list
from modelsweb.viewmodels.service_list import ServiceList
from modelsweb.web.screen import Screen
from modelsweb.web.site import Visit


async def load(visit: Visit) -> ServiceList:
    """The page, as far as the user may see it."""
    reader = visit.site.reader
    snapshot = await reader.list_objects(visit.user, INFERENCE_SERVICE, visit.namespace)
    return service_list.build(
        snapshot,
        namespace=visit.namespace,
        now=visit.now,
        may_create=await reader.allows(visit.user, INFERENCE_SERVICE, "create", visit.namespace),
        may_delete=await reader.allows(visit.user, INFERENCE_SERVICE, "delete", visit.namespace),
    )


SCREEN = Screen("service_list", INFERENCE_SERVICE, load, ("freshness", "summary", "services"))
