"""An InferenceService as the fields of a form: what they hold, and a text with some of them changed.

The text stays the document: a field is read from it, and a change of a field is an edit of the text at the place of that
field (``text_edit``). A field that stands where no edit reaches is locked.

To add one, give it a line in ``FIELDS``, and its words in ``viewmodels/components/service_form.py``.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from modelsweb.errors import Code, Problem
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.manifests.check import Change
from modelsweb.manifests.document import Document, expanded, parse
from modelsweb.manifests.service_document import AUTOSCALER, MODE, MODEL, OWN_CONTAINER, PREDICTOR, Path
from modelsweb.manifests.storage import guessed_format, name_of, without_user
from modelsweb.manifests.text_edit import CannotEditError, edited
from modelsweb.objects.obj import Obj, dig
from modelsweb.topology.demand import is_device
from modelsweb.topology.predictor import FRAMEWORKS

MAX_REPLICAS = 10_000
MAX_TEXT = 200_000
"""Each change reads the text again: a longer one is left to its author."""
_MAX_VALUE = 20_000
_MAX_CHANGES = 60
"""Of one field; each takes some milliseconds."""
_GPU = "nvidia.com/gpu"
_WRITTEN = (
    "internal.serving.kserve.io/",
    "kubectl.kubernetes.io/",
    "serving.knative.dev/creator",
    "serving.knative.dev/lastModifier",
)
"""How annotations begin that users do not write."""
_NAME = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_LABEL = re.compile(r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
_QUANTITY = re.compile(r"[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+|[numkMGTPE]|[KMGTPE]i)?")
_BELOW_ONE = ("n", "u", "m")
_NEARLY = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([kmgtpe])(i)?b?", re.IGNORECASE)
_SCHEME = re.compile(r"[\w+.-]{1,20}[:：][/／]{2}")
_WIDE_LETTERS = str.maketrans({wide: chr(ord(wide) - 0xFEE0) for wide in map(chr, range(0xFF01, 0xFF5F))})
"""What an input method for Chinese writes for the signs of a scheme."""


class Field(StrEnum):
    """The fields, by the names that a page sends."""

    URI = "uri"
    NAME = "name"
    FORMAT = "format"
    VERSION = "version"
    RUNTIME = "runtime"
    PROTOCOL = "protocol"
    IMAGE = "image"
    MODE = "mode"
    MIN_REPLICAS = "min-replicas"
    MAX_REPLICAS = "max-replicas"
    METRIC = "metric"
    TARGET = "target"
    CANARY = "canary"
    CPU = "cpu"
    MEMORY = "memory"
    CPU_LIMIT = "cpu-limit"
    MEMORY_LIMIT = "memory-limit"
    GPU = "gpu"
    ACCOUNT = "account"
    ARGUMENTS = "arguments"
    ENVIRONMENT = "environment"
    LABELS = "labels"
    TRANSFORMER = "transformer"
    TIMEOUT = "timeout"
    AUTOSCALER = "autoscaler"
    CONCURRENCY = "concurrency"
    EXPLAINER = "explainer"
    LOGGER_URL = "logger-url"
    LOGGER_MODE = "logger-mode"
    BATCH_SIZE = "batch-size"
    BATCH_LATENCY = "batch-latency"
    TRACING = "tracing"
    TRACING_ENDPOINT = "tracing-endpoint"
    PULL_SECRETS = "pull-secrets"
    NODE_SELECTOR = "node-selector"
    ANNOTATIONS = "annotations"


_OF_LINES = {
    Field.ARGUMENTS,
    Field.ENVIRONMENT,
    Field.LABELS,
    Field.PULL_SECRETS,
    Field.NODE_SELECTOR,
    Field.ANNOTATIONS,
}
LOGGER_MODES = ("all", "request", "response")
TRACED = "on"


class BadValueError(Exception):
    """A value that the field cannot take; ``problem`` says why, and what it could."""

    def __init__(self, code: Code, **values: str | int) -> None:
        self.problem = Problem(code=code, values=values)
        super().__init__(str(code))


class LockedError(Exception):
    """The document holds something there that the field cannot show."""


@dataclass(frozen=True, slots=True)
class FormField:
    """How a field is read from a service (raises LockedError), and what a new value changes (raises BadValueError)."""

    read: Callable[[Obj], str]
    changes: Callable[[Obj, str], list[Change]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDocument:
    """The first InferenceService of a text: its number among the documents (from 1), and all of them."""

    number: int
    service: Obj
    documents: tuple[Obj, ...] = ()

    def values(self) -> dict[Field, str]:
        """What the fields hold; those that are locked are left out."""
        found = {}
        for field, one in FIELDS.items():
            try:
                found[field] = one.read(self.service)
            except LockedError:
                continue
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A text with changed fields, and what stands against those that were not changed."""

    source: str
    problems: Mapping[Field, Problem]


