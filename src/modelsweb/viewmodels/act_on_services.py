"""Starting, stopping or deleting several services: the question, and the report."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from modelsweb.text import Text
from modelsweb.viewmodels.parts.list_query import MOST_ITEMS


class Action(StrEnum):
    """What can be done to many services at once."""

    START = "start"
    STOP = "stop"
    DELETE = "delete"

    @property
    def verb(self) -> str:
        """The right that it needs."""
        return "delete" if self is Action.DELETE else "patch"


class Outcome(StrEnum):
    """What became of one item."""

    ASKED = "asked"
    """Nothing yet: the user is being asked."""
    BLOCKED = "blocked"
    """It cannot be done; the reason says why. Nothing is sent."""
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Item:
    """One service that was chosen. ``detail`` is what the cluster said, in its own words."""

    namespace: str
    name: str
    uid: str
    outcome: Outcome = Outcome.ASKED
    reason: Text | None = None
    detail: str = ""

    @property
    def value(self) -> str:
        """What names it in a form."""
        return f"{self.namespace}/{self.name}/{self.uid}"


@dataclass(frozen=True, slots=True)
class ActOnServices:
    """The page. ``mismatch`` says that what had to be typed was typed wrong."""

    action: Action
    items: tuple[Item, ...]
    mismatch: bool = False
    is_report: bool = False

    @property
    def possible(self) -> tuple[Item, ...]:
        """The items that will be acted on."""
        return tuple(item for item in self.items if item.outcome is Outcome.ASKED)

    @property
    def to_type(self) -> str:
        """What the user must type first: the name of one, the count of several; nothing where all can be undone."""
        if self.action is not Action.DELETE or not self.possible:
            return ""
        return self.possible[0].name if len(self.possible) == 1 else str(len(self.possible))

    def count(self, outcome: Outcome) -> int:
        """How many items came to that."""
        return sum(item.outcome is outcome for item in self.items)

    @property
    def done(self) -> int:
        """How many were done."""
        return self.count(Outcome.DONE)

    @property
    def failures(self) -> tuple[Item, ...]:
        """The items that were not done."""
        return tuple(item for item in self.items if item.outcome is Outcome.FAILED)


def chosen(values: Iterable[str]) -> tuple[Item, ...]:
    """The items that a form names, each once; what is no item is passed over."""
    found: dict[str, Item] = {}
    for value in values:
        namespace, _, rest = value.partition("/")
        name, _, uid = rest.partition("/")
        if namespace and name and "/" not in uid:
            found.setdefault(value, Item(namespace, name, uid))
        if len(found) >= MOST_ITEMS:
            break
    return tuple(found.values())
