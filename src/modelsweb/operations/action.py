"""What can be done to many objects at once."""

from dataclasses import dataclass
from enum import StrEnum

from modelsweb.objects.kind import Kind
from modelsweb.objects.ref import ObjectRef


class Action(StrEnum):
    """What users do to objects that they chose."""

    START = "start"
    STOP = "stop"
    DELETE = "delete"

    @property
    def verb(self) -> str:
        """The right that it needs."""
        return "delete" if self is Action.DELETE else "patch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One object that was chosen; ``uid`` guards against a new one of the same name, where it is given."""

    kind: Kind
    namespace: str
    name: str
    uid: str = ""

    @property
    def ref(self) -> ObjectRef:
        """Which object it is."""
        return ObjectRef(self.kind.full_name, self.namespace, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRequest:
    """What is to be done to which objects."""

    action: Action
    targets: tuple[Target, ...]