def form_document(source: str) -> FormDocument | None:
    """The document that the form is about; None where the text has none of its kind. Raises ManifestError."""
    documents: list[Document] = [item for one in parse(source) for item in expanded(one)]
    found = [
        (number, one.value)
        for number, one in enumerate(documents, start=1)
        if isinstance(one.value, dict) and one.value.get("kind") == INFERENCE_SERVICE.kind
    ]
    if not found:
        return None
    number, value = found[0]
    return FormDocument(
        number=number,
        service=Obj(value),
        documents=tuple(Obj(one.value) for one in documents if isinstance(one.value, dict)),
    )


def filled(source: str, *, was: Mapping[Field, str], given: Mapping[Field, str]) -> Filled:
    """The text with what a user changed in the form: what differs from what the form held before, where that is known, and from
    what the text says. Raises ManifestError."""
    problems: dict[Field, Problem] = {}
    for field in FIELDS:
        if field not in given or was.get(field) == given[field]:
            continue
        value = given[field].strip("\n" if field in _OF_LINES else None)
        document = form_document(source)
        if document is None:
            break
        try:
            if len(value) > _MAX_VALUE:
                raise BadValueError(Code.VALUE_TOO_LONG, max=_MAX_VALUE)
            if FIELDS[field].read(document.service) == value:
                continue
            changes = FIELDS[field].changes(document.service, value)
            if len(changes) > _MAX_CHANGES:
                raise BadValueError(Code.TOO_MANY_CHANGES, max=_MAX_CHANGES)
            source = edited(source, document.number, changes=changes)
        except BadValueError as error:
            problems[field] = error.problem
        except (CannotEditError, LockedError):
            problems[field] = Problem(code=Code.NOT_IN_FORM)
    return Filled(source=source, problems=problems)


def server(service: Obj) -> Path:
    """Where the container stands that serves the model: KServe's model, or one of the user's own."""
    predictor = service.mapping("spec", "predictor")
    for name in ("model", *FRAMEWORKS):
        if name in predictor:
            return (*PREDICTOR, name)
    containers = predictor.get("containers")
    if isinstance(containers, list) and containers:
        return (*PREDICTOR, "containers", _place(containers))
    return MODEL


def has_model(service: Obj) -> bool:
    """KServe serves it with a runtime, which needs an address and a format."""
    return server(service) == MODEL


def is_custom(service: Obj) -> bool:
    """Its container is the user's own."""
    return "containers" in server(service)


def device(service: Obj) -> str:
    """The resource that its accelerators are; NVIDIA's where it asks for none. Raises LockedError where they are of several."""
    given = (service.mapping(*server(service), "resources", one) for one in ("limits", "requests"))
    found = {str(name) for one in given for name in one if is_device(str(name))}
    if len(found) > 1:
        raise LockedError
    return next(iter(found), _GPU)


def _place(containers: list[Any]) -> int:
    named = (place for place, one in enumerate(containers) if dig(one, "name") == OWN_CONTAINER)
    return next(named, 0)


def _said(service: Obj, path: Path) -> str:
    value = dig(service.raw, *path)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float) or "\n" in str(value):
        raise LockedError
    return str(value)


_Place = Callable[[Obj], Path]


def _at(*path: str | int) -> _Place:
    return lambda service: path


def _in_server(*path: str | int) -> _Place:
    return lambda service: (*server(service), *path)


def _in_model(*path: str | int) -> _Place:
    """Only of a service whose model KServe serves."""

    def place(service: Obj) -> Path:
        if is_custom(service):
            raise LockedError
        return (*server(service), *path)

    return place


