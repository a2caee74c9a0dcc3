"""A step of a graph leads to a service or a node that is not there, or has failed. KServe waits for the first without a word, and says
Ready while the second lasts."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis.finding import Finding, FindingState, Remedy, Rule, on_service
from modelsweb.kinds import INFERENCE_GRAPH
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology.graph_steps import ROOT, cycle, is_hard, step_word, taken_steps
from modelsweb.topology.neighbour_states import DOWN, ON_THE_WAY
from modelsweb.topology.running_graph import graph_before, states_for
from modelsweb.topology.service_snapshot import ServiceSnapshot


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    graph = snapshot.service
    nodes = graph.mapping("spec", "nodes")
    if ROOT not in nodes:
        yield on_service(
            snapshot, text("The graph has no node named root."), field="spec.nodes", component="router"
        )
        return
    if circle := cycle(graph):
        yield on_service(
            snapshot,
            text("The nodes lead in a circle: {path}.", path=" → ".join(circle)),
            field="spec.nodes",
            component="router",
        )
    faults: list[tuple[bool, Finding]] = []
    delays: list[Finding] = []
    for path, step in taken_steps(graph):
        word = step_word(step, int(path[-1]) + 1)
        node, name = str(step.get("nodeName") or ""), str(step.get("serviceName") or "")
        if node and node not in nodes:
            sentence = text(
                "Step {step} leads to the node {node}, which does not exist.", step=word, node=node
            )
            faults.append((is_hard(step), _at(snapshot, sentence, path=path)))
        elif name and snapshot.neighbours is not None:
            status = snapshot.neighbours.get(name)
            if status in ON_THE_WAY:
                sentence = text("Step {step} waits for {service}.", step=word, service=name)
                delays.append(_at(snapshot, sentence, path=path, state=FindingState.DELAY))
            elif status is None or status in DOWN:
                finding = _at(snapshot, _down(name, status, step=word), path=path)
                faults.append((is_hard(step), finding))
    yield from (finding for _, finding in sorted(faults, key=lambda one: not one[0]))
    if not faults and (before := graph_before(snapshot)) is not None:
        yield from _in_graph_before(snapshot, before)
    yield from delays


def _in_graph_before(snapshot: ServiceSnapshot, before: Obj) -> Iterator[Finding]:
    """The graph is mended, and its router has not heard of it."""
    states = states_for(before, snapshot) or {}
    for path, step in taken_steps(before):
        name = str(step.get("serviceName") or "")
        if name and not step.get("nodeName") and (status := states.get(name)) in DOWN:
            sentence = text(
                "The router still runs the graph before the last change. Its step {step} calls {service}, which does not answer: {status}.",
                step=step_word(step, int(path[-1]) + 1),
                service=name,
                status=status,
            )
            yield on_service(snapshot, sentence, field="spec.nodes", component="router")


def _down(service: str, status: str | None, *, step: str) -> Text:
    if status is None:
        return text(
            "Step {step} calls {service}, which does not exist. KServe waits without telling.",
            step=step,
            service=service,
        )
    return text(
        "Step {step} calls {service}, which does not answer: {status}.",
        step=step,
        service=service,
        status=status,
    )


def _at(
    snapshot: ServiceSnapshot,
    sentence: Text,
    *,
    path: tuple[str | int, ...],
    state: FindingState = FindingState.FAULT,
) -> Finding:
    field = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in path).lstrip(".")
    return on_service(snapshot, sentence, field=field, state=state, component="router")


RULE = Rule(
    id="graph-step-broken",
    rank=15,
    roots=(INFERENCE_GRAPH,),
    summary=text("A step of a graph leads to a service or a node that is missing or has failed."),
    check=_check,
    remedy=Remedy(text("Create or repair what the step calls, or correct its name in the graph.")),
)
