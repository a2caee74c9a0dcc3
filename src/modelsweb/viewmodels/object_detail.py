"""The overview of an object of any kind: how it is, whose it is, its labels and what it owns."""

from dataclasses import dataclass

from modelsweb.kinds import EVENT
from modelsweb.objects.freshness import Gap
from modelsweb.objects.snapshot import Snapshot
from modelsweb.text import Text
from modelsweb.topology.health import Mood, health, mood_of
from modelsweb.viewmodels.components.age import age
from modelsweb.viewmodels.components.condition_row import ConditionRow
from modelsweb.viewmodels.components.gap_note import gap_notes
from modelsweb.viewmodels.components.object_head import ObjectHead, head


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """An object that belongs to it."""

    kind: str
    name: str
    mood: Mood
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectDetail:
    """The page. ``owners`` are the objects that it goes with, as ``Kind/name``."""

    head: ObjectHead
    message: str
    conditions: tuple[ConditionRow, ...]
    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]
    owners: tuple[str, ...]
    owned: tuple[Owned, ...]
    api_version: str
    uid: str
    notes: tuple[Text, ...]


_LONGEST = 300
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def build(snapshot: Snapshot) -> ObjectDetail:
    """The page."""
    obj = snapshot.root
    ready = obj.condition("Ready")
    annotations = obj.mapping("metadata", "annotations").items()
    return ObjectDetail(
        head=head(snapshot),
        message=ready.message if ready is not None and not ready.is_true else "",
        conditions=tuple(
            ConditionRow(
                type=one.type,
                status=one.status,
                mood=mood_of(one),
                reason=one.reason,
                message=one.message,
                meaning=None,
                age=age(one.since, snapshot.taken),
            )
            for one in obj.conditions()
        ),
        labels=tuple(sorted(obj.labels.items())),
        annotations=tuple(
            sorted((str(key), str(value)[:_LONGEST]) for key, value in annotations if key != _LAST_APPLIED)
        ),
        owners=tuple(
            f"{one.get('kind')}/{one.get('name')}" for one in obj.items("metadata", "ownerReferences")
        ),
        owned=tuple(
            Owned(kind=kind.kind, name=one.name, mood=health(one).mood, state=health(one).word)
            for kind, some in snapshot.members.items()
            if kind is not EVENT
            for one in sorted(some, key=lambda one: one.name)
        ),
        api_version=obj.string("apiVersion"),
        uid=obj.uid,
        notes=gap_notes(
            snapshot.gaps,
            "",
            kinds=[
                kind for kind, gap in snapshot.gaps.items() if kind is not EVENT and gap is not Gap.ABSENT
            ],
        ),
    )
