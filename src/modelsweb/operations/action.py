"""What can be done to many objects at once."""

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What users do to objects that they chose."""

    START = "start"
    STOP = "stop"
    DELETE = "delete"

    @property
    def verb(self) -> str:
        """The right that it needs."""
        return "delete" if self is Action.DELETE else "patch"


@dataclass(frozen=True, slots=True)
class Target:
    """One object that was chosen; ``uid`` guards against a new one of the same name, where it is given."""

    namespace: str
    name: str
    uid: str = ""
