"""What an InferenceService serves, read from its spec and status in any mode and schema."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from modelsweb.objects.obj import Obj, once
from modelsweb.topology.pod import DOWNLOADER

COMPONENTS = ("predictor", "transformer", "explainer")
FRAMEWORKS = (
    "sklearn",
    "xgboost",
    "tensorflow",
    "pytorch",
    "triton",
    "onnx",
    "huggingface",
    "pmml",
    "lightgbm",
    "paddle",
)
_MODE = "serving.kserve.io/deploymentMode"
_MODES = {"serverless": "Knative", "knative": "Knative", "rawdeployment": "Standard", "standard": "Standard"}
CUSTOM = "custom"
_STORAGE_VARIABLE = "STORAGE_URI"
_SOURCE = "internal.serving.kserve.io/storage-initializer-sourceuri"
_CARRIER = "modelcar"
"""The container whose image holds the model."""
_VISIBILITY = ("networking.kserve.io/visibility", "networking.knative.dev/visibility")


@once
def model(service: Obj) -> Mapping[str, Any]:
    """The predictor's model: ``predictor.model``, or the older ``predictor.<framework>``; empty where custom."""
    for name in ("model", *FRAMEWORKS):
        if found := service.mapping("spec", "predictor", name):
            return found
    return {}


@once
def model_format(service: Obj) -> str:
    """Such as ``sklearn``; ``custom`` for a predictor of containers, empty where nothing is said."""
    if name := service.string("spec", "predictor", "model", "modelFormat", "name"):
        return name
    predictor = service.mapping("spec", "predictor")
    for name in FRAMEWORKS:
        if name in predictor:
            return name
    return CUSTOM if predictor.get("containers") else ""


@once
def runtime(service: Obj) -> str:
    """The serving runtime that KServe chose, else the one asked for; empty where neither is known."""
    return (
        service.string("status", "servingRuntimeName")
        or service.string("status", "clusterServingRuntimeName")
        or service.string("spec", "predictor", "model", "runtime")
    )


@once
def mode(service: Obj) -> str:
    """Standard, Knative or ModelMesh: what the controller wrote, else what was asked for; empty where neither is."""
    return service.string("status", "deploymentMode") or named_mode(service.annotation(_MODE))


def named_mode(given: str) -> str:
    """A mode by its present name."""
    return _MODES.get(given.lower(), given)


@once
def is_model_mesh(service: Obj) -> bool:
    """Its model is held by pods of a runtime, which those of other services share."""
    return mode(service) == "ModelMesh"


@once
def protocol(service: Obj) -> str:
    """The inference protocol. Where a model names none and no runtime, KServe takes v1; else it is not known here."""
    found = model(service)
    if given := found.get("protocolVersion"):
        return str(given)
    return "v1" if found and not found.get("runtime") else ""


@once
def storage_uri(service: Obj) -> str:
    """Where KServe downloads the model from; empty where it does not: an image that carries it, a server that fetches it."""
    found = model(service)
    if uri := found.get("storageUri"):
        return str(uri)
    storage = found.get("storage")
    if isinstance(storage, Mapping) and storage.get("path"):
        return _of_storage(storage)
    uris = [
        str(item.get("uri")) for item in service.items("spec", "predictor", "storageUris") if item.get("uri")
    ]
    return ", ".join(uris) or next(_values(_servers(service), _STORAGE_VARIABLE), "")


@once
def source(service: Obj) -> str:
    """Where the model comes from, be it downloaded by KServe or by the server; empty where nothing says."""
    return storage_uri(service) or _model_id(_servers(service))


