"""An LLMInferenceService as the fields of a form, in the order in which changes are made. https://kserve.github.io/website/docs/model-serving/generative-inference/llmisvc"""

import copy
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
    size,
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

    return FormField(field.read, changes, field.place)


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

    return FormField(plain.read, changes, plain.place)


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

    return FormField(read, changes, at(*path))


def _expert() -> FormField:
    path = ("spec", "parallelism", "expert")

    def read(service: Obj) -> str:
        given = dig(service.raw, *path)
        if given is not None and not isinstance(given, bool):
            raise LockedError
        return "on" if given else ""

    return choice_field(
        read,
        lambda service, value: [Change(path, True if value else None)],
        of=("", "on"),
        place=at(*path),
    )


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

    return choice_field(read, changes, of=("", *ROUTERS), place=at(*_ROUTER))


_SCALING = ("spec", "scaling")
AUTOSCALERS = ("hpa", "keda")
"""What carries out what the autoscaler of variants (WVA) decides."""


def _autoscaler() -> FormField:
    """By the load of the model; KServe takes either a number of replicas, or this."""

    def read(service: Obj) -> str:
        scaling = dig(service.raw, *_SCALING)
        if scaling is None:
            return ""
        by = dig(scaling, "wva")
        known = [one for one in AUTOSCALERS if isinstance(by, dict) and one in by]
        if len(known) != 1:
            raise LockedError  # a scaler of its own, by its triggers
        return known[0]

    def changes(service: Obj, value: str) -> list[Change]:
        low = service.integer(*_SCALING, "minReplicas") or service.integer("spec", "replicas") or 1
        if not value:
            return [Change(_SCALING, None), *([Change(("spec", "replicas"), low)] if low > 1 else [])]
        if dig(service.raw, *_SCALING) is None:
            return _scaled(service, low=low, high=low, by=value)
        gone = [one for one in AUTOSCALERS if dig(service.raw, *_SCALING, "wva", one) is not None]
        return [
            Change((*_SCALING, "wva", value), {}),
            *(Change((*_SCALING, "wva", one), None) for one in gone if one != value),
        ]

    return choice_field(read, changes, of=("", *AUTOSCALERS), place=at(*_SCALING))


def _scaled(service: Obj, *, low: int, high: int, by: str = AUTOSCALERS[0]) -> list[Change]:
    scaling = {"minReplicas": low, "maxReplicas": high, "wva": {by: {}}}
    has_number = dig(service.raw, "spec", "replicas") is not None
    return [Change(_SCALING, scaling), *([Change(("spec", "replicas"), None)] if has_number else [])]


def _bound(name: str) -> FormField:
    """Of the replicas that the autoscaler may take; the first that is given turns it on."""
    place = at(*_SCALING, name)
    plain = value_field(place, number(0 if name == "minReplicas" else 1, MAX_REPLICAS))

    def changes(service: Obj, value: str) -> list[Change]:
        found = plain.changes(service, value)
        if dig(service.raw, *_SCALING) is not None:
            return found
        if not value:
            return []
        bound = int(value)
        low = bound if name == "minReplicas" else min(service.integer("spec", "replicas") or 1, bound)
        return _scaled(service, low=low, high=max(bound, 1))

    return FormField(plain.read, changes, place)


def _worker() -> FormField:
    """More pods for each replica, on nodes of their own; they ask for what the main container asks for."""
    path = ("spec", "worker")

    def changes(service: Obj, value: str) -> list[Change]:
        if not value:
            return [Change(path, None)]
        resources = dig(service.raw, *main(service), "resources")
        same = {"resources": copy.deepcopy(resources)} if isinstance(resources, dict) else {}
        return [Change(path, {"containers": [{"name": _MAIN, **same}]})]

    return choice_field(
        lambda service: "" if dig(service.raw, *path) is None else "on",
        changes,
        of=("", "on"),
        place=at(*path),
    )


FIELDS: Mapping[Field, FormField] = {
    Field.URI: _uri(),
    Field.NAME: value_field(at("metadata", "name"), object_name, is_required=True),
    Field.MODEL_NAME: value_field(at("spec", "model", "name"), word),
    Field.RUNTIME: value_field(at("spec", "runtime"), word),
    Field.ACCOUNT: value_field(at("spec", "template", "serviceAccountName"), word),
    Field.REPLICAS: value_field(at("spec", "replicas"), number(0, MAX_REPLICAS)),
    Field.AUTOSCALER: _autoscaler(),
    Field.MIN_REPLICAS: _bound("minReplicas"),
    Field.MAX_REPLICAS: _bound("maxReplicas"),
    Field.ROUTER: _router(),
    Field.GROUP: value_field(at(*_ROUTER, "route", "group"), word),
    Field.WEIGHT: value_field(at(*_ROUTER, "route", "weight"), number(0, 1_000_000)),
    Field.SIZE: _of_main(size(main)),
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
    Field.WORKER: _worker(),
    Field.LORA: records_field(
        "spec", "model", "lora", "adapters", key="name", value="uri", is_value=str.isprintable
    ),
    Field.BASE_REFS: names_field("spec", "baseRefs"),
    Field.ARGUMENTS: _of_main(arguments(main)),
    Field.ENVIRONMENT: _of_main(environment(main)),
    Field.LABELS: mapping_field("metadata", "labels", is_value=label_value),
}
