"""An InferenceService as the fields of a form, in the order in which changes are made."""

from collections.abc import Mapping

from modelsweb.errors import Code
from modelsweb.manifests.check import Change
from modelsweb.manifests.form_field import (
    MAX_REPLICAS,
    BadValueError,
    Field,
    FormField,
    LockedError,
    Place,
    accelerators,
    address,
    arguments,
    at,
    choice_field,
    environment,
    label_value,
    mapping_field,
    memory_text,
    named_place,
    names_field,
    number,
    object_name,
    quantity_text,
    records_field,
    said,
    size,
    value_field,
    word,
)
from modelsweb.manifests.service_document import AUTOSCALER, MODE, MODEL, OWN_CONTAINER, PREDICTOR, Path
from modelsweb.manifests.storage import guessed_format, name_of
from modelsweb.objects.obj import Obj, dig
from modelsweb.topology.predictor import FRAMEWORKS

_WRITTEN = (
    "internal.serving.kserve.io/",
    "kubectl.kubernetes.io/",
    "serving.knative.dev/creator",
    "serving.knative.dev/lastModifier",
)
"""How annotations begin that users do not write."""
LOGGER_MODES = ("all", "request", "response")
TRACED = "on"


def server(service: Obj) -> Path:
    """Where the container stands that serves the model: KServe's model, or one of the user's own."""
    predictor = service.mapping("spec", "predictor")
    for name in ("model", *FRAMEWORKS):
        if name in predictor:
            return (*PREDICTOR, name)
    containers = predictor.get("containers")
    if isinstance(containers, list) and containers:
        return (*PREDICTOR, "containers", named_place(containers))
    return MODEL


def has_model(service: Obj) -> bool:
    """KServe serves it with a runtime, which needs an address and a format."""
    return server(service) == MODEL


def is_custom(service: Obj) -> bool:
    """Its container is the user's own."""
    return "containers" in server(service)


def in_server(*path: str | int) -> Place:
    """A place in the container that serves the model."""
    return lambda service: (*server(service), *path)


def _in_model(*path: str | int) -> Place:
    """Only of a service whose model KServe serves."""

    def place(service: Obj) -> Path:
        if is_custom(service):
            raise LockedError
        return (*server(service), *path)

    return place


def _in_kserve_model(*path: str | int) -> Place:
    """Only of ``model``: what came before it names its format by its key, and knows no runtime."""

    def place(service: Obj) -> Path:
        if not has_model(service):
            raise LockedError
        return (*MODEL, *path)

    return place


def _uri() -> FormField:
    place = _in_model("storageUri")
    plain = value_field(place, address)

    def changes(service: Obj, value: str) -> list[Change]:
        found = plain.changes(service, value)
        uri = found[0].value
        if uri and not service.name:
            found.append(Change(("metadata", "name"), name_of(uri)))
        guess = guessed_format(uri or "")
        if guess and has_model(service) and not service.string(*MODEL, "modelFormat", "name"):
            found.append(Change((*MODEL, "modelFormat", "name"), guess))
        return found

    return FormField(plain.read, changes, place)


def _logger_url() -> FormField:
    """With a mode: the webhook refuses a logger without one, although the API says that there is a default."""
    path = (*PREDICTOR, "logger")

    def changes(service: Obj, value: str) -> list[Change]:
        if not value:
            return [Change(path, None)]
        if dig(service.raw, *path) is None:
            return [Change(path, {"mode": LOGGER_MODES[0], "url": address(value)})]
        has_mode = service.string(*path, "mode")
        return [
            Change((*path, "url"), address(value)),
            *([] if has_mode else [Change((*path, "mode"), LOGGER_MODES[0])]),
        ]

    return FormField(lambda service: said(service, (*path, "url")), changes, at(*path, "url"))


def _logger_mode() -> FormField:
    path = (*PREDICTOR, "logger", "mode")
    return choice_field(
        lambda service: said(service, path),
        lambda service, value: [Change(path, value)],
        of=LOGGER_MODES,
        place=at(*path),
    )


def _tracing() -> FormField:
    """An empty mapping turns it on with KServe's defaults; none at all leaves it off."""
    path = ("spec", "tracing")

    def read(service: Obj) -> str:
        given = dig(service.raw, *path)
        if given is not None and not isinstance(given, dict):
            raise LockedError
        return TRACED if given is not None else ""

    return choice_field(
        read,
        lambda service, value: [Change(path, {} if value else None)],
        of=("", TRACED),
        place=at(*path),
    )


def _tracing_endpoint() -> FormField:
    path = ("spec", "tracing")

    def changes(service: Obj, value: str) -> list[Change]:
        endpoint = address(value) if value else None
        if endpoint is not None and not endpoint.startswith(("http://", "https://")):
            raise BadValueError(Code.NOT_A_WEB_ADDRESS)
        if dig(service.raw, *path) is None:
            return [Change(path, {"exporterEndpoint": endpoint})] if endpoint else []
        return [Change((*path, "exporterEndpoint"), endpoint)]

    place = at(*path, "exporterEndpoint")
    return FormField(lambda service: said(service, place(service)), changes, place)


