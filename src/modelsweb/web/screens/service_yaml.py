"""One InferenceService: as YAML, to read, copy and download."""

from starlette.responses import Response

from modelsweb.viewmodels import service_yaml
from modelsweb.viewmodels.service_yaml import ServiceYaml
from modelsweb.web import subject
from modelsweb.web.screen import Screen
from modelsweb.web.site import Site, Visit
from modelsweb.web.subject import Audience


async def admit(visit: Visit) -> Audience[bool]:
    """What the user may see; ``?status=0`` leaves the status out. Raises AccessDeniedError."""
    return await subject.admit(visit, visit.request.query_params.get("status") != "0")


def build(site: Site, audience: Audience[bool]) -> ServiceYaml:
    """The page for an audience. Raises NotFoundError."""
    return service_yaml.build(subject.subject(site, audience), with_status=audience.query)


async def download(visit: Visit) -> Response:
    """The YAML as a file."""
    model = build(visit.site, await admit(visit))
    headers = {
        "Content-Disposition": f'attachment; filename="{visit.namespace}-{visit.name}.yaml"',
        "Cache-Control": "no-store",
    }
    return Response(model.yaml, headers=headers, media_type="application/yaml; charset=utf-8")


SCREEN = Screen("service_yaml", admit, build, subject.changes, ("freshness", "head", "tabs", "yaml"))
