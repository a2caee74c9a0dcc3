"""What became of an operation. Pages and programs tell it in their own words."""

from dataclasses import dataclass
from enum import StrEnum

from modelsweb.errors import Problem
from modelsweb.objects.ref import ObjectRef


class State(StrEnum):
    """How far one object came."""

    PENDING = "pending"
    """Nothing was done yet: the user is being asked."""
    BLOCKED = "blocked"
    """It cannot be done, and nothing was sent."""
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    """Nothing was sent, since an earlier one failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one object; ``uid`` is that of the object that was meant or made, empty where it is not known."""

    ref: ObjectRef
    state: State
    uid: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentOutcome(Outcome):
    """What became of one document of a text; ``number`` and ``line`` count from 1."""

    number: int
    line: int
    kind: str
    moved_from: str = ""
    """The namespace that the document named, where it was not the one it went to."""
    omitted: tuple[str, ...] = ()
    """Fields of the document that only the cluster sets: they were not sent."""
    is_unavailable: bool = False
    """Nobody objected: the cluster did not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOutcome:
    """What became of a text: its problems, while which nothing is sent, or the outcome of each document in order."""

    problems: tuple[Problem, ...] = ()
    documents: tuple[DocumentOutcome, ...] = ()
