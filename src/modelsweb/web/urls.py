"""Every address of the app: what routes match, and how pages are linked. No path is written anywhere else.

What belongs to a list, such as its stream, stands below ``-``, which no object can be called.
"""

from typing import Protocol
from urllib.parse import urlencode

from modelsweb.kinds import (
    INFERENCE_GRAPH,
    INFERENCE_SERVICE,
    LLM_INFERENCE_SERVICE,
    SERVING_RUNTIME,
    TRAINED_MODEL,
)
from modelsweb.objects.kind import Kind
from modelsweb.objects.ref import ObjectRef

SERVICES_OF_ALL = "/services"
SERVICES = "/n/{namespace}/services"
SERVICE = SERVICES + "/{name}"
CREATE_ANYWHERE = "/create"
SERVICE_EDIT = SERVICE + "/edit"
CREATE = "/n/{namespace}/create"
CREATE_CONCERNS = CREATE + "/concerns"
CREATE_FIELDS = CREATE + "/fields.json"
CREDENTIALS = "/n/{namespace}/credentials"
OBJECTS_OF_ALL = "/all/{plural}"
OBJECTS = "/n/{namespace}/{plural}"
OBJECT = OBJECTS + "/{name}"
OBJECT_EDIT = OBJECT + "/edit"
OBJECT_ACT = OBJECT + "/act"
OBJECT_PODS = OBJECT + "/pods"
OBJECT_SPEC = OBJECT + "/spec"
OBJECT_LOGS = OBJECT + "/logs"
OBJECT_METRICS = OBJECT + "/metrics"
OBJECTS_OF_CLUSTER = "/cluster/{plural}"
OBJECT_OF_CLUSTER = OBJECTS_OF_CLUSTER + "/{name}"
SEGMENTS = {
    LLM_INFERENCE_SERVICE.plural: "llm-services",
    INFERENCE_GRAPH.plural: "graphs",
    TRAINED_MODEL.plural: "trained-models",
    SERVING_RUNTIME.plural: "runtimes",
}
"""How addresses call kinds that users have a word for; others stand there by their plural."""
RUNTIME_CHOICE = "/n/{namespace}/" + SEGMENTS[SERVING_RUNTIME.plural] + "/-/choice"
STORAGE = "/storage"
NAMESPACES = "/namespaces"
START = "/"
STATIC = "/static"
LIVENESS = "/healthz/liveness"
READINESS = "/healthz/readiness"
API = "/api"
API_CONFIG = API + "/config"
API_NAMESPACES = API + "/namespaces"
API_STORAGE_CLASSES = API + "/storageclasses"
API_NAMESPACE = API_NAMESPACES + "/{namespace}"
API_SERVICES = API_NAMESPACE + "/inferenceservices"
API_GRAPHS = API_NAMESPACE + "/inferencegraphs"
API_STREAMS = API + "/sse/namespaces/{namespace}/inferenceservices"
API_V1 = API + "/v1"
V1_NAMESPACES = API_V1 + "/namespaces"
V1_NAMESPACE = V1_NAMESPACES + "/{namespace}"
V1_OBJECTS = V1_NAMESPACE + "/{plural}"
V1_OBJECT = V1_OBJECTS + "/{name}"
V1_OF_ALL = API_V1 + "/{plural}"
V1_OBJECT_OF_CLUSTER = API_V1 + "/cluster/{plural}/{name}"
V1_KINDS = API_V1 + "/kinds"
V1_SUMMARIES = API_V1 + "/summaries/{plural}"
V1_WATCH = API_V1 + "/watch"
V1_WATCH_OF_CLUSTER = V1_WATCH + "/cluster/{plural}/{name}"
V1_WATCH_OBJECTS = V1_WATCH + "/namespaces/{namespace}/{plural}"
V1_MEMBER = V1_OBJECT + "/members/{resource}/{member}"
API_DOCUMENT = API + "/openapi.json"
API_DOCS = API + "/docs"
INFO = "/info"
FOREIGN = (
    START,
    "/details/{namespace}/{name}",
    "/new",
    "/inference-graphs",
    "/new-graph",
    "/edit-graph/{namespace}/{name}",
    "/graph-details/{namespace}/{name}",
)
"""The pages of KServe's former front end, where another front end is set."""
OF_LIST = "/-"
"""Comes between a list's address and those of its parts."""
MOVED = {
    "moved_details": ("/details/{namespace}/{name}", SERVICE),
    "moved_new": ("/new", START),
    "moved_service": ("/n/{namespace}/isvc/{rest:path}", SERVICES + "/{rest}"),
    "moved_charts": (SERVICE + "/metrics/figures.json", SERVICE + "/metrics/charts.json"),
    "moved_sparklines": (SERVICES + OF_LIST + "/sparks.json", SERVICES + OF_LIST + "/sparklines.json"),
    "moved_all_sparklines": (
        SERVICES_OF_ALL + OF_LIST + "/sparks.json",
        SERVICES_OF_ALL + OF_LIST + "/sparklines.json",
    ),
    **{
        f"moved_kind_{plural}{place}{number}": (
            f"{root}/{plural}{rest}",
            f"{root}/{segment}{rest.replace(':path', '')}",
        )
        for plural, segment in SEGMENTS.items()
        for place, root in (("", "/n/{namespace}"), ("_of_all", "/all"))
        for number, rest in enumerate(("", ".json", "/{rest:path}"))
    },
    **{
        f"moved_llm_list{place}{number}": (
            f"{root}/{SEGMENTS[LLM_INFERENCE_SERVICE.plural]}{rest}",
            f"{services}{rest}?kind={LLM_INFERENCE_SERVICE.kind}",
        )
        for place, root, services in (("", "/n/{namespace}", SERVICES), ("_of_all", "/all", SERVICES_OF_ALL))
        for number, rest in enumerate(("", ".json", OF_LIST + "/export.{form}"))
    },
}
"""By the name of the route: where a page was before, also in KServe's former web app, and where it is now."""


