"""The URL map of that API."""

from modelsweb.kinds import INFERENCE_GRAPH, INFERENCE_SERVICE
from modelsweb.web import urls
from modelsweb.web.api.upstream import configuration, events, owned, pods, resources, streams
from modelsweb.web.api.upstream.objects import Routes, with_mode
from modelsweb.web.middleware.body import JSON
from modelsweb.web.middleware.endpoint import Entry, Handler

_SERVICES = Routes(kind=INFERENCE_SERVICE, one="inferenceService", several="inferenceServices", raw=with_mode)
_GRAPHS = Routes(kind=INFERENCE_GRAPH, one="inferenceGraph", several="inferenceGraphs")


def _entry(name: str, path: str, *, handler: Handler, method: str = "GET") -> Entry:
    return Entry(
        name=f"api_{name}",
        path=path,
        handler=handler,
        method=method,
        is_page=False,
        is_for_programs=True,
        takes=(JSON,) if method in {"POST", "PUT"} else (),
    )


def _of_objects(path: str, name: str, *, routes: Routes) -> tuple[Entry, ...]:
    one = path + "/{name}"
    return (
        _entry(f"{name}_list", path, handler=routes.listed),
        _entry(f"{name}_create", path, handler=routes.create, method="POST"),
        _entry(f"{name}_read", one, handler=routes.read),
        _entry(f"{name}_replace", one, handler=routes.replace, method="PUT"),
        _entry(f"{name}_delete", one, handler=routes.delete, method="DELETE"),
        _entry(f"{name}_events", f"{one}/events", handler=events.of_kind(routes.kind)),
    )


_COMPONENT = urls.API_SERVICES + "/{name}/components/{component}/pods/containers"
ROUTES: tuple[Entry, ...] = (
    _entry("config", urls.API_CONFIG, handler=configuration.config),
    _entry("config_namespaces", f"{urls.API_CONFIG}/namespaces", handler=configuration.namespaces),
    _entry("namespaces", urls.API_NAMESPACES, handler=configuration.namespaces),
    _entry("storage_classes", urls.API_STORAGE_CLASSES, handler=configuration.storage_classes),
    _entry(
        "default_storage_class",
        f"{urls.API_STORAGE_CLASSES}/default",
        handler=configuration.default_storage_class,
    ),
    _entry("info", urls.INFO, handler=configuration.info),
    *_of_objects(urls.API_SERVICES, "inference_services", routes=_SERVICES),
    *_of_objects(urls.API_GRAPHS, "inference_graphs", routes=_GRAPHS),
    _entry(
        "kserve_resources", urls.API_NAMESPACE + "/kserve-resources", handler=resources.create, method="POST"
    ),
    *(
        _entry(f"owned_{segment}", f"{urls.API_NAMESPACE}/{segment}/{{name}}", handler=owned.named(segment))
        for segment in owned.BY_NAME
    ),
    _entry("standard", urls.API_SERVICES + "/{name}/standard/{component}", handler=owned.standard),
    _entry("modelmesh", urls.API_SERVICES + "/{name}/modelmesh/{component}", handler=owned.model_mesh),
    _entry("containers", _COMPONENT, handler=pods.containers),
    _entry("logs", _COMPONENT + "/{container}/logs", handler=pods.logs),
    _entry("sse_list", urls.API_STREAMS, handler=streams.listed),
    _entry("sse_one", urls.API_STREAMS + "/{name}", handler=streams.one),
    _entry("sse_events", urls.API_STREAMS + "/{name}/events", handler=streams.events),
    _entry("sse_logs", urls.API_STREAMS + "/{name}/logs", handler=streams.logs),
)
