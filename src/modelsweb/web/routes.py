"""The URL map, and nothing else."""

from starlette.routing import BaseRoute, Mount, Route

from modelsweb.web import urls
from modelsweb.web.actions import act_on_services, create_service, delete_service, export_services
from modelsweb.web.api import probes
from modelsweb.web.request_context import Handler, endpoint
from modelsweb.web.screens import (
    legacy,
    namespaces,
    object_list,
    object_page,
    service_detail,
    service_events,
    service_list,
    service_logs,
    service_metrics,
    service_pods,
    service_resources,
    service_yaml,
)
from modelsweb.web.site import Site
from modelsweb.web.static_files import StaticFiles

_ALL, _LIST, _SERVICE = urls.SERVICES_OF_ALL, urls.SERVICES, urls.SERVICE
_MEMBER = _SERVICE + "/resources/{kind}/{member}"

Page = tuple[str, str, Handler, str]


def _of_objects(name: str, path: str) -> tuple[Page, ...]:
    """The list of a root kind."""
    return (
        (f"{name}_list_data", f"{path}.json", object_list.SCREEN.data, "GET"),
        (f"{name}_list", path, object_list.SCREEN.page, "GET"),
        (f"{name}_list_live", f"{path}{urls.OF_LIST}/live", object_list.SCREEN.live, "GET"),
        (f"{name}_list_export", path + urls.OF_LIST + "/export.{form}", object_list.export, "GET"),
    )


def _of_object(name: str, path: str) -> tuple[Page, ...]:
    """The page of an object of a root kind."""
    return (
        (f"{name}_detail_data", f"{path}.json", object_page.DETAIL.data, "GET"),
        (f"{name}_detail", path, object_page.DETAIL.page, "GET"),
        (f"{name}_detail_live", f"{path}/live", object_page.DETAIL.live, "GET"),
        (f"{name}_events", f"{path}/events", object_page.EVENTS.page, "GET"),
        (f"{name}_events_data", f"{path}/events.json", object_page.EVENTS.data, "GET"),
        (f"{name}_events_live", f"{path}/events/live", object_page.EVENTS.live, "GET"),
        (f"{name}_yaml", f"{path}/yaml", object_page.YAML.page, "GET"),
        (f"{name}_yaml_live", f"{path}/yaml/live", object_page.YAML.live, "GET"),
        (f"{name}_yaml_download", f"{path}/yaml/download", object_page.download, "GET"),
    )


_MOVED: tuple[Page, ...] = tuple(
    (name, old, legacy.moved(new), "GET") for name, (old, new) in urls.MOVED.items()
)

