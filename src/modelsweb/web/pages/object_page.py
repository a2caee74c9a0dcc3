"""One object of any root kind: overview, events, YAML."""

from collections.abc import Callable
from typing import TypeVar

from starlette.responses import Response

from modelsweb.viewmodels import object_detail, object_events, object_yaml
from modelsweb.viewmodels.object_detail import ObjectDetail
from modelsweb.viewmodels.object_events import ObjectEvents
from modelsweb.viewmodels.object_yaml import ObjectYaml
from modelsweb.web import export, objects
from modelsweb.web.live_page import LivePage, each_time
from modelsweb.web.objects import Audience
from modelsweb.web.site import RequestContext, Site

ViewModel = TypeVar("ViewModel")


def build_detail(site: Site, audience: Audience) -> ObjectDetail:
    """The overview for an audience. Raises NotFoundError."""
    return object_detail.build(objects.judged(site, audience))


def build_events(site: Site, audience: Audience) -> ObjectEvents:
    """The events for an audience. Raises NotFoundError."""
    return object_events.build(objects.judged(site, audience))


def build_yaml(site: Site, audience: Audience) -> ObjectYaml:
    """The YAML for an audience. Raises NotFoundError."""
    return object_yaml.build(objects.judged(site, audience), with_status=audience.with_status)


async def download(context: RequestContext) -> Response:
    """The YAML as a file."""
    model = build_yaml(context.site, await objects.admit(context))
    name = "-".join(part for part in (context.namespace, context.plural, context.name) if part)
    return export.attachment(f"{name}.yaml", model.yaml, media=export.YAML)


def _tab(
    name: str, build: Callable[[Site, Audience], ViewModel], *, fragment: str
) -> LivePage[Audience, ViewModel]:
    return LivePage(
        name=name,
        admit=objects.admit,
        keep=each_time(build),
        changes=objects.changes,
        fragments=("freshness", "head", "tabs", fragment),
    )


DETAIL = _tab("object_detail", build_detail, fragment="overview")
EVENTS = _tab("object_events", build_events, fragment="events")
YAML = _tab("object_yaml", build_yaml, fragment="yaml")