def _in_kserve_model(*path: str | int) -> _Place:
    """Only of ``model``: what came before it names its format by its key, and knows no runtime."""

    def place(service: Obj) -> Path:
        if not has_model(service):
            raise LockedError
        return (*MODEL, *path)

    return place


def _field(place: _Place, meaning: Callable[[str], Any], *, is_required: bool = False) -> FormField:
    def changes(service: Obj, value: str) -> list[Change]:
        if not value and is_required:
            raise BadValueError(Code.VALUE_MISSING)
        return [Change(place(service), meaning(value) if value else None)]

    return FormField(lambda service: _said(service, place(service)), changes)


def _word(value: str) -> str:
    if not value.isprintable() or any(letter.isspace() for letter in value):
        raise BadValueError(Code.NOT_ONE_WORD)
    return value


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise BadValueError(Code.NOT_A_NAME)
    return value


def _address(value: str) -> str:
    scheme = _SCHEME.match(value)
    end = scheme.end() if scheme is not None else 0
    plain = _word(value[:end].translate(_WIDE_LETTERS) + value[end:])
    if without_user(plain) != plain:
        raise BadValueError(Code.USER_IN_ADDRESS)
    return plain


def _number(low: int, high: int) -> Callable[[str], int]:
    def meaning(value: str) -> int:
        is_number = value.isascii() and value.isdecimal() and len(value) < len(str(high)) + 1
        if not is_number or not low <= int(value) <= high:
            raise BadValueError(Code.NOT_IN_RANGE, low=low, high=high)
        return int(value)

    return meaning


def _quantity(value: str) -> str:
    if not _QUANTITY.fullmatch(value):
        raise BadValueError(Code.NOT_A_QUANTITY, example=_quantity_meant(value) or "500m, 2, 4Gi")
    return value


def _memory(value: str) -> str:
    """Half a byte is a quantity too, and nobody means it."""
    if not _QUANTITY.fullmatch(value) or value.endswith(_BELOW_ONE):
        raise BadValueError(Code.NOT_A_QUANTITY, example=_quantity_meant(value) or "512Mi, 4Gi")
    return value


def _quantity_meant(value: str) -> str:
    """What a size was meant to say: in tens, and in twos."""
    near = _NEARLY.fullmatch(value)
    if near is None:
        return ""
    number, letter, is_binary = near.groups()
    in_twos = f"{number}{letter.upper()}i"
    in_tens = f"{number}{'k' if letter in 'kK' else letter.upper()}"
    return in_twos if is_binary else f"{in_tens}, {in_twos}"


def _uri() -> FormField:
    place = _in_model("storageUri")
    plain = _field(place, _address)

    def changes(service: Obj, value: str) -> list[Change]:
        found = plain.changes(service, value)
        uri = found[0].value
        if uri and not service.name:
            found.append(Change(("metadata", "name"), name_of(uri)))
        guess = guessed_format(uri or "")
        if guess and has_model(service) and not service.string(*MODEL, "modelFormat", "name"):
            found.append(Change((*MODEL, "modelFormat", "name"), guess))
        return found

    return FormField(plain.read, changes)


def _gpu() -> FormField:
    def place(service: Obj) -> Path:
        return (*server(service), "resources", "limits", device(service))

    def changes(service: Obj, value: str) -> list[Change]:
        number = _number(0, MAX_REPLICAS)(value) if value else 0
        requested = (*server(service), "resources", "requests", device(service))
        paths = [one for one in (place(service), requested) if dig(service.raw, *one) is not None]
        if not number:
            return [Change(path, None) for path in paths]
        return [Change(path, str(number)) for path in dict.fromkeys((place(service), *paths))]

    return FormField(lambda service: _said(service, place(service)), changes)


def _arguments() -> FormField:
    def read(service: Obj) -> str:
        return "\n".join(_texts(dig(service.raw, *server(service), "args")))

    def changes(service: Obj, value: str) -> list[Change]:
        path = (*server(service), "args")
        return _items(
            path, before=_texts(dig(service.raw, *path)), after=[line.strip() for line in _lines(value)]
        )

    return FormField(read, changes)


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, str) and _is_line(one) for one in value):
        raise LockedError
    return value


def _is_line(value: str) -> bool:
    """It can be one of several lines, and is the same when it comes back."""
    return "\n" not in value and value == value.strip() != ""


