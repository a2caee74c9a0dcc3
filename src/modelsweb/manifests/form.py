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
from modelsweb.manifests.check import Change
from modelsweb.manifests.document import Document, expanded, parse
from modelsweb.manifests.service_document import MODE, MODEL, PREDICTOR, Path
from modelsweb.manifests.storage import guessed_format, name_of, without_user
from modelsweb.manifests.text_edit import CannotEditError, edited
from modelsweb.objects.obj import Obj, dig
from modelsweb.topology.predictor import FRAMEWORKS

KIND = "InferenceService"
MAX_REPLICAS = 10_000
_MAX_VALUE = 20_000
_CONTAINER = "kserve-container"
_GPU = "nvidia.com/gpu"
_NAME = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")
_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_LABEL = re.compile(r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
_QUANTITY = re.compile(r"[0-9]+(\.[0-9]+)?([mkMGTPE]|[KMGTPE]i)?")
_NEARLY = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([kmgtpe])(i)?b?", re.IGNORECASE)
_WIDE_LETTERS = str.maketrans({wide: chr(ord(wide) - 0xFEE0) for wide in map(chr, range(0xFF01, 0xFF5F))})
"""What an input method for Chinese writes for the signs of an address."""


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
    """The first InferenceService of a text: its number among the documents (from 1), and how many there are of them."""

    number: int
    count: int
    service: Obj

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
        if isinstance(one.value, dict) and one.value.get("kind") == KIND
    ]
    if not found:
        return None
    number, value = found[0]
    return FormDocument(number=number, count=len(documents), service=Obj(value))


def filled(source: str, *, was: Mapping[Field, str], given: Mapping[Field, str]) -> Filled:
    """The text with what a user changed in the form: what differs from what the form held before, where that is known, and from
    what the text says. Raises ManifestError."""
    problems: dict[Field, Problem] = {}
    for field in FIELDS:
        if field not in given or was.get(field) == given[field]:
            continue
        value = given[field].strip()
        document = form_document(source)
        if document is None:
            break
        try:
            if len(value) > _MAX_VALUE:
                raise BadValueError(Code.VALUE_TOO_LONG, max=_MAX_VALUE)
            if FIELDS[field].read(document.service).strip() == value:
                continue
            changes = FIELDS[field].changes(document.service, value)
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
    """The resource that its accelerators are; NVIDIA's where it asks for none."""
    limits = service.mapping(*server(service), "resources", "limits")
    return next((name for name in limits if "/" in name), _GPU)


def _place(containers: list[Any]) -> int:
    named = (place for place, one in enumerate(containers) if dig(one, "name") == _CONTAINER)
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
    plain = _word(value.translate(_WIDE_LETTERS))
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
        near = _NEARLY.fullmatch(value)
        if near is None:
            raise BadValueError(Code.NOT_A_QUANTITY, example="500m, 2, 4Gi")
        letter = near[2].upper() if near[2] not in "km" or near[3] else near[2]
        binary = f"{near[1]}{near[2].upper()}i"
        raise BadValueError(
            Code.NOT_A_QUANTITY, example=binary if near[3] else f"{near[1]}{letter}, {binary}"
        )
    return value


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
    if not isinstance(value, list) or not all(isinstance(one, str) and "\n" not in one for one in value):
        raise LockedError
    return value


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
    return [line for line in value.splitlines() if line.strip()]


def _pairs(value: str, *, is_key: Callable[[str], bool], is_value: Callable[[str], bool]) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in enumerate(value.splitlines(), start=1):
        key, separator, words = line.strip().partition("=")
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

    def plain(one: Any) -> bool:
        return isinstance(one, dict) and "valueFrom" not in one and isinstance(one.get("value", ""), str)

    def read(service: Obj) -> str:
        own = [one for one in variables(service) if plain(one)]
        if any("\n" in one.get("value", "") for one in own):
            raise LockedError
        return "\n".join(f"{one.get('name', '')}={one.get('value', '')}" for one in own)

    def changes(service: Obj, value: str) -> list[Change]:
        path = (*server(service), "env")
        wanted = _pairs(value, is_key=_is_variable, is_value=str.isprintable)
        before = variables(service)
        taken = {str(one.get("name")) for one in before if isinstance(one, dict)}
        new = [{"name": name, "value": words} for name, words in wanted.items() if name not in taken]
        gone = [place for place, one in enumerate(before) if plain(one) and one.get("name") not in wanted]
        if not before or len(gone) == len(before):
            return [*([Change(path, None)] if before else []), *([Change(path, new)] if new else [])]
        return [
            *(
                Change((*path, place, "value"), wanted[str(one["name"])])
                for place, one in enumerate(before)
                if plain(one)
                and one.get("value", "") != wanted.get(str(one.get("name")), one.get("value", ""))
            ),
            *(Change((*path, place), None) for place in reversed(gone)),
            *(Change((*path, len(before) - len(gone) + place), one) for place, one in enumerate(new)),
        ]

    return FormField(read, changes)


