"""A tree of objects laid out to be drawn: depth to the right, siblings below each other, no two on one spot.

Leaves take one row each, parents stand at the middle of theirs. Siblings of one kind beyond some are drawn as one, so
that a service of a hundred pods still fits; what is not well is drawn first.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from modelsweb.topology.health import Mood
from modelsweb.topology.tree import Node, kind_word

WIDTH, HEIGHT = 172, 44
_GAP_X, _GAP_Y = 24, 12
_MAX_ALIKE = 8
_ORDER = {Mood.BAD: 0, Mood.WAITING: 1, Mood.GOOD: 2, Mood.NEUTRAL: 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An object; ``plural`` and ``name`` lead to its YAML. ``more`` counts objects that this box stands for alone."""

    x: int
    y: int
    kind: str
    plural: str
    name: str
    mood: Mood
    word: str
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """From an owner to what it owns."""

    x1: int
    y1: int
    x2: int
    y2: int

    @property
    def path(self) -> str:
        """As SVG writes it: across, down, across."""
        middle = (self.x1 + self.x2) // 2
        return f"M{self.x1} {self.y1}H{middle}V{self.y2}H{self.x2}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """Boxes and lines in a drawing of that size, in pixels."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def draw(root: Node) -> Graph:
    """The drawing of a tree."""
    boxes: list[Box] = []
    lines: list[Line] = []
    height = _place(root, 0, top=0, boxes=boxes, lines=lines)
    width = max((box.x for box in boxes), default=0) + WIDTH
    return Graph(width=width, height=height - _GAP_Y, boxes=tuple(boxes), lines=tuple(lines))


def _place(node: Node, depth: int, *, top: int, boxes: list[Box], lines: list[Line]) -> int:
    """Draws the node below ``top``; returns the top of what comes next."""
    x = depth * (WIDTH + _GAP_X)
    bottom = top
    ends = []
    for child, more in _shown(node):
        if more:
            below = _of(child, x + WIDTH + _GAP_X, y=bottom, more=more)
            boxes.append(below)
            bottom += HEIGHT + _GAP_Y
        else:
            bottom = _place(child, depth + 1, top=bottom, boxes=boxes, lines=lines)
            below = boxes[-1]
        ends.append(below)
    bottom = max(bottom, top + HEIGHT + _GAP_Y)
    y = (ends[0].y + ends[-1].y) // 2 if ends else top
    lines.extend(Line(x1=x + WIDTH, y1=y + HEIGHT // 2, x2=end.x, y2=end.y + HEIGHT // 2) for end in ends)
    boxes.append(_of(node, x, y=y))
    return bottom


def _of(node: Node, x: int, *, y: int, more: int = 0) -> Box:
    health = node.health
    return Box(
        x=x,
        y=y,
        kind=kind_word(node.kind),
        plural=node.kind.full_name,
        name=node.obj.name,
        mood=health.mood,
        word=health.word,
        more=more,
    )


def _shown(node: Node) -> Iterator[tuple[Node, int]]:
    """The children; of many that are alike and own nothing the last stands for the rest."""
    for kind in dict.fromkeys(child.kind for child in node.children):
        alike = [child for child in node.children if child.kind is kind]
        if len(alike) <= _MAX_ALIKE or any(child.children for child in alike):
            yield from ((child, 0) for child in alike)
            continue
        alike.sort(key=lambda child: _ORDER[child.health.mood])
        yield from ((child, 0) for child in alike[: _MAX_ALIKE - 1])
        yield alike[_MAX_ALIKE - 1], len(alike) - _MAX_ALIKE + 1