def _items(path: Path, *, before: list[str], after: list[str]) -> list[Change]:
    """What makes a list of texts another one: items are changed at their place, the rest comes or goes at the end."""
    if not before or not after:
        return [Change(path, after or None)]
    common = min(len(before), len(after))
    return [
        *(Change((*path, place), after[place]) for place in range(common) if before[place] != after[place]),
        *(Change((*path, place), None) for place in range(len(before) - 1, common - 1, -1)),
        *(Change((*path, place), after[place]) for place in range(common, len(after))),
    ]


def _lines(value: str) -> list[str]:
    return [line for line in value.split("\n") if line.strip()]


def _pairs(value: str, *, is_key: Callable[[str], bool], is_value: Callable[[str], bool]) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in enumerate(value.split("\n"), start=1):
        key, separator, words = line.partition("=")
        if not line.strip():
            continue
        if not separator or not is_key(key.strip()) or not is_value(words):
            raise BadValueError(Code.NOT_A_PAIR, line=number)
        if key.strip() in found:
            raise BadValueError(Code.GIVEN_TWICE, key=key.strip(), line=number)
        found[key.strip()] = words
    return found


def _environment() -> FormField:
    """Variables with a value of their own; what comes from a Secret or a ConfigMap stays as it is."""

    def variables(service: Obj) -> list[Any]:
        value = dig(service.raw, *server(service), "env")
        if value is not None and not isinstance(value, list):
            raise LockedError
        return value or []

    def plain(one: dict[str, Any]) -> bool:
        return "valueFrom" not in one

    def read(service: Obj) -> str:
        given = variables(service)
        if not all(isinstance(one, dict) and isinstance(one.get("name"), str) for one in given):
            raise LockedError
        own = [(one["name"], one.get("value", "")) for one in given if plain(one)]
        if any(not isinstance(value, str) or "\n" in value or not _is_variable(name) for name, value in own):
            raise LockedError
        if len({one["name"] for one in given}) < len(given):
            raise LockedError
        return "\n".join(f"{name}={value}" for name, value in own)

    def changes(service: Obj, value: str) -> list[Change]:
        path = (*server(service), "env")
        wanted = _pairs(value, is_key=_is_variable, is_value=str.isprintable)
        before = variables(service)
        taken = {one["name"] for one in before}
        lent = next((one["name"] for one in before if not plain(one) and one["name"] in wanted), None)
        if lent is not None:
            raise BadValueError(Code.FROM_ELSEWHERE, key=lent)
        new = [{"name": name, "value": words} for name, words in wanted.items() if name not in taken]
        gone = [place for place, one in enumerate(before) if plain(one) and one["name"] not in wanted]
        if not before or len(gone) == len(before):
            return [*([Change(path, None)] if before else []), *([Change(path, new)] if new else [])]
        return [
            *(
                Change((*path, place, "value"), wanted[one["name"]])
                for place, one in enumerate(before)
                if plain(one) and one.get("value", "") != wanted.get(one["name"], one.get("value", ""))
            ),
            *(Change((*path, place), None) for place in reversed(gone)),
            *(Change((*path, len(before) - len(gone) + place), one) for place, one in enumerate(new)),
        ]

    return FormField(read, changes)


def _is_variable(name: str) -> bool:
    return _VARIABLE.fullmatch(name) is not None


def _label_key(key: str) -> bool:
    return _LABEL.fullmatch(key) is not None


def _label_value(words: str) -> bool:
    return _LABEL_VALUE.fullmatch(words) is not None


def _mapping(
    *path: str, is_value: Callable[[str], bool], hidden: Callable[[str], bool] = lambda key: False
) -> FormField:
    """Texts by key. Keys that are ``hidden`` belong to other fields, or to nobody, and stay as they are."""

    def shown(service: Obj) -> dict[str, str]:
        given = dig(service.raw, *path)
        if given is not None and not _is_of_texts(given):
            raise LockedError
        return {key: value for key, value in (given or {}).items() if not hidden(key)}

    def read(service: Obj) -> str:
        found = shown(service)
        if any("\n" in value for value in found.values()):
            raise LockedError
        return "\n".join(f"{key}={value}" for key, value in found.items())

    def changes(service: Obj, value: str) -> list[Change]:
        wanted = _pairs(value, is_key=lambda key: _label_key(key) and not hidden(key), is_value=is_value)
        before, all_of_them = shown(service), service.mapping(*path)
        if not all_of_them:
            return [Change(path, wanted)] if wanted else []
        if not wanted and len(before) == len(all_of_them):
            return [Change(path, None)]
        new = [key for key in wanted if key not in before]
        return [
            *(
                Change((*path, key), words)
                for key, words in wanted.items()
                if before.get(key, words) != words
            ),
            # Each comes before the first one: the last goes first, so that the same labels always make the same text.
            *(Change((*path, key), wanted[key]) for key in reversed(new)),
            *(Change((*path, key), None) for key in before if key not in wanted),
        ]

    return FormField(read, changes)


