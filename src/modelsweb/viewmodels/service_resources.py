"""Everything that one InferenceService owns: a drawn graph, and the same as a table."""

from dataclasses import dataclass

from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.text import Text
from modelsweb.topology import predictor
from modelsweb.topology.health import Mood
from modelsweb.topology.tree import Node, kind_word, tree
from modelsweb.viewmodels.components.age import Age, age
from modelsweb.viewmodels.components.gap_note import gap_notes
from modelsweb.viewmodels.components.graph import Graph, draw
from modelsweb.viewmodels.components.judged import JudgedService
from modelsweb.viewmodels.components.service_head import ServiceHead, head


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRow:
    """An object of the tree. ``plural`` (with group) and ``name`` lead to its YAML."""

    depth: int
    kind: str
    plural: str
    name: str
    mood: Mood
    word: str
    message: str
    age: Age


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceResources:
    """The page."""

    head: ServiceHead
    rows: tuple[ResourceRow, ...]
    graph: Graph
    notes: tuple[Text, ...]


def build(judged: JudgedService) -> ServiceResources:
    """The page of a service."""
    root = tree(judged.service, INFERENCE_SERVICE, children=judged.children)
    return ServiceResources(
        head=head(judged),
        rows=tuple(_row(depth, node, judged=judged) for depth, node in root.walk()),
        graph=draw(root),
        notes=gap_notes(judged.seen.gaps, predictor.mode(judged.service)),
    )


def _row(depth: int, node: Node, *, judged: JudgedService) -> ResourceRow:
    return ResourceRow(
        depth=depth,
        kind=kind_word(node.kind),
        plural=node.kind.full_name,
        name=node.obj.name,
        mood=node.health.mood,
        word=node.health.word,
        message=node.health.message.strip(),
        age=age(node.obj.created, judged.now),
    )
