"""Everything that one InferenceService owns: a drawn graph, and the same as a table."""

from dataclasses import dataclass

from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.text import Text
from modelsweb.topology import predictor
from modelsweb.topology.health import Mood
from modelsweb.topology.tree import Node, kind_word, tree
from modelsweb.viewmodels.parts.age import Age, age
from modelsweb.viewmodels.parts.gap_note import gap_notes
from modelsweb.viewmodels.parts.graph import Graph, draw
from modelsweb.viewmodels.parts.service_head import ServiceHead, Subject, head


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class ServiceResources:
    """The page."""

    head: ServiceHead
    rows: tuple[ResourceRow, ...]
    graph: Graph
    notes: tuple[Text, ...]


def build(of: Subject) -> ServiceResources:
    """The page of a subject."""
    root = tree(of.service, INFERENCE_SERVICE, of.children)
    return ServiceResources(
        head=head(of),
        rows=tuple(_row(depth, node, of) for depth, node in root.walk()),
        graph=draw(root),
        notes=gap_notes(of.gaps, predictor.mode(of.service)),
    )


def _row(depth: int, node: Node, of: Subject) -> ResourceRow:
    return ResourceRow(
        depth=depth,
        kind=kind_word(node.kind),
        plural=node.kind.full_name,
        name=node.obj.name,
        mood=node.health.mood,
        word=node.health.word,
        message=node.health.message.strip(),
        age=age(node.obj.created, of.now),
    )
