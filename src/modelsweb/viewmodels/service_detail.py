"""One InferenceService: its state, addresses, conditions and YAML."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from modelsweb.diagnosis.verdict import Status, judge
from modelsweb.objects import manifest
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Condition, Obj
from modelsweb.objects.snapshot import Health
from modelsweb.text import Text, text
from modelsweb.topology import predictor
from modelsweb.topology.family import family
from modelsweb.viewmodels.parts.age import Age, age
from modelsweb.viewmodels.parts.freshness import Live, live

_GOOD_WHEN_FALSE = {"Stopped"}
_NO_CAUSE = {
    "Predictor ingress not created",
    "Transformer ingress not created",
    "Explainer ingress not created",
}


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """A condition as KServe reports it, and what its value means for the user."""

    type: str
    status: str
    mood: str
    """good, bad, waiting or neutral."""
    reason: str
    message: str
    meaning: Text | None
    age: Age


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address of the service; ``url`` is empty until it is published."""

    label: Text
    url: str


@dataclass(frozen=True, slots=True)
class ServiceDetail:
    """The page."""

    namespace: str
    name: str
    uid: str
    status: Status
    cause: Text | None
    effect: Text | None
    model_format: str
    runtime: str
    mode: str
    protocol: str
    storage_uri: str
    components: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]
    conditions: tuple[ConditionRow, ...]
    labels: tuple[tuple[str, str], ...]
    age: Age
    yaml: str
    live: Live
    may_delete: bool
    is_deleting: bool


def build(
    service: Obj, children: Mapping[Kind, list[Obj]], *, health: Health, now: datetime, may_delete: bool
) -> ServiceDetail:
    """The page for one service and those of its children that may be seen."""
    verdict = judge(family(service, children), now)
    return ServiceDetail(
        namespace=service.namespace,
        name=service.name,
        uid=service.uid,
        status=verdict.status,
        cause=verdict.cause,
        effect=verdict.effect,
        model_format=predictor.model_format(service),
        runtime=predictor.runtime(service),
        mode=predictor.mode(service),
        protocol=predictor.protocol(service),
        storage_uri=predictor.storage_uri(service),
        components=predictor.components(service),
        endpoints=(
            Endpoint(text("External"), predictor.external_url(service)),
            Endpoint(text("In the cluster"), predictor.internal_url(service)),
        ),
        conditions=tuple(_condition(condition, verdict.status, now) for condition in service.conditions()),
        labels=tuple(sorted(service.labels.items())),
        age=age(service.created, now),
        yaml=manifest.dump(service.raw),
        live=live(health),
        may_delete=may_delete,
        is_deleting=service.deleted is not None,
    )


def _condition(condition: Condition, status: Status, now: datetime) -> ConditionRow:
    return ConditionRow(
        type=condition.type,
        status=condition.status,
        mood=_mood(condition, status),
        reason=condition.reason,
        message=condition.message,
        meaning=_meaning(condition),
        age=age(condition.since, now),
    )


def _mood(condition: Condition, status: Status) -> str:
    if condition.type in _GOOD_WHEN_FALSE:
        return "good" if condition.is_false else "neutral"
    if condition.is_true:
        return "good"
    if condition.reason == "Stopped":
        return "neutral"
    if status in {Status.FAILED, Status.DEGRADED} and condition.is_false:
        return "bad"
    return "waiting"


def _meaning(condition: Condition) -> Text | None:
    if condition.type in _GOOD_WHEN_FALSE and condition.is_false:
        return text("Good: the service is not stopped.")
    if condition.reason in _NO_CAUSE:
        return text("Always so while a component is not ready. It does not name the cause.")
    if condition.reason == "MinimumReplicasUnavailable":
        return text("No replica is ready yet.")
    if condition.reason == "RevisionMissing":
        return text("No revision is ready yet.")
    return None
