"""The edit page: the text, what it would change, what others changed meanwhile, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import unified_diff
from enum import StrEnum

from modelsweb.manifests.capacity import offers
from modelsweb.manifests.check import Facts
from modelsweb.manifests.concerns import Concern, will_not_work
from modelsweb.manifests.document import dump
from modelsweb.manifests.merge import MINE, THEIRS, editable
from modelsweb.manifests.restart import restart_changes
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.operations.outcome import EditOutcome, State
from modelsweb.text import Text, text
from modelsweb.topology.edit_effect import Effect, effect
from modelsweb.topology.impact import Impact
from modelsweb.topology.owner import managed_by
from modelsweb.viewmodels.components import kubectl
from modelsweb.viewmodels.components.change_row import ChangeRow, change_rows, shown
from modelsweb.viewmodels.components.form_words import PARTS, RESTART
from modelsweb.viewmodels.components.problem_row import ProblemRow, problem_row
from modelsweb.viewmodels.components.service_form import FieldRow, ServiceForm

_CONTEXT = 3
_MAX_LINES = 2_000


class LineKind(StrEnum):
    """Whether a line comes, goes or stays; GAP stands for lines that are left out."""

    ADDED = "added"
    REMOVED = "removed"
    SAME = "same"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of the comparison."""

    kind: LineKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictRow:
    """A field that both sides changed: what it was, what it is now, and what the user wants; ``take_theirs`` and ``take_mine`` are
    what a form sends to settle it."""

    field: str
    take_theirs: str
    take_mine: str
    base: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditObject:
    """The page. ``source`` is the user's text, ``base`` the object as they opened it."""

    kind: Kind
    namespace: str
    name: str
    uid: str
    base: str
    source: str
    may_edit: bool = True
    managed_by: str = ""
    problems: tuple[ProblemRow, ...] = ()
    concerns: tuple[Concern, ...] = ()
    conflicts: tuple[ConflictRow, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict, hash=False)
    merged: tuple[str, ...] = ()
    changed_by: str = ""
    changes: tuple[ChangeRow, ...] = ()
    diff: tuple[DiffLine, ...] = ()
    before: str = ""
    """The whole object as YAML as it is, where it would change."""
    after: str = ""
    """The same as the cluster would have it."""
    form: ServiceForm = field(default_factory=ServiceForm)
    command: str = ""
    """The kubectl line that does the same."""
    effect: Effect = Effect.NOTHING
    state: State | None = None
    is_gone: bool = False
    is_unavailable: bool = False
    surge: Text | None = None
    """What a restart needs beside what runs."""
    part: str = ""
    """The part of it that the page is about (``PARTS``); empty for the whole object."""

    @property
    def title(self) -> Text:
        """What is changed."""
        return PARTS[self.kind.kind][self.part][0]

    @property
    def is_restart(self) -> bool:
        """There is nothing to fill in or to review."""
        return self.part == RESTART

    @property
    def rows(self) -> tuple[FieldRow, ...]:
        """The fields of the part."""
        known = {row.field: row for group in self.form.groups for row in group.rows}
        return tuple(known[field] for field in PARTS[self.kind.kind][self.part][1] if field in known)

    @property
    def is_saved(self) -> bool:
        """It is as the user wants it."""
        return self.state is State.DONE

    @property
    def settled(self) -> Mapping[str, str]:
        """The choices that were made, and hold."""
        open_ = {one.field for one in self.conflicts}
        return {name: value for name, value in self.choices.items() if name not in open_}

    @property
    def is_refused(self) -> bool:
        """The user has to do something before it can be saved."""
        return bool(self.problems or self.conflicts) or self.form.has_problems

    @property
    def is_reviewed(self) -> bool:
        """The cluster would take it: it can be saved."""
        return self.state is State.PENDING and not self.conflicts

    @property
    def is_warned(self) -> bool:
        """Our own checks say that it will not work."""
        return will_not_work(self.concerns)


