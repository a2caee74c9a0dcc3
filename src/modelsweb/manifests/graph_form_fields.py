"""An InferenceGraph as the fields of a form: its root with its steps, and the other nodes in the same short form.

A step is a line: where it leads (a service, ``node:other``, or an address), before it the step's own name with a colon, after it
``hard`` or ``soft`` and what it is sent (``$request``, ``$response``), then ``=weight`` or ``=condition``.
"""

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
    label_value,
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
_ROOT = "root"
_BY = {"Splitter": "weight", "Switch": "condition"}
"""What a step has beside where it leads, by the kind of node."""
_MAX_WEIGHT = 100
_NODE = "node:"
_TARGETS = ("serviceName", "nodeName", "serviceUrl")
_DEPENDENCIES = {"hard": "Hard", "soft": "Soft"}
_DATA = ("$request", "$response")
_PARTS = frozenset({*_TARGETS, "name", "dependency", "data", *_BY.values()})


def _router(graph: Obj) -> str:
    return said(graph, (*_NODES, _ROOT, "routerType"))


def _router_field() -> FormField:
    path = (*_NODES, _ROOT)

    def changes(graph: Obj, value: str) -> list[Change]:
        if not graph.mapping(*path):
            return [Change(path, {"routerType": value})]
        return [Change((*path, "routerType"), value), *_without_others(graph, _BY.get(value, ""))]

    return choice_field(_router, changes, of=ROUTERS, place=at(*path, "routerType"))


def _without_others(graph: Obj, by: str) -> list[Change]:
    """What steps have of another kind of node goes."""
    path = (*_NODES, _ROOT, "steps")
    steps = dig(graph.raw, *path)
    return [
        Change((*path, place, part), None)
        for place, step in enumerate(steps if isinstance(steps, list) else ())
        for part in _BY.values()
        if isinstance(step, dict) and part in step and part != by
    ]


def _steps_field() -> FormField:
    """Of the root."""
    path = (*_NODES, _ROOT, "steps")

    def read(graph: Obj) -> str:
        return "\n".join(_written_steps(graph, _ROOT))

    def changes(graph: Obj, value: str) -> list[Change]:
        by = _BY.get(_router(graph), "")
        after = [_step(line, by, at_line=place) for place, line in _numbered(value)]
        return list_changes(path, before=_steps(graph, _ROOT), after=after)

    return FormField(read, changes, at(*path))


def _nodes_field() -> FormField:
    """All others: the name and the kind of a node on a line, below it its steps with space before them."""

    def others(graph: Obj) -> list[str]:
        nodes = dig(graph.raw, *_NODES)
        if nodes is not None and not isinstance(nodes, dict):
            raise LockedError
        return [name for name in nodes or {} if name != _ROOT]

    def read(graph: Obj) -> str:
        written = []
        for name in others(graph):
            node = dig(graph.raw, *_NODES, name)
            if (
                not isinstance(node, dict)
                or not set(node) <= {"routerType", "steps"}
                or not is_name(str(name))
            ):
                raise LockedError
            router = said(graph, (*_NODES, name, "routerType"))
            if router not in ROUTERS:
                raise LockedError
            written += [f"{name} {router}", *(f"  {step}" for step in _written_steps(graph, name))]
        return "\n".join(written)

    def changes(graph: Obj, value: str) -> list[Change]:
        wanted = _nodes(value)
        before = others(graph)
        return [
            *(
                change
                for name in before
                if name in wanted
                for change in _node_changes(graph, name, wanted=wanted[name])
            ),
            *(Change((*_NODES, name), None) for name in before if name not in wanted),
            # Each comes before the first one: the last goes first, so that the order stays that of the lines.
            *(Change((*_NODES, name), node) for name, node in reversed(wanted.items()) if name not in before),
        ]

    return FormField(read, changes, at(*_NODES))


