"""Starting, stopping or deleting several services: the question, and the report."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from modelsweb.objects.ref import ObjectRef
from modelsweb.operations.action import Action, BulkRequest, Target
from modelsweb.operations.outcome import Outcome, State
from modelsweb.topology.impact import Impact
from modelsweb.viewmodels.components import kubectl
from modelsweb.viewmodels.components.item import named
from modelsweb.viewmodels.components.problem_row import ProblemRow, problem_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One service that was chosen. ``problem`` is why it cannot be acted on, or was not."""

    target: Target
    state: State
    problem: ProblemRow | None = None

    @property
    def ref(self) -> ObjectRef:
        """Which object it is."""
        return self.target.ref

    @property
    def value(self) -> str:
        """What names it in a form."""
        return named(self.target)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOnServices:
    """The page. ``mismatch`` says that what had to be typed was typed wrong."""

    action: Action
    items: tuple[Item, ...]
    mismatch: bool = False
    impacts: Mapping[ObjectRef, Impact] = field(default_factory=dict, hash=False)
    """What becomes of others, as far as it was found out."""
    is_report: bool = False

    @property
    def possible(self) -> tuple[Item, ...]:
        """The items that will be acted on."""
        return tuple(item for item in self.items if item.state is State.PENDING)

    @property
    def impact(self) -> Impact | None:
        """What becomes of others where one alone is acted on; None where that was not found out."""
        if len(self.possible) != 1:
            return None
        [one] = self.possible
        return self.impacts.get(one.ref)

    @property
    def freed(self) -> Impact | None:
        """What becomes free where several are acted on; None where that is not known of all of them."""
        found = [self.impacts.get(one.ref) for one in self.possible]
        known = [one for one in found if one is not None and one.pods is not None]
        if len(self.possible) < 2 or len(known) < len(found):
            return None
        devices: Counter[str] = Counter()
        for one in known:
            devices += Counter(one.devices)
        return Impact(
            pods=sum(one.pods or 0 for one in known),
            cpu=sum(one.cpu for one in known),
            memory=sum(one.memory for one in known),
            devices=dict(devices),
        )

    @property
    def to_type(self) -> str:
        """What the user must type first: the name of one, the count of several; nothing where all can be undone, or where nobody
        uses the one."""
        if self.action is not Action.DELETE or not self.possible:
            return ""
        if self.impact is not None and self.impact.is_harmless:
            return ""
        return self.possible[0].ref.name if len(self.possible) == 1 else str(len(self.possible))

    @property
    def command(self) -> str:
        """The kubectl lines that do the same, for those that will be acted on."""
        return "\n".join(kubectl.act(self.action, one.target) for one in self.possible)

    @property
    def done(self) -> int:
        """How many were done."""
        return sum(item.state is State.DONE for item in self.items)

    @property
    def failures(self) -> tuple[Item, ...]:
        """The items that were not done."""
        return tuple(item for item in self.items if item.state is State.FAILED)


def of_outcomes(request: BulkRequest, outcomes: Iterable[Outcome], *, is_report: bool) -> ActOnServices:
    """The page for what may be done, or for what was; the outcomes are in the order of the targets."""
    items = (_item(*pair) for pair in zip(request.targets, outcomes, strict=True))
    return ActOnServices(action=request.action, items=tuple(items), is_report=is_report)


def _item(target: Target, outcome: Outcome) -> Item:
    problem = problem_row(outcome.problems[0]) if outcome.problems else None
    return Item(target=target, state=outcome.state, problem=problem)