def opened(kind: Kind, root: Obj, *, may_edit: bool) -> EditObject:
    """The page when it is opened."""
    text = dump(editable(root.raw))
    return EditObject(
        kind=kind,
        namespace=root.namespace,
        name=root.name,
        uid=root.uid,
        base=text,
        source=text,
        may_edit=may_edit,
        managed_by=managed_by(root),
    )


def restarting(
    page: EditObject, root: Obj, *, at: datetime, impact: Impact | None, facts: Facts
) -> EditObject:
    """The page that asks whether the service is to be restarted."""
    changes = restart_changes(root, at)
    return replace(
        page,
        surge=_surge(root, impact, facts=facts),
        command=kubectl.patch(
            page.kind,
            page.namespace,
            name=page.name,
            changes=[(_keys(one.path), one.value) for one in changes],
        ),
        effect=effect(root, (_keys(one.path) for one in changes)),
    )


def _surge(root: Obj, impact: Impact | None, *, facts: Facts) -> Text | None:
    """The devices of one more replica, which runs beside the old ones until it is ready; None where none is made, or needs none."""
    strategy = root.string("spec", "predictor", "deploymentStrategy", "type")
    if impact is None or not impact.pods or not impact.of_one or strategy == "Recreate":
        return None
    needed = ", ".join(f"{number} × {name}" for name, number in impact.of_one.items())
    if facts.nodes is None or facts.devices_used is None:
        return text("While pods are replaced, one more replica needs {devices}.", devices=needed)
    offered = {one.device: one.total for one in offers(facts.nodes)}
    free = min(max(0, offered.get(name, 0) - facts.devices_used.get(name, 0)) for name in impact.of_one)
    return text(
        "While pods are replaced, one more replica needs {devices}; {free} free now.",
        devices=needed,
        free=free,
    )


def _keys(path: tuple[str | int, ...]) -> tuple[str, ...]:
    return tuple(map(str, path))


def answered(page: EditObject, outcome: EditOutcome, *, root: Obj | None) -> EditObject:
    """The page after a review or a try to save; ``root`` is the object as it is known, if it is."""
    is_compared = bool(outcome.before and outcome.after)
    before, after = (dump(dict(one)) if is_compared else "" for one in (outcome.before, outcome.after))
    return replace(
        page,
        managed_by=managed_by(root) if root is not None else "",
        problems=tuple(map(problem_row, outcome.problems)),
        concerns=outcome.concerns,
        conflicts=tuple(
            ConflictRow(
                field=one.field,
                take_theirs=one.choice(THEIRS),
                take_mine=one.choice(MINE),
                base=shown(one.base),
                theirs=shown(one.theirs),
                mine=shown(one.mine),
            )
            for one in outcome.conflicts
        ),
        choices=outcome.choices or page.choices,
        merged=tuple(one.field for one in outcome.merged),
        changed_by=outcome.changed_by,
        changes=change_rows(outcome.changes, asked=outcome.asked),
        diff=_diff(before, after),
        before=before,
        after=after,
        command=kubectl.patch(
            page.kind,
            page.namespace,
            name=page.name,
            changes=[(one.path, one.after) for one in outcome.changes],
        ),
        effect=Effect.UNKNOWN if root is None else effect(root, (one.path for one in outcome.changes)),
        state=outcome.state,
        is_gone=outcome.is_gone,
        is_unavailable=outcome.is_unavailable,
    )


def _diff(before: str, after: str) -> tuple[DiffLine, ...]:
    kinds = {"+": LineKind.ADDED, "-": LineKind.REMOVED, " ": LineKind.SAME, "@": LineKind.GAP}
    lines = unified_diff(before.splitlines(), after.splitlines(), n=_CONTEXT, lineterm="")
    found = [DiffLine(kinds[line[0]], line[1:]) for line in list(lines)[2:]]
    return tuple(found[1:_MAX_LINES]) if found else ()
