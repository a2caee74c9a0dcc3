"""The overview of an object of any kind: how it is, whose it is, its labels and what it owns."""

from dataclasses import dataclass

from modelsweb.diagnosis.verdict import Status
from modelsweb.kinds import (
    CLUSTER_SERVING_RUNTIME,
    EVENT,
    INFERENCE_GRAPH,
    LLM_INFERENCE_SERVICE,
    ROOTS,
    SERVING_RUNTIME,
    TRAINED_MODEL,
)
from modelsweb.manifests.document import LAST_APPLIED
from modelsweb.objects.freshness import Gap
from modelsweb.text import Text
from modelsweb.topology.health import Mood, health, mood_of
from modelsweb.viewmodels.components.age import age
from modelsweb.viewmodels.components.condition_row import ConditionRow
from modelsweb.viewmodels.components.gap_note import gap_notes
from modelsweb.viewmodels.components.graph_overview import GraphOverview, graph_overview
from modelsweb.viewmodels.components.judged import JudgedObject
from modelsweb.viewmodels.components.llm_overview import LlmOverview, llm_overview
from modelsweb.viewmodels.components.log_query import log_of
from modelsweb.viewmodels.components.object_head import ObjectHead, head
from modelsweb.viewmodels.components.runtime_overview import RuntimeOverview, runtime_overview
from modelsweb.viewmodels.components.storage_overview import StorageOverview, storage_overview


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """An object that belongs to it."""

    kind: str
    name: str
    mood: Mood
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedOverview:
    """What makes a trained model special: the service that holds it, and how that is."""

    parent: str
    parent_status: Status | None
    framework: str
    memory: str
    uri: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectDetail:
    """The page. ``owners`` are the objects that it goes with, as ``Kind/name``."""

    head: ObjectHead
    cause: Text | None
    effect: Text | None
    remedy: Text | None
    log: str
    """The query of the logs page for the container at fault; empty where none is."""
    message: str
    conditions: tuple[ConditionRow, ...]
    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]
    owners: tuple[str, ...]
    owned: tuple[Owned, ...]
    api_version: str
    uid: str
    notes: tuple[Text, ...]
    llm: LlmOverview | None = None
    graph: GraphOverview | None = None
    trained: TrainedOverview | None = None
    storage: StorageOverview | None = None
    runtime: RuntimeOverview | None = None


_LONGEST = 300
_RUNTIMES = (SERVING_RUNTIME, CLUSTER_SERVING_RUNTIME)


def build(judged: JudgedObject) -> ObjectDetail:
    """The page."""
    snapshot, verdict = judged.seen, judged.verdict
    obj = snapshot.root
    finding = verdict.finding if verdict is not None else None
    ready = obj.condition("Ready")
    annotations = obj.mapping("metadata", "annotations").items()
    return ObjectDetail(
        head=head(judged),
        cause=verdict.cause if verdict is not None else None,
        effect=verdict.effect if verdict is not None else None,
        remedy=finding.remedy.text if finding is not None and finding.remedy is not None else None,
        log=query.encode(at="fault") if (query := log_of(finding)) is not None else "",
        message=ready.message if verdict is None and ready is not None and not ready.is_true else "",
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
            for one in (obj.conditions() if snapshot.kind is not LLM_INFERENCE_SERVICE else ())
        ),
        labels=tuple(sorted(obj.labels.items())),
        annotations=tuple(
            sorted((str(key), str(value)[:_LONGEST]) for key, value in annotations if key != LAST_APPLIED)
        ),
        owners=tuple(
            f"{one.get('kind')}/{one.get('name')}" for one in obj.items("metadata", "ownerReferences")
        ),
        owned=tuple(
            Owned(kind=kind.kind, name=one.name, mood=health(one).mood, state=health(one).word)
            for kind, some in snapshot.members.items()
            if kind not in {EVENT, *ROOTS}
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
        llm=llm_overview(judged.snapshot, verdict.status, now=snapshot.taken)
        if snapshot.kind is LLM_INFERENCE_SERVICE and verdict is not None
        else None,
        graph=graph_overview(judged.snapshot) if snapshot.kind is INFERENCE_GRAPH else None,
        trained=_trained(judged) if snapshot.kind is TRAINED_MODEL else None,
        storage=storage_overview(snapshot.kind, obj),
        runtime=runtime_overview(obj) if snapshot.kind in _RUNTIMES else None,
    )


def _trained(judged: JudgedObject) -> TrainedOverview:
    model = judged.seen.root
    parent = model.string("spec", "inferenceService")
    word = (judged.seen.neighbours or {}).get(parent, "")
    return TrainedOverview(
        parent=parent,
        parent_status=Status(word) if word else None,
        framework=model.string("spec", "model", "framework"),
        memory=model.string("spec", "model", "memory"),
        uri=model.string("spec", "model", "storageUri"),
        url=model.string("status", "url"),
    )
