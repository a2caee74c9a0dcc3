"""What fields of forms are made of: how a value is read from a document, and what an edit of it changes.

A field that stands where no edit reaches, or holds what it cannot show, is locked. Docs: ``docs/how-to/add-a-form-field.md``.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from modelsweb.errors import Code, Problem
from modelsweb.manifests.check import Change
from modelsweb.manifests.service_document import OWN_CONTAINER, Path
from modelsweb.manifests.storage import without_user
from modelsweb.objects.obj import Obj, dig
from modelsweb.topology.demand import is_device

MAX_REPLICAS = 10_000
_GPU = "nvidia.com/gpu"
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
    SIZE = "size"
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
    SOURCES = "sources"
    STORAGE_KEY = "storage-key"
    STORAGE_PATH = "storage-path"
    # of LLM services
    MODEL_NAME = "model-name"
    REPLICAS = "replicas"
    TENSOR = "tensor"
    PIPELINE = "pipeline"
    DATA = "data"
    DATA_LOCAL = "data-local"
    EXPERT = "expert"
    PREFILL = "prefill"
    WORKER = "worker"
    ROUTER = "router"
    LORA = "lora"
    BASE_REFS = "base-refs"
    GROUP = "group"
    WEIGHT = "weight"
    # of graphs
    GRAPH_ROUTER = "graph-router"
    GRAPH_STEPS = "graph-steps"
    GRAPH_NODES = "graph-nodes"


class BadValueError(Exception):
    """A value that the field cannot take; ``problem`` says why, and what it could."""

    def __init__(self, code: Code, **values: str | int) -> None:
        self.problem = Problem(code=code, values=values)
        super().__init__(str(code))


class LockedError(Exception):
    """The document holds something there that the field cannot show."""


Place = Callable[[Obj], Path]
"""Where a value stands in a document; raises LockedError where it has no place for it."""


@dataclass(frozen=True, slots=True)
class FormField:
    """How a field is read from a service (raises LockedError), and what a new value changes (raises BadValueError). ``place`` is
    where all that it shows stands."""

    read: Callable[[Obj], str]
    changes: Callable[[Obj, str], list[Change]]
    place: Place


def named_place(containers: list[Any]) -> int:
    """The place of the container that serves: the one of KServe's name, else the first."""
    named = (place for place, one in enumerate(containers) if dig(one, "name") == OWN_CONTAINER)
    return next(named, 0)


def said(service: Obj, path: Path) -> str:
    """The text or number at a place; empty where there is none. Raises LockedError for anything else."""
    value = dig(service.raw, *path)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float) or "\n" in str(value):
        raise LockedError
    return str(value)


def at(*path: str | int) -> Place:
    """The same place in every document."""
    return lambda service: path


def value_field(place: Place, meaning: Callable[[str], Any], *, is_required: bool = False) -> FormField:
    """One text or number; ``meaning`` makes it of what was entered, and raises BadValueError."""

    def changes(service: Obj, value: str) -> list[Change]:
        if not value and is_required:
            raise BadValueError(Code.VALUE_MISSING)
        return [Change(place(service), meaning(value) if value else None)]

    return FormField(lambda service: said(service, place(service)), changes, place)


def word(value: str) -> str:
    """Printable, and no spaces. Raises BadValueError."""
    if not value.isprintable() or any(letter.isspace() for letter in value):
        raise BadValueError(Code.NOT_ONE_WORD)
    return value


def object_name(value: str) -> str:
    """As the API takes it for a service. Raises BadValueError."""
    if not _NAME.fullmatch(value):
        raise BadValueError(Code.NOT_A_NAME)
    return value


def address(value: str) -> str:
    """Of a model, or of a server; nobody's password stands in it. Raises BadValueError."""
    scheme = _SCHEME.match(value)
    end = scheme.end() if scheme is not None else 0
    plain = word(value[:end].translate(_WIDE_LETTERS) + value[end:])
    if without_user(plain) != plain:
        raise BadValueError(Code.USER_IN_ADDRESS)
    return plain


def number(low: int, high: int) -> Callable[[str], int]:
    """A whole number within bounds, or BadValueError."""

    def meaning(value: str) -> int:
        is_number = value.isascii() and value.isdecimal() and len(value) < len(str(high)) + 1
        if not is_number or not low <= int(value) <= high:
            raise BadValueError(Code.NOT_IN_RANGE, low=low, high=high)
        return int(value)

    return meaning