def source_of(maker: Obj, spec: Mapping[str, Any]) -> str:
    """Where the model of a pod comes from, or of what makes pods, whose pod spec is given; empty where nothing says."""
    annotations = (
        maker.mapping("metadata", "annotations"),
        maker.mapping("spec", "template", "metadata", "annotations"),
    )
    if said := next((str(one[_SOURCE]) for one in annotations if one.get(_SOURCE)), ""):
        return said
    init, containers = list(Obj(spec).items("initContainers")), list(Obj(spec).items("containers"))
    for one in init:
        arguments = one.get("args")
        if one.get("name") == DOWNLOADER and isinstance(arguments, list) and arguments:
            return ", ".join(str(one) for one in arguments[::2])  # each with the folder that it goes to
    for one in (*init, *containers):
        if one.get("name") == _CARRIER and one.get("image"):
            return f"oci://{one['image']}"
    return next(_values(containers, _STORAGE_VARIABLE), "") or _model_id(containers)


def _of_storage(storage: Mapping[str, Any]) -> str:
    """A path in a storage that a Secret describes: with its bucket where that is said here."""
    path = str(storage["path"]).lstrip("/")
    parameters = storage.get("parameters")
    bucket = parameters.get("bucket") if isinstance(parameters, Mapping) else None
    if isinstance(parameters, Mapping) and bucket:
        return f"{parameters.get('type') or 's3'}://{bucket}/{path}"
    return f"{storage.get('key') or 'storage-config'}:{path}"


def _servers(service: Obj) -> Iterator[Mapping[str, Any]]:
    """What the spec says of the containers of the predictor."""
    yield model(service)
    yield from service.items("spec", "predictor", "containers")


def _values(servers: Iterable[Mapping[str, Any]], variable: str) -> Iterator[str]:
    """The values of an environment variable of containers."""
    for server in servers:
        for entry in Obj(server).items("env"):
            if entry.get("name") == variable and entry.get("value"):
                yield str(entry["value"])


def _model_id(servers: Iterable[Mapping[str, Any]]) -> str:
    """The model of Hugging Face that a server is to fetch."""
    servers = list(servers)
    for server in servers:
        given = [server.get(field) for field in ("command", "args")]
        words = [str(one) for some in given if isinstance(some, list) for one in some if one]
        for index, word in enumerate(words):
            name, separator, value = word.partition("=")
            if name.replace("-", "_") != "__model_id":
                continue
            said = value if separator else next(iter(words[index + 1 :]), "")
            return f"hf://{said}" if said else ""
    said = next(_values(servers, "MODEL_ID"), "") or next(_values(servers, "HF_MODEL_ID"), "")
    return f"hf://{said}" if said else ""


_LINKS = {
    "hf": "https://huggingface.co/{rest}",
    "gs": "https://console.cloud.google.com/storage/browser/{rest}",
    "http": "http://{rest}",
    "https": "https://{rest}",
}


def storage_link(service: Obj) -> str:
    """A page where the model's source can be looked at; empty where there is none that everybody has."""
    uri = source(service)
    scheme, separator, rest = uri.partition("://")
    if not separator or "," in uri or any(char.isspace() for char in uri):
        return ""
    if scheme == "hf":
        rest = rest.partition(":")[0]
    return _LINKS[scheme].format(rest=rest) if scheme in _LINKS else ""


def external_url(service: Obj) -> str:
    """The address that is reached from outside the cluster; empty where there is none."""
    url = service.string("status", "url")
    return "" if is_local(url) else url


def internal_url(service: Obj) -> str:
    """The address inside the cluster; empty until it is known."""
    url = service.string("status", "url")
    return service.string("status", "address", "url") or (url if is_local(url) else "")


def is_local(url: str) -> bool:
    """Whether an address only means something inside the cluster: a Service's name, whole or short."""
    host = url.partition("://")[2].partition("/")[0].partition(":")[0].rstrip(".")
    labels = host.split(".")
    return bool(host) and (len(labels) == 1 or "svc" in labels[1:] or host.endswith(".cluster.local"))


def is_private(service: Obj) -> bool:
    """It is meant to be reached from inside the cluster only."""
    return "cluster-local" in {service.labels.get(label) for label in _VISIBILITY}


def is_published(service: Obj) -> bool:
    """Requests have a way to it: an address is written, or its route is."""
    if service.string("status", "url"):
        return True
    found = [service.condition(type_) for type_ in ("Ready", "IngressReady", "PredictorRouteReady")]
    return any(condition is not None and condition.is_true for condition in found)