def _nodes(value: str) -> dict[str, dict[str, Any]]:
    """The nodes that the lines describe. Raises BadValueError."""
    wanted: dict[str, dict[str, Any]] = {}
    node: dict[str, Any] | None = None
    for place, line in _numbered(value):
        if line[0].isspace():
            if node is None:
                raise BadValueError(Code.NOT_A_NODE, line=place)
            by = _BY.get(node["routerType"], "")
            node.setdefault("steps", []).append(_step(line, by, at_line=place))
            continue
        name, _, router = line.strip().partition(" ")
        if not is_name(name) or name == _ROOT or router.strip() not in ROUTERS:
            raise BadValueError(Code.NOT_A_NODE, line=place)
        if name in wanted:
            raise BadValueError(Code.GIVEN_TWICE, key=name, line=place)
        node = wanted[name] = {"routerType": router.strip()}
    return wanted


def _node_changes(graph: Obj, name: str, *, wanted: Mapping[str, Any]) -> list[Change]:
    path = (*_NODES, name)
    steps = list_changes((*path, "steps"), before=_steps(graph, name), after=wanted.get("steps", []))
    router = wanted["routerType"]
    return (
        steps
        if said(graph, (*path, "routerType")) == router
        else [Change((*path, "routerType"), router), *steps]
    )


def _numbered(value: str) -> list[tuple[int, str]]:
    return [(place, line) for place, line in enumerate(value.split("\n"), start=1) if line.strip()]


def _steps(graph: Obj, node: str) -> list[dict[str, Any]]:
    """The steps of a node. Raises LockedError where a line cannot hold one."""
    listed = dig(graph.raw, *_NODES, node, "steps")
    if listed is None:
        return []
    if not isinstance(listed, list):
        raise LockedError
    by = _BY.get(said(graph, (*_NODES, node, "routerType")), "")
    for step in listed:
        if not isinstance(step, dict) or not set(step) <= _PARTS:
            raise LockedError
        try:
            is_same = _step(_written(step, by), by, at_line=0) == step
        except BadValueError:
            is_same = False
        if not is_same:
            raise LockedError
    return listed


def _written_steps(graph: Obj, node: str) -> list[str]:
    by = _BY.get(said(graph, (*_NODES, node, "routerType")), "")
    return [_written(step, by) for step in _steps(graph, node)]


def _written(step: Mapping[str, Any], by: str) -> str:
    name, dependency = step.get("name"), step.get("dependency")
    words = [
        f"{name}:" if name is not None else "",
        f"{_NODE}{step['nodeName']}"
        if "nodeName" in step
        else str(step.get("serviceName") or step.get("serviceUrl")),
        dependency.lower() if isinstance(dependency, str) else "",
        str(step.get("data", "")),
    ]
    return " ".join(word for word in words if word) + (f"={step[by]}" if by in step else "")


def _step(line: str, by: str, *, at_line: int) -> dict[str, Any]:
    """What a line means. Raises BadValueError."""
    left, separator, rest = line.strip().partition("=")
    words = left.split()
    step: dict[str, Any] = {}
    if len(words) > 1 and words[0].endswith(":"):
        step["name"] = words.pop(0)[:-1]
    target, *others = words or [""]
    is_known = all(word in _DEPENDENCIES or word in _DATA for word in others)
    name = target.removeprefix(_NODE)
    is_address = "://" in target
    if not is_known or not (is_address or is_name(name)) or (separator and not by) or step.get("name") == "":
        raise BadValueError(Code.NOT_A_STEP, line=at_line)
    step["serviceUrl" if is_address else "nodeName" if name != target else "serviceName"] = name
    for word in others:
        step |= {"dependency": _DEPENDENCIES[word]} if word in _DEPENDENCIES else {"data": word}
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
    Field.GRAPH_NODES: _nodes_field(),
    Field.MIN_REPLICAS: value_field(at("spec", "minReplicas"), number(0, MAX_REPLICAS)),
    Field.MAX_REPLICAS: value_field(at("spec", "maxReplicas"), number(0, MAX_REPLICAS)),
    Field.TIMEOUT: value_field(at("spec", "timeout"), number(1, 86_400)),
    Field.CPU: value_field(at("spec", "resources", "requests", "cpu"), quantity_text),
    Field.MEMORY: value_field(at("spec", "resources", "requests", "memory"), memory_text),
    Field.LABELS: mapping_field("metadata", "labels", is_value=label_value),
}
