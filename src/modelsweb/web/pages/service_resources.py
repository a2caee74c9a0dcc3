"""One InferenceService: everything that it owns, and each of these as YAML."""

from modelsweb import errors
from modelsweb.kinds import CHILDREN
from modelsweb.viewmodels import service_resource, service_resources
from modelsweb.viewmodels.service_resource import ServiceResource
from modelsweb.viewmodels.service_resources import ServiceResources
from modelsweb.web import service_page
from modelsweb.web.service_page import Audience
from modelsweb.web.site import RequestContext, Site


def build(site: Site, audience: Audience[None]) -> ServiceResources:
    """The page for an audience. Raises NotFoundError."""
    return service_resources.build(service_page.judged(site, audience))


async def admit_one(context: RequestContext) -> Audience[tuple[str, str]]:
    """What the user may see, and which object they asked for. Raises AccessDeniedError."""
    params = context.request.path_params
    return await service_page.admit(context, (str(params["kind"]), str(params["member"])))


def build_one(site: Site, audience: Audience[tuple[str, str]]) -> ServiceResource:
    """The page of one object for an audience. Raises NotFoundError where the service does not own it."""
    of = service_page.judged(site, audience)
    plural, name = audience.query
    for kind in CHILDREN:
        if kind.full_name != plural:
            continue
        for obj in of.children.get(kind, ()):
            if obj.name == name:
                return service_resource.build(of, kind, obj=obj)
    raise errors.NotFoundError(
        f'{plural} "{name}" is not among what {of.service.name!r} owns, or is not yours to see'
    )


PAGE = service_page.tab("service_resources", build, "resources", admit=service_page.plain)
RESOURCE = service_page.tab("service_resource", build_one, "resource", admit=admit_one)