PAGES: tuple[Page, ...] = (
    ("start", urls.START, namespaces.start, "GET"),
    ("namespaces", urls.NAMESPACES, namespaces.choose, "GET"),
    ("all_service_list", _ALL, service_list.SCREEN.page, "GET"),
    ("all_service_list_data", f"{_ALL}.json", service_list.SCREEN.data, "GET"),
    ("all_service_list_live", f"{_ALL}{urls.OF_LIST}/live", service_list.SCREEN.live, "GET"),
    (
        "all_service_list_export",
        _ALL + urls.OF_LIST + "/export.{form}",
        export_services.export,
        "GET",
    ),
    ("all_services_act", f"{_ALL}{urls.OF_LIST}/act", act_on_services.confirm, "POST"),
    ("all_services_act_submit", f"{_ALL}{urls.OF_LIST}/act/do", act_on_services.submit, "POST"),
    ("all_service_list_sparklines", f"{_ALL}{urls.OF_LIST}/sparklines.json", service_list.sparklines, "GET"),
    ("service_list", _LIST, service_list.SCREEN.page, "GET"),
    ("service_list_data", f"{_LIST}.json", service_list.SCREEN.data, "GET"),
    ("service_list_live", f"{_LIST}{urls.OF_LIST}/live", service_list.SCREEN.live, "GET"),
    ("service_list_export", _LIST + urls.OF_LIST + "/export.{form}", export_services.export, "GET"),
    ("service_list_sparklines", f"{_LIST}{urls.OF_LIST}/sparklines.json", service_list.sparklines, "GET"),
    ("services_act", f"{_LIST}{urls.OF_LIST}/act", act_on_services.confirm, "POST"),
    ("services_act_submit", f"{_LIST}{urls.OF_LIST}/act/do", act_on_services.submit, "POST"),
    ("create_service", urls.CREATE, create_service.form, "GET"),
    ("create_service_submit", urls.CREATE, create_service.submit, "POST"),
    ("service_detail_data", f"{_SERVICE}.json", service_detail.SCREEN.data, "GET"),
    ("service_detail", _SERVICE, service_detail.SCREEN.page, "GET"),
    ("service_detail_live", f"{_SERVICE}/live", service_detail.SCREEN.live, "GET"),
    ("service_resources", f"{_SERVICE}/resources", service_resources.SCREEN.page, "GET"),
    ("service_resources_data", f"{_SERVICE}/resources.json", service_resources.SCREEN.data, "GET"),
    ("service_resources_live", f"{_SERVICE}/resources/live", service_resources.SCREEN.live, "GET"),
    ("service_resource", f"{_MEMBER}", service_resources.RESOURCE.page, "GET"),
    ("service_resource_live", f"{_MEMBER}/live", service_resources.RESOURCE.live, "GET"),
    ("service_pods", f"{_SERVICE}/pods", service_pods.SCREEN.page, "GET"),
    ("service_pods_data", f"{_SERVICE}/pods.json", service_pods.SCREEN.data, "GET"),
    ("service_pods_live", f"{_SERVICE}/pods/live", service_pods.SCREEN.live, "GET"),
    ("service_logs", f"{_SERVICE}/logs", service_logs.page, "GET"),
    ("service_logs_live", f"{_SERVICE}/logs/live", service_logs.SCREEN.live, "GET"),
    ("service_logs_lines", f"{_SERVICE}/logs/lines", service_logs.lines, "GET"),
    ("service_logs_download", f"{_SERVICE}/logs/download", service_logs.download, "GET"),
    ("service_events", f"{_SERVICE}/events", service_events.SCREEN.page, "GET"),
    ("service_events_data", f"{_SERVICE}/events.json", service_events.SCREEN.data, "GET"),
    ("service_events_live", f"{_SERVICE}/events/live", service_events.SCREEN.live, "GET"),
    ("service_metrics", f"{_SERVICE}/metrics", service_metrics.SCREEN.page, "GET"),
    ("service_metrics_live", f"{_SERVICE}/metrics/live", service_metrics.SCREEN.live, "GET"),
    ("service_metrics_data", f"{_SERVICE}/metrics/charts.json", service_metrics.data, "GET"),
    ("service_metrics_export", _SERVICE + "/metrics/{chart}.csv", service_metrics.export, "GET"),
    ("service_yaml", f"{_SERVICE}/yaml", service_yaml.SCREEN.page, "GET"),
    ("service_yaml_live", f"{_SERVICE}/yaml/live", service_yaml.SCREEN.live, "GET"),
    ("service_yaml_download", f"{_SERVICE}/yaml/download", service_yaml.download, "GET"),
    ("delete_service", f"{_SERVICE}/delete", delete_service.confirm, "GET"),
    ("delete_service_submit", f"{_SERVICE}/delete", delete_service.submit, "POST"),
    *_MOVED,
    *_of_objects("all_object", urls.OBJECTS_OF_ALL),
    *_of_objects("object", urls.OBJECTS),
    *_of_objects("cluster_object", urls.OBJECTS_OF_CLUSTER),
    *_of_object("object", urls.OBJECT),
    *_of_object("cluster_object", urls.OBJECT_OF_CLUSTER),
)


def routes(site: Site) -> list[BaseRoute]:
    """All routes of the app, in order of match."""
    return [
        Route("/healthz/liveness", probes.liveness),
        Route("/healthz/readiness", probes.readiness(site)),
        Mount(urls.STATIC, StaticFiles()),
        *(
            Route(path, endpoint(site, handler, name=name), methods=[method], name=name)
            for name, path, handler, method in PAGES
        ),
    ]
