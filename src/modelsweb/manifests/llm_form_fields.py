"""An LLMInferenceService as the fields of a form, in the order in which changes are made. https://kserve.github.io/website/docs/model-serving/generative-inference/llmisvc"""

from collections.abc import Mapping
from typing import Any

from modelsweb.manifests.check import Change
from modelsweb.manifests.form_field import (
    MAX_REPLICAS,
    Field,
    FormField,
    LockedError,
    accelerators,
    address,
    arguments,
    at,
    choice_field,
    environment,
    label_value,
    mapping_field,
    memory_text,
    names_field,
    number,
    object_name,
    quantity_text,
    records_field,
    said,
    value_field,
    word,
)
from modelsweb.manifests.service_document import Path
from modelsweb.manifests.storage import name_of
from modelsweb.objects.obj import Obj, dig

_MAX_PARALLEL = 1_024
_CONTAINERS = ("spec", "template", "containers")
_MAIN = "main"
"""KServe takes the container of this name for the server, and no other."""
_ROUTER = ("spec", "router")
ROUTERS = ("route", "scheduler")


def main(service: Obj) -> Path:
    """Where the container stands that serves the model. Raises LockedError where there are containers, and none is it."""
    found = dig(service.raw, *_CONTAINERS)
    if found is None:
        return (*_CONTAINERS, 0)
    names = [dig(one, "name") for one in found] if isinstance(found, list) else []
    if _MAIN not in names:
        raise LockedError
    return (*_CONTAINERS, names.index(_MAIN))


def _of_main(field: FormField) -> FormField:
    """A field of the main container, which is made with it where there is none yet."""

    def changes(service: Obj, value: str) -> list[Change]:
        found = field.changes(service, value)
        if dig(service.raw, *_CONTAINERS) is not None:
            return found
        container: dict[str, Any] = {"name": _MAIN}
        for change in found:
            if change.value is None:
                continue
            owner = container
            *steps, last = map(str, change.path[len(_CONTAINERS) + 1 :])
            for step in steps:
                owner = owner.setdefault(step, {})
            owner[last] = change.value
        return [Change(_CONTAINERS, [container])] if len(container) > 1 else []

    return FormField(field.read, changes)


def _resource(*path: str, is_memory: bool = False) -> FormField:
    meaning = memory_text if is_memory else quantity_text
    return _of_main(value_field(lambda service: (*main(service), "resources", *path), meaning))


def _uri() -> FormField:
    plain = value_field(at("spec", "model", "uri"), address, is_required=True)

    def changes(service: Obj, value: str) -> list[Change]:
        found = plain.changes(service, value)
        if not service.name:
            found.append(Change(("metadata", "name"), name_of(str(found[0].value))))
        return found

    return FormField(plain.read, changes)


def _prefill() -> FormField:
    """Replicas of servers that only read the prompt; none at all where there is no such part."""
    path = ("spec", "prefill")

    def changes(service: Obj, value: str) -> list[Change]:
        if not value:
            return [Change(path, None)]
        replicas = number(1, MAX_REPLICAS)(value)
        if dig(service.raw, *path) is None:
            return [Change(path, {"replicas": replicas})]
        return [Change((*path, "replicas"), replicas)]

    def read(service: Obj) -> str:
        found = dig(service.raw, *path)
        if found is None:
            return ""
        return said(service, (*path, "replicas")) or "1"

    return FormField(read, changes)


def _expert() -> FormField:
    path = ("spec", "parallelism", "expert")

    def read(service: Obj) -> str:
        given = dig(service.raw, *path)
        if given is not None and not isinstance(given, bool):
            raise LockedError
        return "on" if given else ""

    return choice_field(read, lambda service, value: [Change(path, True if value else None)], of=("", "on"))


def _router() -> FormField:
    """How calls reach it: by its Service in the cluster alone, by a route of the gateway, or by one with a scheduler."""

    def read(service: Obj) -> str:
        found = dig(service.raw, *_ROUTER)
        if found is None:
            return ""
        if not isinstance(found, dict) or "route" not in found:
            raise LockedError
        return ROUTERS[1] if "scheduler" in found else ROUTERS[0]

    def changes(service: Obj, value: str) -> list[Change]:
        if not value:
            return [Change(_ROUTER, None)]
        wanted = ("gateway", "route", *(("scheduler",) if value == ROUTERS[1] else ()))
        there = service.mapping(*_ROUTER)
        if not there:
            return [Change(_ROUTER, {name: {} for name in wanted})]
        gone = set(ROUTERS) & set(there) - set(wanted)
        return [
            *(Change((*_ROUTER, name), {}) for name in reversed(wanted) if name not in there),
            *(Change((*_ROUTER, name), None) for name in gone),
        ]

    return choice_field(read, changes, of=("", *ROUTERS))


FIELDS: Mapping[Field, FormField] = {
    Field.URI: _uri(),
    Field.NAME: value_field(at("metadata", "name"), object_name, is_required=True),
    Field.MODEL_NAME: value_field(at("spec", "model", "name"), word),
    Field.RUNTIME: value_field(at("spec", "runtime"), word),
    Field.ACCOUNT: value_field(at("spec", "template", "serviceAccountName"), word),
    Field.REPLICAS: value_field(at("spec", "replicas"), number(0, MAX_REPLICAS)),
    Field.ROUTER: _router(),
    Field.GROUP: value_field(at(*_ROUTER, "route", "group"), word),
    Field.WEIGHT: value_field(at(*_ROUTER, "route", "weight"), number(0, 1_000_000)),
    Field.CPU: _resource("requests", "cpu"),
    Field.MEMORY: _resource("requests", "memory", is_memory=True),
    Field.CPU_LIMIT: _resource("limits", "cpu"),
    Field.MEMORY_LIMIT: _resource("limits", "memory", is_memory=True),
    Field.GPU: _of_main(accelerators(main)),
    Field.TENSOR: value_field(at("spec", "parallelism", "tensor"), number(1, _MAX_PARALLEL)),
    Field.PIPELINE: value_field(at("spec", "parallelism", "pipeline"), number(1, _MAX_PARALLEL)),
    Field.DATA: value_field(at("spec", "parallelism", "data"), number(1, _MAX_PARALLEL)),
    Field.DATA_LOCAL: value_field(at("spec", "parallelism", "dataLocal"), number(1, _MAX_PARALLEL)),
    Field.EXPERT: _expert(),
    Field.PREFILL: _prefill(),
    Field.LORA: records_field(
        "spec", "model", "lora", "adapters", key="name", value="uri", is_value=str.isprintable
    ),
    Field.BASE_REFS: names_field("spec", "baseRefs"),
    Field.ARGUMENTS: _of_main(arguments(main)),
    Field.ENVIRONMENT: _of_main(environment(main)),
    Field.LABELS: mapping_field("metadata", "labels", is_value=label_value),
}