def quantity_text(value: str) -> str:
    """A quantity of Kubernetes, not negative. Raises BadValueError."""
    if not _QUANTITY.fullmatch(value):
        raise BadValueError(Code.NOT_A_QUANTITY, example=_quantity_meant(value) or "500m, 2, 4Gi")
    return value


def memory_text(value: str) -> str:
    """A quantity of bytes; half a byte is one too, and nobody means it. Raises BadValueError."""
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


def device(service: Obj, container: Path) -> str:
    """The resource that the accelerators of a container are; NVIDIA's where it asks for none. Raises LockedError where they are
    of several."""
    given = (dig(service.raw, *container, "resources", one) for one in ("limits", "requests"))
    found = {str(name) for one in given if isinstance(one, dict) for name in one if is_device(str(name))}
    if len(found) > 1:
        raise LockedError
    return next(iter(found), _GPU)


def accelerators(container: Place) -> FormField:
    """Accelerators of a container: in its limits, and in its requests where they stand there too."""

    def place(service: Obj) -> Path:
        return (*container(service), "resources", "limits", device(service, container(service)))

    def changes(service: Obj, value: str) -> list[Change]:
        count = number(0, MAX_REPLICAS)(value) if value else 0
        requested = (*container(service), "resources", "requests", device(service, container(service)))
        paths = [one for one in (place(service), requested) if dig(service.raw, *one) is not None]
        if not count:
            return [Change(path, None) for path in paths]
        return [Change(path, str(count)) for path in dict.fromkeys((place(service), *paths))]

    return FormField(lambda service: said(service, place(service)), changes, place)


def size(container: Place) -> FormField:
    """CPU and memory of a container at once, as ``4/16Gi``: asked for, and memory as its limit. Empty means the runtime's."""
    parts = (("requests", "cpu"), ("requests", "memory"), ("limits", "memory"))

    def place(service: Obj) -> Path:
        return (*container(service), "resources")

    def read(service: Obj) -> str:
        cpu, memory, limit = (said(service, (*place(service), *part)) for part in parts)
        return f"{cpu}/{memory}" if cpu and memory and memory == limit else ""

    def changes(service: Obj, value: str) -> list[Change]:
        cpu, _, memory = value.partition("/")
        values = (quantity_text(cpu), memory_text(memory), memory) if value else (None, None, None)
        return [
            Change((*place(service), *part), one)
            for part, one in zip(parts, values, strict=True)
            if one is not None or dig(service.raw, *place(service), *part) is not None
        ]

    return FormField(read, changes, place)


def arguments(container: Place) -> FormField:
    """Of a container, one on each line."""

    def place(service: Obj) -> Path:
        return (*container(service), "args")

    def read(service: Obj) -> str:
        return "\n".join(texts(dig(service.raw, *place(service))))

    def changes(service: Obj, value: str) -> list[Change]:
        path = place(service)
        return list_changes(
            path, before=texts(dig(service.raw, *path)), after=[line.strip() for line in lines(value)]
        )

    return FormField(read, changes, place)


