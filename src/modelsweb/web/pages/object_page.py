"""One object of any root kind: overview, events, YAML."""

from starlette.responses import Response

from modelsweb.viewmodels import object_detail, object_events, object_yaml
from modelsweb.viewmodels.object_detail import ObjectDetail
from modelsweb.viewmodels.object_events import ObjectEvents
from modelsweb.viewmodels.object_yaml import ObjectYaml
from modelsweb.web import objects
from modelsweb.web.live_page import LivePage, each_time
from modelsweb.web.objects import Audience
from modelsweb.web.site import RequestContext, Site


def build_detail(site: Site, audience: Audience) -> ObjectDetail:
    """The overview for an audience. Raises NotFoundError."""
    return object_detail.build(objects.snapshot(site, audience))


def build_events(site: Site, audience: Audience) -> ObjectEvents:
    """The events for an audience. Raises NotFoundError."""
    return object_events.build(objects.snapshot(site, audience))


def build_yaml(site: Site, audience: Audience) -> ObjectYaml:
    """The YAML for an audience. Raises NotFoundError."""
    return object_yaml.build(objects.snapshot(site, audience), with_status=audience.with_status)


async def download(context: RequestContext) -> Response:
    """The YAML as a file."""
    model = build_yaml(context.site, await objects.admit(context))
    name = "-".join(part for part in (context.namespace, context.plural, context.name) if part)
    headers = {"Content-Disposition": f'attachment; filename="{name}.yaml"', "Cache-Control": "no-store"}
    return Response(model.yaml, headers=headers, media_type="application/yaml; charset=utf-8")


DETAIL = LivePage(
    name="object_detail",
    admit=objects.admit,
    keep=each_time(build_detail),
    changes=objects.changes,
    fragments=("freshness", "head", "tabs", "overview"),
)
EVENTS = LivePage(
    name="object_events",
    admit=objects.admit,
    keep=each_time(build_events),
    changes=objects.changes,
    fragments=("freshness", "head", "tabs", "events"),
)
YAML = LivePage(
    name="object_yaml",
    admit=objects.admit,
    keep=each_time(build_yaml),
    changes=objects.changes,
    fragments=("freshness", "head", "tabs", "yaml"),
)