_OWN_ANNOTATIONS = (str(MODE[-1]), str(AUTOSCALER[-1]))


def _of_another(key: str) -> bool:
    """An annotation that has a field of its own, or that only the cluster writes."""
    return key in _OWN_ANNOTATIONS or key.startswith(_WRITTEN) or key == "modelFormat"


def _component_image(component: str) -> FormField:
    """The image of the container of a component; without one there is no such component."""
    path = ("spec", component)

    def image(service: Obj) -> Path | None:
        found = dig(service.raw, *path)
        if found is None:
            return None
        containers = dig(found, "containers")
        if not isinstance(containers, list) or not containers:
            raise LockedError
        return (*path, "containers", named_place(containers), "image")

    def read(service: Obj) -> str:
        place = image(service)
        return said(service, place) if place is not None else ""

    def changes(service: Obj, value: str) -> list[Change]:
        if not value:
            return [Change(path, None)]
        place = image(service)
        if place is None:
            return [Change(path, {"containers": [{"name": OWN_CONTAINER, "image": word(value)}]})]
        return [Change(place, word(value))]

    return FormField(read, changes, at(*path))


def _image() -> FormField:
    """Of a container of the user's own; of a model it is the version of the runtime's image."""

    def place(service: Obj) -> Path:
        return (*server(service), "image" if is_custom(service) else "runtimeVersion")

    return value_field(place, word)


def _is_mount(path: str) -> bool:
    """Absolute, below the root, and no way up."""
    return path.startswith("/") and path.strip("/") != "" and ".." not in path.split("/") and " " not in path


FIELDS: Mapping[Field, FormField] = {
    Field.URI: _uri(),
    Field.STORAGE_KEY: value_field(_in_model("storage", "key"), word),
    Field.STORAGE_PATH: value_field(_in_model("storage", "path"), word),
    Field.SOURCES: records_field(*PREDICTOR, "storageUris", key="uri", value="mountPath", is_value=_is_mount),
    Field.NAME: value_field(at("metadata", "name"), object_name, is_required=True),
    Field.FORMAT: value_field(_in_kserve_model("modelFormat", "name"), word, is_required=True),
    Field.VERSION: value_field(_in_kserve_model("modelFormat", "version"), word),
    Field.RUNTIME: value_field(_in_kserve_model("runtime"), word),
    Field.PROTOCOL: value_field(_in_model("protocolVersion"), word),
    Field.IMAGE: _image(),
    Field.MODE: value_field(at(*MODE), word),
    Field.MIN_REPLICAS: value_field(at(*PREDICTOR, "minReplicas"), number(0, MAX_REPLICAS)),
    Field.MAX_REPLICAS: value_field(at(*PREDICTOR, "maxReplicas"), number(0, MAX_REPLICAS)),
    Field.METRIC: value_field(at(*PREDICTOR, "scaleMetric"), word),
    Field.TARGET: value_field(at(*PREDICTOR, "scaleTarget"), number(1, 1_000_000)),
    Field.CANARY: value_field(at(*PREDICTOR, "canaryTrafficPercent"), number(0, 100)),
    Field.SIZE: size(in_server()),
    Field.CPU: value_field(in_server("resources", "requests", "cpu"), quantity_text),
    Field.MEMORY: value_field(in_server("resources", "requests", "memory"), memory_text),
    Field.CPU_LIMIT: value_field(in_server("resources", "limits", "cpu"), quantity_text),
    Field.MEMORY_LIMIT: value_field(in_server("resources", "limits", "memory"), memory_text),
    Field.GPU: accelerators(in_server()),
    Field.ACCOUNT: value_field(at(*PREDICTOR, "serviceAccountName"), word),
    Field.ARGUMENTS: arguments(in_server()),
    Field.ENVIRONMENT: environment(in_server()),
    Field.LABELS: mapping_field("metadata", "labels", is_value=label_value),
    Field.TRANSFORMER: _component_image("transformer"),
    Field.TIMEOUT: value_field(at(*PREDICTOR, "timeout"), number(1, 86_400)),
    Field.AUTOSCALER: value_field(at(*AUTOSCALER), word),
    Field.CONCURRENCY: value_field(at(*PREDICTOR, "containerConcurrency"), number(0, 10_000)),
    Field.EXPLAINER: _component_image("explainer"),
    Field.LOGGER_URL: _logger_url(),
    Field.LOGGER_MODE: _logger_mode(),
    Field.BATCH_SIZE: value_field(at(*PREDICTOR, "batcher", "maxBatchSize"), number(1, 100_000)),
    Field.BATCH_LATENCY: value_field(at(*PREDICTOR, "batcher", "maxLatency"), number(1, 3_600_000)),
    Field.TRACING: _tracing(),
    Field.TRACING_ENDPOINT: _tracing_endpoint(),
    Field.PULL_SECRETS: names_field(*PREDICTOR, "imagePullSecrets"),
    Field.NODE_SELECTOR: mapping_field(*PREDICTOR, "nodeSelector", is_value=label_value),
    Field.ANNOTATIONS: mapping_field("metadata", "annotations", is_value=str.isprintable, hidden=_of_another),
}
"""All fields, in the order in which changes are made."""
