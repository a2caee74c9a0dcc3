"""What became of an operation. Pages and programs tell it in their own words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from modelsweb.errors import Problem
from modelsweb.manifests.check import Facts
from modelsweb.manifests.concerns import Concern
from modelsweb.manifests.credentials import Mistake, Part
from modelsweb.manifests.form import FormDocument
from modelsweb.manifests.form_field import Field
from modelsweb.manifests.merge import Conflict, FieldDifference
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
    """Nothing was sent, since another one failed."""
    UNCHANGED = "unchanged"
    """It is there already as it was asked for."""
    NOT_COMPARED = "not-compared"
    """It is there already, and nobody may read whether it is as it was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one object; ``uid`` is that of the object that was meant or made, empty where it is not known."""

    ref: ObjectRef
    state: State
    uid: str = ""
    problems: tuple[Problem, ...] = ()
    version: str = ""
    """The resourceVersion of what was stored; empty where that is not known."""


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
    added: tuple[FieldDifference, ...] = ()
    """What the cluster would make of it beside what the document says: defaults, and what its webhooks write."""
    is_unavailable: bool = False
    """Nobody objected: the cluster did not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOutcome:
    """What became of a text: its problems, while which nothing is sent, or the outcome of each document in order; and what
    our own checks found in it."""

    problems: tuple[Problem, ...] = ()
    documents: tuple[DocumentOutcome, ...] = ()
    concerns: tuple[Concern, ...] = ()
    is_held_back: bool = False
    """Nothing was sent that lasts, as the checks say that it will not work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditOutcome(Outcome):
    """What became of an edit. ``conflicts`` are fields that somebody else changed too, and nobody has decided yet: nothing is
    sent while there is one. ``before`` is the object as it is now, ``after`` as the cluster would have it, or has it; both are
    empty where that was not found out. ``merged`` are the fields that others changed meanwhile, and that stay as they made
    them; ``changed_by`` is who wrote last, as far as it is known."""

    concerns: tuple[Concern, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Whose value is taken of each field that was decided."""
    conflicts: tuple[Conflict, ...] = ()
    merged: tuple[FieldDifference, ...] = ()
    changes: tuple[FieldDifference, ...] = ()
    asked: tuple[FieldDifference, ...] = ()
    """Those of the changes that were sent; the cluster adds what it sets of its own."""
    before: Mapping[str, Any] = field(default_factory=dict, hash=False)
    after: Mapping[str, Any] = field(default_factory=dict, hash=False)
    changed_by: str = ""
    is_gone: bool = False
    """It was deleted meanwhile, or is another one of the same name now."""
    is_unavailable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FormOutcome:
    """A text with what was changed in the form beside it, and the document that the form is about; None where there is none.
    ``waits`` says why the text cannot be read, so that the form has to wait; ``problems`` are those of its fields, which were
    not changed; ``concerns`` are what the checks find in the document, ``facts`` what is known of the cluster."""

    source: str
    document: FormDocument | None = None
    waits: Problem | None = None
    problems: Mapping[Field, Problem] = field(default_factory=dict, hash=False)
    concerns: tuple[Concern, ...] = ()
    facts: Facts = field(default_factory=Facts, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsOutcome:
    """What became of a Secret and its account (``steps``, in order). Nothing was tried where something that was entered is wrong:
    ``mistakes`` are those of the parts, ``names`` those of the names ("secret", "account")."""

    steps: tuple[Outcome, ...] = ()
    mistakes: Mapping[Part, Mistake] = field(default_factory=dict, hash=False)
    names: Mapping[str, Problem] = field(default_factory=dict, hash=False)
    is_tried_only: bool = False
    """Nothing was made: the cluster only said what it would do."""

    @property
    def is_done(self) -> bool:
        """The account has the Secret."""
        return bool(self.steps) and all(step.state in {State.DONE, State.UNCHANGED} for step in self.steps)