def segment(kind: Kind) -> str:
    """How addresses call a kind."""
    return SEGMENTS.get(kind.plural, kind.plural)


def plural_of(segment: str) -> str:
    """The kind that a part of a path means, by its plural."""
    return next((plural for plural, one in SEGMENTS.items() if one == segment), segment)


def is_of_cluster(path: str) -> bool:
    """It is of a kind that has no namespaces, or of the whole cluster."""
    roots = (OBJECTS_OF_CLUSTER.partition("{")[0], f"{STORAGE}/", f"{STORAGE}.")
    return path == STORAGE or path.startswith(roots)


def is_for_programs(path: str) -> bool:
    """It is answered in JSON, whatever becomes of it."""
    return path != API_DOCS and (path in {API, INFO} or path.startswith(f"{API}/"))


def is_v1(path: str) -> bool:
    """It is of our own API, whose refusals are problems."""
    return path in {API_V1, API_DOCUMENT} or path.startswith(f"{API_V1}/")


def is_of_services(path: str) -> bool:
    """It is of the list of model services of all namespaces."""
    return path == SERVICES_OF_ALL or path.startswith((f"{SERVICES_OF_ALL}/", f"{SERVICES_OF_ALL}."))


class Head(Protocol):
    """What the head of a page says of its object."""

    @property
    def plural(self) -> str:
        """Of its kind; empty for a model service."""
        ...

    @property
    def namespace(self) -> str:
        """Where it is."""
        ...

    @property
    def name(self) -> str:
        """What it is called."""
        ...


class Urls:
    """The addresses of pages as a browser must write them, with the app's prefix."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def of(self, path: str) -> str:
        """A path of ours."""
        return f"{self._prefix}/{path.lstrip('/')}"

    def services(self, namespace: str = "") -> str:
        """The list of model services of a namespace, or of all."""
        return self.of(SERVICES.format(namespace=namespace) if namespace else SERVICES_OF_ALL)

    def service(self, namespace: str, name: str) -> str:
        """The page of a model service; its tabs stand below."""
        return self.of(SERVICE.format(namespace=namespace, name=name))

    def root(self, head: Head) -> str:
        """The page of a model service, or of an object of another root kind."""
        if head.plural:
            return self.object(head.plural, head.namespace, head.name)
        return self.service(head.namespace, head.name)

    def of_ref(self, ref: ObjectRef) -> str:
        """The page of an object of a root kind."""
        if ref.kind == INFERENCE_SERVICE.full_name:
            return self.service(ref.namespace, ref.name)
        return self.object(ref.kind.partition(".")[0], ref.namespace, ref.name)

    def create(self, namespace: str) -> str:
        """Where documents are created in a namespace."""
        return self.of(CREATE.format(namespace=namespace))

    def copy(self, head: Head) -> str:
        """Where an object like one that is there, or was, is created; ``create`` reads the query."""
        query = {"from": head.name, **({"kind": head.plural} if head.plural else {})}
        return f"{self.create(head.namespace)}?{urlencode(query)}"

    def create_anywhere(self) -> str:
        """Where links from elsewhere lead, which know no namespace."""
        return self.of(CREATE_ANYWHERE)

    def create_concerns(self, namespace: str) -> str:
        """What is found in a text while it is typed, and the form beside it."""
        return self.of(CREATE_CONCERNS.format(namespace=namespace))

    def create_fields(self, namespace: str) -> str:
        """What can stand at a place of a text."""
        return self.of(CREATE_FIELDS.format(namespace=namespace))

    def credentials(self, namespace: str, query: str = "") -> str:
        """Where credentials for the storage of models are added."""
        return self.of(CREDENTIALS.format(namespace=namespace)) + (f"?{query}" if query else "")

    def runtimes(self, namespace: str) -> str:
        """Which serving runtime KServe would choose in a namespace."""
        return self.of(RUNTIME_CHOICE.format(namespace=namespace))

    def storage(self) -> str:
        """Where models come from and are kept, of the whole cluster."""
        return self.of(STORAGE)

    def objects(self, plural: str, namespace: str = "", *, is_namespaced: bool = True) -> str:
        """The list of a root kind: of a namespace, of all, or of a kind of the whole cluster."""
        if plural == LLM_INFERENCE_SERVICE.plural:
            return f"{self.services(namespace)}?kind={LLM_INFERENCE_SERVICE.kind}"
        if not is_namespaced:
            return self.of(OBJECTS_OF_CLUSTER.format(plural=plural))
        path = OBJECTS if namespace else OBJECTS_OF_ALL
        return self.of(path.format(namespace=namespace, plural=SEGMENTS.get(plural, plural)))

    def object(self, plural: str, namespace: str, name: str) -> str:
        """The page of an object of a root kind; its tabs stand below. ``namespace`` is empty for the whole cluster."""
        path = OBJECT if namespace else OBJECT_OF_CLUSTER
        return self.of(path.format(plural=SEGMENTS.get(plural, plural), namespace=namespace, name=name))

    def api_document(self) -> str:
        """The OpenAPI document of our own API."""
        return self.of(API_DOCUMENT)

    def api_docs(self) -> str:
        """Its readable page."""
        return self.of(API_DOCS)

    def namespaces(self, query: str = "") -> str:
        """The choice of a namespace."""
        return self.of(NAMESPACES) + (f"?{query}" if query else "")

    def start(self) -> str:
        """Where the app begins."""
        return self.of(START)

    def static(self, file: str) -> str:
        """A built file."""
        return self.of(f"{STATIC}/{file}")