def _names(*path: str) -> FormField:
    """A list of objects that are named and nothing else."""

    def given(service: Obj) -> list[str]:
        found = dig(service.raw, *path)
        if found is None:
            return []
        if not isinstance(found, list) or not all(
            isinstance(one, dict) and set(one) == {"name"} for one in found
        ):
            raise LockedError
        return _texts([one["name"] for one in found])

    def changes(service: Obj, value: str) -> list[Change]:
        wanted = [_word(line.strip()) for line in _lines(value)]
        before = given(service)
        if not before or not wanted:
            return [Change(path, [{"name": name} for name in wanted] or None)]
        common = min(len(before), len(wanted))
        return [
            *(
                Change((*path, place, "name"), wanted[place])
                for place in range(common)
                if before[place] != wanted[place]
            ),
            *(Change((*path, place), None) for place in range(len(before) - 1, common - 1, -1)),
            *(Change((*path, place), {"name": wanted[place]}) for place in range(common, len(wanted))),
        ]

    return FormField(lambda service: "\n".join(given(service)), changes)


def _logger_url() -> FormField:
    """With a mode: the webhook refuses a logger without one, although the API says that there is a default."""
    path = (*PREDICTOR, "logger")

    def changes(service: Obj, value: str) -> list[Change]:
        if not value:
            return [Change(path, None)]
        if not service.mapping(*path):
            return [Change(path, {"mode": LOGGER_MODES[0], "url": _address(value)})]
        has_mode = service.string(*path, "mode")
        return [
            Change((*path, "url"), _address(value)),
            *([] if has_mode else [Change((*path, "mode"), LOGGER_MODES[0])]),
        ]

    return FormField(lambda service: _said(service, (*path, "url")), changes)


def _logger_mode() -> FormField:
    path = (*PREDICTOR, "logger", "mode")

    def changes(service: Obj, value: str) -> list[Change]:
        if value not in LOGGER_MODES:
            raise BadValueError(Code.VALUE_MISSING)
        return [Change(path, value)]

    return FormField(lambda service: _said(service, path), changes)


def _tracing() -> FormField:
    """An empty mapping turns it on with KServe's defaults; none at all leaves it off."""
    path = ("spec", "tracing")

    def read(service: Obj) -> str:
        given = dig(service.raw, *path)
        if given is not None and not isinstance(given, dict):
            raise LockedError
        return TRACED if given is not None else ""

    def changes(service: Obj, value: str) -> list[Change]:
        if value not in {"", TRACED}:
            raise BadValueError(Code.VALUE_MISSING)
        return [Change(path, {} if value else None)]

    return FormField(read, changes)


def _tracing_endpoint() -> FormField:
    path = ("spec", "tracing")

    def changes(service: Obj, value: str) -> list[Change]:
        endpoint = _address(value) if value else None
        if endpoint is not None and not endpoint.startswith(("http://", "https://")):
            raise BadValueError(Code.NOT_A_WEB_ADDRESS)
        if not service.mapping(*path):
            return [Change(path, {"exporterEndpoint": endpoint})] if endpoint else []
        return [Change((*path, "exporterEndpoint"), endpoint)]

    return FormField(lambda service: _said(service, (*path, "exporterEndpoint")), changes)


_OWN_ANNOTATIONS = (str(MODE[-1]), str(AUTOSCALER[-1]))


def _of_another(key: str) -> bool:
    """An annotation that has a field of its own, or that only the cluster writes."""
    return key in _OWN_ANNOTATIONS or key.startswith(_WRITTEN) or key == "modelFormat"


