"""The URL map, and nothing else."""

from starlette.routing import BaseRoute, Mount, Route

from modelsweb.web import urls
from modelsweb.web.actions import (
    act_on_object,
    act_on_services,
    create_service,
    credentials,
    delete_service,
    edit_object,
    export_services,
)
from modelsweb.web.api import fields, probes
from modelsweb.web.api.upstream import front_end
from modelsweb.web.api.upstream.routes import ROUTES as UPSTREAM
from modelsweb.web.api.v1.routes import ROUTES as V1
from modelsweb.web.middleware.endpoint import Entry, Handler, endpoint
from modelsweb.web.pages import (
    effective_spec,
    legacy,
    model_storage,
    namespaces,
    object_list,
    object_page,
    runtimes,
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

_SERVICE = urls.SERVICE


def _get(name: str, path: str, *, handler: Handler) -> Entry:
    return Entry(name=name, path=path, handler=handler)


def _data(name: str, path: str, *, handler: Handler) -> Entry:
    """What is no page: files, figures and parts of pages."""
    return Entry(name=name, path=path, handler=handler, is_page=False)


def _post(name: str, path: str, *, handler: Handler) -> Entry:
    return Entry(name=name, path=path, handler=handler, method="POST")


def _look(name: str, path: str, *, handler: Handler) -> Entry:
    """What is sent with a form, and changes nothing."""
    return Entry(name=name, path=path, handler=handler, method="POST", is_page=False, is_write=False)


def _of_services(path: str, prefix: str) -> tuple[Entry, ...]:
    """The list of model services, of a namespace or of all."""
    parts = path + urls.OF_LIST
    return (
        *service_list.PAGE.routes(path, name=f"{prefix}service_list", parts=urls.OF_LIST),
        _data(f"{prefix}service_list_export", parts + "/export.{form}", handler=export_services.export),
        _data(
            f"{prefix}service_list_sparklines", f"{parts}/sparklines.json", handler=service_list.sparklines
        ),
        _post(f"{prefix}services_act", f"{parts}/act", handler=act_on_services.confirm),
        _post(f"{prefix}services_act_submit", f"{parts}/act/do", handler=act_on_services.submit),
    )


def _of_objects(path: str, prefix: str) -> tuple[Entry, ...]:
    """The list of a root kind."""
    return (
        *object_list.PAGE.routes(path, name=f"{prefix}_list", parts=urls.OF_LIST),
        _data(f"{prefix}_list_export", path + urls.OF_LIST + "/export.{form}", handler=object_list.export),
    )


def _of_object(path: str, prefix: str) -> tuple[Entry, ...]:
    """The page of an object of a root kind."""
    return (
        *object_page.DETAIL.routes(path, name=f"{prefix}_detail"),
        *object_page.EVENTS.routes(f"{path}/events", name=f"{prefix}_events"),
        *object_page.YAML.routes(f"{path}/yaml", name=f"{prefix}_yaml", has_data=False),
        _data(f"{prefix}_yaml_download", f"{path}/yaml/download", handler=object_page.download),
    )


PAGES: tuple[Entry, ...] = (
    _get("start", urls.START, handler=namespaces.start),
    _get("namespaces", urls.NAMESPACES, handler=namespaces.choose),
    *_of_services(urls.SERVICES_OF_ALL, "all_"),
    *_of_services(urls.SERVICES, ""),
    _get("create_anywhere", urls.CREATE_ANYWHERE, handler=create_service.anywhere),
    _get("create_service", urls.CREATE, handler=create_service.form),
    _post("create_service_submit", urls.CREATE, handler=create_service.submit),
    _data("create_service_fields", urls.CREATE_FIELDS, handler=fields.at_place),
    _look("create_service_concerns", urls.CREATE_CONCERNS, handler=create_service.concerns),
    *model_storage.PAGE.routes(urls.STORAGE),
    *runtimes.PAGE.routes(urls.RUNTIME_CHOICE, name="runtime_choice"),
    _get("credentials", urls.CREDENTIALS, handler=credentials.form),
    _post("credentials_submit", urls.CREDENTIALS, handler=credentials.submit),
    *service_detail.PAGE.routes(_SERVICE),
    *service_resources.PAGE.routes(f"{_SERVICE}/resources"),
    *service_resources.RESOURCE.routes(f"{_SERVICE}/resources/{{kind}}/{{member}}", has_data=False),
    *service_pods.PAGE.routes(f"{_SERVICE}/pods"),
    _get("service_logs", f"{_SERVICE}/logs", handler=service_logs.page),
    _data("service_logs_live", f"{_SERVICE}/logs/live", handler=service_logs.PAGE.live),
    _data("service_logs_lines", f"{_SERVICE}/logs/lines", handler=service_logs.lines),
    _data("service_logs_download", f"{_SERVICE}/logs/download", handler=service_logs.download),
    *service_events.PAGE.routes(f"{_SERVICE}/events"),
    *service_metrics.PAGE.routes(f"{_SERVICE}/metrics", has_data=False),
    _data("service_metrics_data", f"{_SERVICE}/metrics/charts.json", handler=service_metrics.data),
    _data("service_metrics_export", _SERVICE + "/metrics/{chart}.csv", handler=service_metrics.export),
    *service_yaml.PAGE.routes(f"{_SERVICE}/yaml", has_data=False),
    _data("service_yaml_download", f"{_SERVICE}/yaml/download", handler=service_yaml.download),
    _get("edit_service", urls.SERVICE_EDIT, handler=edit_object.form),
    _post("edit_service_submit", urls.SERVICE_EDIT, handler=edit_object.submit),
    _get("delete_service", f"{_SERVICE}/delete", handler=delete_service.confirm),
    _post("delete_service_submit", f"{_SERVICE}/delete", handler=delete_service.submit),
    *(_data(name, old, handler=legacy.moved(new)) for name, (old, new) in urls.MOVED.items()),
    _get("edit_object", urls.OBJECT_EDIT, handler=edit_object.form),
    _post("edit_object_submit", urls.OBJECT_EDIT, handler=edit_object.submit),
    _get("act_on_object", urls.OBJECT_ACT, handler=act_on_object.confirm),
    _post("act_on_object_submit", urls.OBJECT_ACT, handler=act_on_object.submit),
    *service_pods.PAGE.routes(urls.OBJECT_PODS, name="object_pods"),
    _get("object_spec", urls.OBJECT_SPEC, handler=effective_spec.page),
    _get("object_logs", urls.OBJECT_LOGS, handler=service_logs.page),
    _data("object_logs_live", f"{urls.OBJECT_LOGS}/live", handler=service_logs.PAGE.live),
    _data("object_logs_lines", f"{urls.OBJECT_LOGS}/lines", handler=service_logs.lines),
    _data("object_logs_download", f"{urls.OBJECT_LOGS}/download", handler=service_logs.download),
    *service_metrics.PAGE.routes(urls.OBJECT_METRICS, name="object_metrics", has_data=False),
    _data("object_metrics_data", f"{urls.OBJECT_METRICS}/charts.json", handler=service_metrics.data),
    _data("object_metrics_export", urls.OBJECT_METRICS + "/{chart}.csv", handler=service_metrics.export),
    *_of_objects(urls.OBJECTS_OF_ALL, "all_object"),
    *_of_objects(urls.OBJECTS, "object"),
    *_of_objects(urls.OBJECTS_OF_CLUSTER, "cluster_object"),
    *_of_object(urls.OBJECT, "object"),
    *_of_object(urls.OBJECT_OF_CLUSTER, "cluster_object"),
)


def routes(site: Site) -> list[BaseRoute]:
    """All routes of the app, in order of match."""
    folder = site.config.web.ui_folder
    return [
        Route(urls.LIVENESS, probes.liveness),
        Route(urls.READINESS, probes.readiness(site)),
        Mount(urls.STATIC, StaticFiles(folder)),
        *(
            Route(
                entry.path,
                endpoint(site, entry),
                methods=[entry.method],
                name=entry.name,
            )
            for entry in (*front_end.entries(folder), *V1, *UPSTREAM, *PAGES)
        ),
    ]