def texts(value: Any) -> list[str]:
    """A list of texts that are a line each; none where there is nothing. Raises LockedError."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, str) and is_line(one) for one in value):
        raise LockedError
    return value


def is_line(value: str) -> bool:
    """It can be one of several lines, and is the same when it comes back."""
    return "\n" not in value and value == value.strip() != ""


def list_changes(path: Path, *, before: list[Any], after: list[Any]) -> list[Change]:
    """What makes a list another one: items are changed at their place, objects by their parts, and the rest comes or goes at the
    end."""
    if not before or not after:
        return [Change(path, after or None)]
    common = min(len(before), len(after))
    return [
        *(
            change
            for place in range(common)
            for change in _item_changes((*path, place), before=before[place], after=after[place])
        ),
        *(Change((*path, place), None) for place in range(len(before) - 1, common - 1, -1)),
        *(Change((*path, place), after[place]) for place in range(common, len(after))),
    ]


def _item_changes(path: Path, *, before: Any, after: Any) -> list[Change]:
    if before == after:
        return []
    if not isinstance(before, dict) or not isinstance(after, dict):
        return [Change(path, after)]
    # What goes comes last: an item whose only part went first would go with it.
    return [
        *(Change((*path, part), value) for part, value in after.items() if before.get(part) != value),
        *(Change((*path, part), None) for part in before if part not in after),
    ]


def lines(value: str) -> list[str]:
    """The lines that say something."""
    return [line for line in value.split("\n") if line.strip()]


def pairs(value: str, *, is_key: Callable[[str], bool], is_value: Callable[[str], bool]) -> dict[str, str]:
    """``key=value`` on each line. Raises BadValueError, with the number of the line."""
    values: dict[str, str] = {}
    for number, line in enumerate(value.split("\n"), start=1):
        key, separator, words = line.partition("=")
        if not line.strip():
            continue
        if not separator or not is_key(key.strip()) or not is_value(words):
            raise BadValueError(Code.NOT_A_PAIR, line=number)
        if key.strip() in values:
            raise BadValueError(Code.GIVEN_TWICE, key=key.strip(), line=number)
        values[key.strip()] = words
    return values


def environment(container: Place) -> FormField:
    """Variables of a container with a value of their own; what comes from a Secret or a ConfigMap stays as it is."""

    def place(service: Obj) -> Path:
        return (*container(service), "env")

    def variables(service: Obj) -> list[Any]:
        value = dig(service.raw, *place(service))
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
        path = place(service)
        wanted = pairs(value, is_key=_is_variable, is_value=str.isprintable)
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

    return FormField(read, changes, place)


def _is_variable(name: str) -> bool:
    return _VARIABLE.fullmatch(name) is not None


def label_key(key: str) -> bool:
    """The API takes it for the key of a label, and of an annotation."""
    return _LABEL.fullmatch(key) is not None


def label_value(words: str) -> bool:
    """The API takes it for the value of a label."""
    return _LABEL_VALUE.fullmatch(words) is not None


def mapping_field(
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
        wanted = pairs(value, is_key=lambda key: label_key(key) and not hidden(key), is_value=is_value)
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

    return FormField(read, changes, at(*path))


def records_field(*path: str, key: str, value: str, is_value: Callable[[str], bool]) -> FormField:
    """A list of objects with two texts each, written as one pair on each line."""

    def given(service: Obj) -> list[dict[str, str]]:
        listed = dig(service.raw, *path)
        if listed is None:
            return []
        if not isinstance(listed, list):
            raise LockedError
        for one in listed:
            is_ours = isinstance(one, dict) and set(one) == {key, value}
            if not is_ours or not all(
                isinstance(one[part], str) and is_line(one[part]) for part in (key, value)
            ):
                raise LockedError
        return listed

    def changes(service: Obj, words: str) -> list[Change]:
        wanted = pairs(words, is_key=lambda name: bool(name) and " " not in name, is_value=is_value)
        after = [{key: name, value: said} for name, said in wanted.items()]
        return list_changes(path, before=given(service), after=after)

    return FormField(
        lambda service: "\n".join(f"{one[key]}={one[value]}" for one in given(service)), changes, at(*path)
    )


def choice_field(
    read: Callable[[Obj], str],
    changes: Callable[[Obj, str], list[Change]],
    *,
    of: Collection[str],
    place: Place,
) -> FormField:
    """One of several words, and what each changes."""

    def known(service: Obj, value: str) -> list[Change]:
        if value not in of:
            raise BadValueError(Code.VALUE_MISSING)
        return changes(service, value)

    return FormField(read, known, place)


def names_field(*path: str) -> FormField:
    """A list of objects that are named and nothing else."""

    def read(service: Obj) -> str:
        given = dig(service.raw, *path)
        if given is None:
            return ""
        if not isinstance(given, list) or not all(
            isinstance(one, dict) and set(one) == {"name"} for one in given
        ):
            raise LockedError
        return "\n".join(texts([one["name"] for one in given]))

    def changes(service: Obj, value: str) -> list[Change]:
        wanted = [{"name": word(line.strip())} for line in lines(value)]
        return list_changes(path, before=dig(service.raw, *path) or [], after=wanted)

    return FormField(read, changes, at(*path))


def _is_of_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
