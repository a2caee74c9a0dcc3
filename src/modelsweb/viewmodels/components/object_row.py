"""What a list knows of one object of any kind. It holds no age: the same state gives an equal row at any time."""

from dataclasses import dataclass
from datetime import datetime

from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.snapshot import Snapshot
from modelsweb.topology.health import Health, Mood, health

_KEY_LENGTH = 12
DELETING = "Deleting"
DISABLED = "Disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRow:
    """One object. ``state`` is in its own words; empty where it tells none."""

    uid: str
    namespace: str
    name: str
    mood: Mood
    state: str
    message: str
    labels: tuple[tuple[str, str], ...]
    created: datetime | None

    @property
    def key(self) -> str:
        """What no other row has, short and fit for an id in HTML."""
        return self.uid.replace("-", "")[:_KEY_LENGTH] or f"{self.namespace}.{self.name}"


def object_row(snapshot: Snapshot) -> tuple[ObjectRow, datetime | None, frozenset[Kind]]:
    """The row of an object; it never changes by time alone, and leans on nothing else."""
    obj = snapshot.root
    state = health_of(obj)
    row = ObjectRow(
        uid=obj.uid,
        namespace=obj.namespace,
        name=obj.name,
        mood=state.mood,
        state=state.word,
        message="" if state.mood is Mood.GOOD else state.message,
        labels=tuple(sorted(obj.labels.items())),
        created=obj.created,
    )
    return row, None, frozenset()


def health_of(obj: Obj) -> Health:
    """How an object is: on its way out, switched off, else as its conditions say."""
    if obj.deleted is not None:
        return Health(Mood.WAITING, DELETING)
    if obj.mapping("spec").get("disabled") is True:
        return Health(Mood.NEUTRAL, DISABLED)
    ready = obj.condition("Ready")
    if ready is not None and ready.is_true:
        return Health(Mood.GOOD, "Ready")
    return health(obj)
