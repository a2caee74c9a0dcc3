"""One InferenceService: as YAML, to read, copy and download."""

from starlette.responses import Response

from modelsweb.viewmodels import service_yaml
from modelsweb.viewmodels.service_yaml import ServiceYaml
from modelsweb.web import service_page
from modelsweb.web.live_page import LivePage, each_time
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
    headers = {
        "Content-Disposition": f'attachment; filename="{context.namespace}-{context.name}.yaml"',
        "Cache-Control": "no-store",
    }
    return Response(model.yaml, headers=headers, media_type="application/yaml; charset=utf-8")


PAGE = LivePage(
    name="service_yaml",
    admit=admit,
    keep=each_time(build),
    changes=service_page.changes,
    fragments=("freshness", "head", "tabs", "yaml"),
)
