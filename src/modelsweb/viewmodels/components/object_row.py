"""What a list knows of one object of any kind. It holds no age: the same state gives an equal row at any time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from modelsweb.diagnosis.reports import Reports
from modelsweb.diagnosis.verdict import Status
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.snapshot import Snapshot
from modelsweb.text import Text
from modelsweb.topology.health import Health, Mood, health
from modelsweb.viewmodels.components.judged import judged_object
from modelsweb.viewmodels.components.subject import subject

_KEY_LENGTH = 12
DELETING = "Deleting"
DISABLED = "Disabled"
MOODS: Mapping[Status, Mood] = {
    Status.FAILED: Mood.BAD,
    Status.DEGRADED: Mood.BAD,
    Status.READY: Mood.GOOD,
    Status.SCALED_TO_ZERO: Mood.GOOD,
    Status.STOPPED: Mood.NEUTRAL,
    Status.UNKNOWN: Mood.NEUTRAL,
    Status.QUEUED: Mood.WAITING,
    Status.STARTING: Mood.WAITING,
    Status.UPDATING: Mood.WAITING,
    Status.STOPPING: Mood.WAITING,
    Status.DELETING: Mood.WAITING,
}
"""What a status means for whoever looks at a list of several kinds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRow:
    """One object. ``state`` is in its own words, or the word of its ``status`` where it is judged; empty where it tells none.
    ``cause`` and ``effect`` are ours, ``message`` is the cluster's."""

    uid: str
    namespace: str
    name: str
    mood: Mood
    state: str
    message: str
    labels: tuple[tuple[str, str], ...]
    created: datetime | None
    subject: str = ""
    """What its kind's list says of it beside its name."""
    status: Status | None = None
    cause: Text | None = None
    effect: Text | None = None

    @property
    def key(self) -> str:
        """What no other row has, short and fit for an id in HTML."""
        return self.uid.replace("-", "")[:_KEY_LENGTH] or f"{self.namespace}.{self.name}"


class ObjectRows:
    """Makes the rows of objects as they change; ``reports`` hold what KServe's controllers say of all services."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    def __call__(self, seen: Snapshot) -> tuple[ObjectRow, datetime | None, frozenset[Kind]]:
        """The row of an object, when it must be made again though nothing changed, and the shared kinds it leans on."""
        obj = seen.root
        judged = judged_object(seen, reported=self._reports.newest)
        verdict, state = judged.verdict, health_of(obj)
        if verdict is None:
            mood, word, message = state.mood, state.word, state.message
        else:
            mood, word, message = MOODS[verdict.status], verdict.status.value, ""
        row = ObjectRow(
            uid=obj.uid,
            namespace=obj.namespace,
            name=obj.name,
            mood=mood,
            state=word,
            message="" if mood is Mood.GOOD else message,
            labels=tuple(sorted(obj.labels.items())),
            created=obj.created,
            subject=subject(seen.kind, obj),
            status=verdict.status if verdict is not None else None,
            cause=verdict.cause if verdict is not None else None,
            effect=verdict.effect if verdict is not None else None,
        )
        return row, verdict.due if verdict is not None else None, frozenset()


def health_of(obj: Obj) -> Health:
    """How an object is: on its way out, switched off, else as its conditions say."""
    if obj.deleted is not None:
        return Health(Mood.WAITING, DELETING)
    if True in (obj.mapping("spec").get("disabled"), obj.raw.get("disabled")):
        return Health(Mood.NEUTRAL, DISABLED)
    ready = obj.condition("Ready")
    if ready is not None and ready.is_true:
        return Health(Mood.GOOD, "Ready")
    return health(obj)