def _is_variable(name: str) -> bool:
    return _VARIABLE.fullmatch(name) is not None


def _labels() -> FormField:
    path = ("metadata", "labels")

    def read(service: Obj) -> str:
        labels = dig(service.raw, *path)
        if labels is not None and not _is_of_texts(labels):
            raise LockedError
        return "\n".join(f"{key}={value}" for key, value in (labels or {}).items())

    def changes(service: Obj, value: str) -> list[Change]:
        wanted = _pairs(
            value,
            is_key=lambda key: _LABEL.fullmatch(key) is not None,
            is_value=lambda words: _LABEL_VALUE.fullmatch(words) is not None,
        )
        before = service.mapping(*path)
        if not before:
            return [Change(path, wanted)] if wanted else []
        if not wanted:
            return [Change(path, None)]
        return [
            *(Change((*path, key), words) for key, words in wanted.items() if before.get(key) != words),
            *(Change((*path, key), None) for key in before if key not in wanted),
        ]

    return FormField(read, changes)


def _is_of_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


def _transformer() -> FormField:
    """The image of the container that reshapes requests before the model sees them; without one there is no transformer."""
    path = ("spec", "transformer")

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
            return [Change(path, {"containers": [{"name": _CONTAINER, "image": _word(value)}]})]
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
    Field.FORMAT: _field(_in_model("modelFormat", "name"), _word, is_required=True),
    Field.VERSION: _field(_in_model("modelFormat", "version"), _word),
    Field.RUNTIME: _field(_in_model("runtime"), _word),
    Field.PROTOCOL: _field(_in_model("protocolVersion"), _word),
    Field.IMAGE: _image(),
    Field.MODE: _field(_at(*MODE), _word),
    Field.MIN_REPLICAS: _field(_at(*PREDICTOR, "minReplicas"), _number(0, MAX_REPLICAS)),
    Field.MAX_REPLICAS: _field(_at(*PREDICTOR, "maxReplicas"), _number(0, MAX_REPLICAS)),
    Field.METRIC: _field(_at(*PREDICTOR, "scaleMetric"), _word),
    Field.TARGET: _field(_at(*PREDICTOR, "scaleTarget"), _number(1, 1_000_000)),
    Field.CANARY: _field(_at(*PREDICTOR, "canaryTrafficPercent"), _number(0, 100)),
    Field.CPU: _field(_in_server("resources", "requests", "cpu"), _quantity),
    Field.MEMORY: _field(_in_server("resources", "requests", "memory"), _quantity),
    Field.CPU_LIMIT: _field(_in_server("resources", "limits", "cpu"), _quantity),
    Field.MEMORY_LIMIT: _field(_in_server("resources", "limits", "memory"), _quantity),
    Field.GPU: _gpu(),
    Field.ACCOUNT: _field(_at(*PREDICTOR, "serviceAccountName"), _word),
    Field.ARGUMENTS: _arguments(),
    Field.ENVIRONMENT: _environment(),
    Field.LABELS: _labels(),
    Field.TRANSFORMER: _transformer(),
    Field.TIMEOUT: _field(_at(*PREDICTOR, "timeout"), _number(1, 86_400)),
}
"""All fields, in the order in which changes are made."""


def fields_of(names: Iterable[tuple[str, str]], prefix: str) -> dict[Field, str]:
    """The fields among what a page sent, whose names begin with a word; others mean nothing."""
    known = {f"{prefix}{field}": field for field in Field}
    return {known[name]: value for name, value in names if name in known}
