"""One InferenceService: as YAML, to read, copy and download."""

from starlette.responses import Response

from modelsweb.viewmodels import service_yaml
from modelsweb.viewmodels.service_yaml import ServiceYaml
from modelsweb.web import export, service_page
from modelsweb.web.service_page import Audience
from modelsweb.web.site import RequestContext, Site


async def admit(context: RequestContext) -> Audience[bool]:
    """What the user may see; ``?status=0`` leaves the status out. Raises AccessDeniedError."""
    return await service_page.admit(context, context.request.query_params.get("status") != "0")


def build(site: Site, audience: Audience[bool]) -> ServiceYaml:
    """The page for an audience. Raises NotFoundError."""
    return service_yaml.build(service_page.judged(site, audience), with_status=audience.query)


async def download(context: RequestContext) -> Response:
    """The YAML as a file."""
    model = build(context.site, await admit(context))
    return export.attachment(f"{context.namespace}-{context.name}.yaml", model.yaml, media=export.YAML)


PAGE = service_page.tab("service_yaml", build, "yaml", admit=admit)