def _is_of_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


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
        return (*path, "containers", _place(containers), "image")

    def read(service: Obj) -> str:
        place = image(service)
        return _said(service, place) if place is not None else ""

    def changes(service: Obj, value: str) -> list[Change]:
        if not value:
            return [Change(path, None)]
        place = image(service)
        if place is None:
            return [Change(path, {"containers": [{"name": OWN_CONTAINER, "image": _word(value)}]})]
        return [Change(place, _word(value))]

    return FormField(read, changes)


def _image() -> FormField:
    """Of a container of the user's own; of a model it is the version of the runtime's image."""

    def place(service: Obj) -> Path:
        return (*server(service), "image" if is_custom(service) else "runtimeVersion")

    return _field(place, _word)


FIELDS: Mapping[Field, FormField] = {
    Field.URI: _uri(),
    Field.NAME: _field(_at("metadata", "name"), _name, is_required=True),
    Field.FORMAT: _field(_in_kserve_model("modelFormat", "name"), _word, is_required=True),
    Field.VERSION: _field(_in_kserve_model("modelFormat", "version"), _word),
    Field.RUNTIME: _field(_in_kserve_model("runtime"), _word),
    Field.PROTOCOL: _field(_in_model("protocolVersion"), _word),
    Field.IMAGE: _image(),
    Field.MODE: _field(_at(*MODE), _word),
    Field.MIN_REPLICAS: _field(_at(*PREDICTOR, "minReplicas"), _number(0, MAX_REPLICAS)),
    Field.MAX_REPLICAS: _field(_at(*PREDICTOR, "maxReplicas"), _number(0, MAX_REPLICAS)),
    Field.METRIC: _field(_at(*PREDICTOR, "scaleMetric"), _word),
    Field.TARGET: _field(_at(*PREDICTOR, "scaleTarget"), _number(1, 1_000_000)),
    Field.CANARY: _field(_at(*PREDICTOR, "canaryTrafficPercent"), _number(0, 100)),
    Field.CPU: _field(_in_server("resources", "requests", "cpu"), _quantity),
    Field.MEMORY: _field(_in_server("resources", "requests", "memory"), _memory),
    Field.CPU_LIMIT: _field(_in_server("resources", "limits", "cpu"), _quantity),
    Field.MEMORY_LIMIT: _field(_in_server("resources", "limits", "memory"), _memory),
    Field.GPU: _gpu(),
    Field.ACCOUNT: _field(_at(*PREDICTOR, "serviceAccountName"), _word),
    Field.ARGUMENTS: _arguments(),
    Field.ENVIRONMENT: _environment(),
    Field.LABELS: _mapping("metadata", "labels", is_value=_label_value),
    Field.TRANSFORMER: _component_image("transformer"),
    Field.TIMEOUT: _field(_at(*PREDICTOR, "timeout"), _number(1, 86_400)),
    Field.AUTOSCALER: _field(_at(*AUTOSCALER), _word),
    Field.CONCURRENCY: _field(_at(*PREDICTOR, "containerConcurrency"), _number(0, 10_000)),
    Field.EXPLAINER: _component_image("explainer"),
    Field.LOGGER_URL: _logger_url(),
    Field.LOGGER_MODE: _logger_mode(),
    Field.BATCH_SIZE: _field(_at(*PREDICTOR, "batcher", "maxBatchSize"), _number(1, 100_000)),
    Field.BATCH_LATENCY: _field(_at(*PREDICTOR, "batcher", "maxLatency"), _number(1, 3_600_000)),
    Field.TRACING: _tracing(),
    Field.TRACING_ENDPOINT: _tracing_endpoint(),
    Field.PULL_SECRETS: _names(*PREDICTOR, "imagePullSecrets"),
    Field.NODE_SELECTOR: _mapping(*PREDICTOR, "nodeSelector", is_value=_label_value),
    Field.ANNOTATIONS: _mapping("metadata", "annotations", is_value=str.isprintable, hidden=_of_another),
}
"""All fields, in the order in which changes are made."""


def fields_of(names: Iterable[tuple[str, str]], prefix: str) -> dict[Field, str]:
    """The fields among what a page sent, whose names begin with a word; others mean nothing."""
    known = {f"{prefix}{field}": field for field in Field}
    return {known[name]: value.replace("\r\n", "\n") for name, value in names if name in known}
