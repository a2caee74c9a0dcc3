"""An InferenceGraph of one node as the fields of a form; more nodes are written as YAML."""

from collections.abc import Mapping
from typing import Any

from modelsweb.errors import Code
from modelsweb.manifests.check import Change
from modelsweb.manifests.form_field import (
    MAX_REPLICAS,
    BadValueError,
    Field,
    FormField,
    LockedError,
    at,
    choice_field,
    is_line,
    label_value,
    lines,
    list_changes,
    mapping_field,
    memory_text,
    number,
    object_name,
    quantity_text,
    said,
    value_field,
)
from modelsweb.objects.kind import is_name
from modelsweb.objects.obj import Obj, dig

ROUTERS = ("Sequence", "Splitter", "Switch", "Ensemble")
_NODES = ("spec", "nodes")
_ROOT = (*_NODES, "root")
_STEPS = (*_ROOT, "steps")
_PARTS = ("serviceName", "weight", "condition")
_BY = {"Splitter": "weight", "Switch": "condition"}
"""What a step has beside its service, by the kind of node."""
_MAX_WEIGHT = 100


def _router(graph: Obj) -> str:
    if set(graph.mapping(*_NODES)) - {"root"}:
        raise LockedError
    return said(graph, (*_ROOT, "routerType"))


def _router_field() -> FormField:
    def changes(graph: Obj, value: str) -> list[Change]:
        if not graph.mapping(*_ROOT):
            return [Change(_ROOT, {"routerType": value})]
        return [Change((*_ROOT, "routerType"), value), *_without_others(graph, _BY.get(value, ""))]

    return choice_field(_router, changes, of=ROUTERS)


def _without_others(graph: Obj, by: str) -> list[Change]:
    """What steps have of another kind of node goes."""
    steps = dig(graph.raw, *_STEPS)
    return [
        Change((*_STEPS, place, part), None)
        for place, step in enumerate(steps if isinstance(steps, list) else ())
        for part in _PARTS[1:]
        if isinstance(step, dict) and part in step and part != by
    ]


def _steps_field() -> FormField:
    """``service`` on each line; with ``=weight`` in a splitter, with ``=condition`` in a switch."""

    def given(graph: Obj) -> list[dict[str, Any]]:
        _router(graph)
        listed = dig(graph.raw, *_STEPS)
        if listed is None:
            return []
        if not isinstance(listed, list):
            raise LockedError
        for one in listed:
            is_ours = isinstance(one, dict) and "serviceName" in one and set(one) <= set(_PARTS)
            if not is_ours or not all(is_line(str(value)) for value in one.values()):
                raise LockedError
        return listed

    def read(graph: Obj) -> str:
        by = _BY.get(_router(graph), "")
        return "\n".join(
            f"{one['serviceName']}={one[by]}" if by in one else str(one["serviceName"])
            for one in given(graph)
        )

    def changes(graph: Obj, value: str) -> list[Change]:
        by = _BY.get(_router(graph), "")
        after = [_step(line.strip(), by, at_line=place) for place, line in enumerate(lines(value), start=1)]
        return list_changes(_STEPS, before=given(graph), after=after)

    return FormField(read, changes)


def _step(line: str, by: str, *, at_line: int) -> dict[str, Any]:
    service, separator, rest = line.partition("=")
    if not is_name(service.strip()) or (separator and not by):
        raise BadValueError(Code.NOT_A_STEP, line=at_line)
    step: dict[str, Any] = {"serviceName": service.strip()}
    if by == "weight":
        if not (rest.isascii() and rest.isdecimal() and int(rest) <= _MAX_WEIGHT):
            raise BadValueError(Code.NOT_A_STEP, line=at_line)
        step["weight"] = int(rest)
    elif separator:
        step[by] = rest
    return step


FIELDS: Mapping[Field, FormField] = {
    Field.NAME: value_field(at("metadata", "name"), object_name, is_required=True),
    Field.GRAPH_ROUTER: _router_field(),
    Field.GRAPH_STEPS: _steps_field(),
    Field.MIN_REPLICAS: value_field(at("spec", "minReplicas"), number(0, MAX_REPLICAS)),
    Field.MAX_REPLICAS: value_field(at("spec", "maxReplicas"), number(0, MAX_REPLICAS)),
    Field.TIMEOUT: value_field(at("spec", "timeout"), number(1, 86_400)),
    Field.CPU: value_field(at("spec", "resources", "requests", "cpu"), quantity_text),
    Field.MEMORY: value_field(at("spec", "resources", "requests", "memory"), memory_text),
    Field.LABELS: mapping_field("metadata", "labels", is_value=label_value),
}
