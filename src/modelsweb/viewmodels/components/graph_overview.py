"""What makes a graph special on its page: its nodes with their steps, where each leads, and how that is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modelsweb.diagnosis.verdict import Status
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology.graph_steps import ROOT, is_hard, step_word, used
from modelsweb.topology.running_graph import graph_before
from modelsweb.topology.service_snapshot import ServiceSnapshot

_MAX_NODES = 200
_MAX_DEPTH = 12
_EXPLAINED: Mapping[str, Text] = {
    "Sequence": text("One step after the other."),
    "Splitter": text("One of the steps, by weight."),
    "Ensemble": text("All steps at once; their answers are joined."),
    "Switch": text("The first step whose condition the request meets."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """A step. ``service`` has a page here; ``node`` is another node, ``url`` an address elsewhere. ``status`` is None where it is not
    known, and ``note`` says why or what is wrong."""

    name: str
    service: str = ""
    node: str = ""
    url: str = ""
    status: Status | None = None
    note: Text | None = None
    is_bad: bool = False
    by: str = ""
    """Its weight or condition, as written."""
    is_hard: bool = False
    data: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeView:
    """A node with its steps. ``is_unused`` says that no request reaches it."""

    name: str
    router: str
    explained: Text | None
    steps: tuple[StepView, ...]
    is_unused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A node as it is drawn: with the nodes below its steps, each once."""

    node: NodeView
    below: Mapping[str, "Drawn"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphOverview:
    """The sections of the page. ``more`` counts the nodes that are not shown."""

    nodes: tuple[NodeView, ...]
    drawn: Drawn | None
    more: int
    notes: tuple[Text, ...]


def graph_overview(snapshot: ServiceSnapshot) -> GraphOverview:
    """The overview of a graph."""
    graph = snapshot.service
    given = graph.mapping("spec", "nodes")
    reachable = used(graph)
    names = sorted(map(str, given), key=lambda name: (name != ROOT, name not in reachable, name))
    nodes = {
        name: _node(
            name,
            Obj(given[name] if isinstance(given[name], dict) else {}),
            snapshot=snapshot,
            is_used=name in reachable,
        )
        for name in names[:_MAX_NODES]
    }
    notes = []
    if any(one.router == "Switch" and one.steps and one.steps[-1].by for one in nodes.values()):
        notes.append(text("Requests that match no condition answer 404."))
    if graph_before(snapshot) is not None:
        notes.append(text("The router still runs the graph before the last change; drawn is the new one."))
    if snapshot.neighbours is None:
        notes.append(text("Not checked: the services behind the steps are not visible to you."))
    return GraphOverview(
        nodes=tuple(nodes.values()),
        drawn=_drawn(ROOT, nodes, seen=frozenset(), depth=0) if ROOT in nodes else None,
        more=max(0, len(names) - _MAX_NODES),
        notes=tuple(notes),
    )


def _node(name: str, node: Obj, *, snapshot: ServiceSnapshot, is_used: bool) -> NodeView:
    router = node.string("routerType")
    return NodeView(
        name=name,
        router=router,
        explained=_EXPLAINED.get(router),
        steps=tuple(
            _step(step, number, snapshot=snapshot) for number, step in enumerate(node.items("steps"), start=1)
        ),
        is_unused=not is_used,
    )


def _step(step: Mapping[str, Any], number: int, *, snapshot: ServiceSnapshot) -> StepView:
    service, node, url = (str(step.get(key) or "") for key in ("serviceName", "nodeName", "serviceUrl"))
    nodes = snapshot.service.mapping("spec", "nodes")
    status, note, is_bad = None, None, False
    if node:
        is_bad = node not in nodes
        note = text("This node does not exist.") if is_bad else None
    elif service:
        status, note, is_bad = _of_service(service, snapshot.neighbours)
    elif url:
        note = text("Outside of KServe: not checked.")
    else:
        note, is_bad = text("The step calls nothing."), True
    weight = step.get("weight")
    return StepView(
        name=step_word(step, number),
        service=service if not node else "",
        node=node,
        url=url if not node and not service else "",
        status=status,
        note=note,
        is_bad=is_bad,
        by=f"{weight} %" if weight is not None else str(step.get("condition") or ""),
        is_hard=is_hard(step),
        data=str(step.get("data") or ""),
    )


def _of_service(name: str, neighbours: Mapping[str, str] | None) -> tuple[Status | None, Text | None, bool]:
    if neighbours is None:
        return None, text("Not checked: not visible to you."), False
    if name not in neighbours:
        return None, text("This service does not exist."), True
    word = neighbours[name]
    return (Status(word) if word else None), None, False


def _drawn(name: str, nodes: Mapping[str, NodeView], *, seen: frozenset[str], depth: int) -> Drawn:
    node = nodes[name]
    below = {
        step.node: _drawn(step.node, nodes, seen=seen | {name}, depth=depth + 1)
        for step in node.steps
        if step.node in nodes and step.node not in seen | {name} and depth < _MAX_DEPTH
    }
    return Drawn(node=node, below=below)
