"""Starting, stopping or deleting several services: the question, and the report."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.operations.action import Action, Target
from modelsweb.operations.outcome import Outcome, State
from modelsweb.topology.impact import Impact
from modelsweb.viewmodels.components import kubectl
from modelsweb.viewmodels.components.list_query import MAX_ITEMS
from modelsweb.viewmodels.components.problem_row import ProblemRow, problem_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One service that was chosen. ``problem`` is why it cannot be acted on, or was not."""

    namespace: str
    name: str
    uid: str
    state: State
    problem: ProblemRow | None = None

    @property
    def value(self) -> str:
        """What names it in a form."""
        return f"{self.namespace}/{self.name}/{self.uid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOnServices:
    """The page. ``mismatch`` says that what had to be typed was typed wrong."""

    action: Action
    items: tuple[Item, ...]
    mismatch: bool = False
    impacts: Mapping[tuple[str, str], Impact] = field(default_factory=dict, hash=False)
    """What becomes of others, by namespace and name, as far as it was found out."""
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
        return self.impacts.get((one.namespace, one.name))

    @property
    def freed(self) -> Impact | None:
        """What becomes free where several are acted on; None where that is not known of all of them."""
        found = [self.impacts.get((one.namespace, one.name)) for one in self.possible]
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
        return self.possible[0].name if len(self.possible) == 1 else str(len(self.possible))

    @property
    def command(self) -> str:
        """The kubectl lines that do the same, for those that will be acted on."""
        if self.action is Action.DELETE:
            lines = [kubectl.delete(INFERENCE_SERVICE, one.namespace, name=one.name) for one in self.possible]
        else:
            is_stopped = self.action is Action.STOP
            lines = [
                kubectl.stop(INFERENCE_SERVICE, one.namespace, name=one.name, is_stopped=is_stopped)
                for one in self.possible
            ]
        return "\n".join(lines)

    @property
    def done(self) -> int:
        """How many were done."""
        return sum(item.state is State.DONE for item in self.items)

    @property
    def failures(self) -> tuple[Item, ...]:
        """The items that were not done."""
        return tuple(item for item in self.items if item.state is State.FAILED)


def of_outcomes(action: Action, outcomes: Iterable[Outcome], *, is_report: bool) -> ActOnServices:
    """The page for what may be done, or for what was."""
    return ActOnServices(action=action, items=tuple(map(_item, outcomes)), is_report=is_report)


def _item(outcome: Outcome) -> Item:
    problem = problem_row(outcome.problems[0]) if outcome.problems else None
    return Item(
        namespace=outcome.ref.namespace,
        name=outcome.ref.name,
        uid=outcome.uid,
        state=outcome.state,
        problem=problem,
    )


def chosen(values: Iterable[str]) -> tuple[Target, ...]:
    """The services that a form names, each once; what names none is passed over."""
    targets: dict[str, Target] = {}
    for value in values:
        namespace, _, rest = value.partition("/")
        name, _, uid = rest.partition("/")
        if namespace and name and "/" not in uid:
            targets.setdefault(value, Target(namespace, name, uid))
        if len(targets) >= MAX_ITEMS:
            break
    return tuple(targets.values())
