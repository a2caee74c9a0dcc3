"""An object with what belongs to it: the one thing that verdicts, rows of lists and pages are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from modelsweb.objects.freshness import Gap, Health
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A root object and its members by kind, as far as whoever it is for may see them, at the time ``taken``.

    ``gaps`` say why kinds are not among the members. A kind that is there and empty was read: that there are none is
    evidence.
    """

    kind: Kind
    root: Obj
    members: Mapping[Kind, list[Obj]]
    health: Health
    taken: datetime
    gaps: Mapping[Kind, Gap] = field(default_factory=dict)
    gone: datetime | None = None
    """When the object was deleted; all else is its last state then."""
    neighbours: Mapping[str, str] | None = None
    """The services that it leans on by name, those that are there, each with the word of its state; None where they may not be
    seen, or it leans on none."""
    left_out: int = 0
    """Events that are there and not among the members."""
