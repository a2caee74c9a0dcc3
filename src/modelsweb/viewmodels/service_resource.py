"""One object that an InferenceService owns: its conditions and YAML."""

from dataclasses import dataclass

from modelsweb.manifests import document as manifest
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.topology import health
from modelsweb.topology.health import Mood
from modelsweb.topology.tree import kind_word
from modelsweb.viewmodels.components.age import Age, age
from modelsweb.viewmodels.components.condition_row import ConditionRow, condition_rows
from modelsweb.viewmodels.components.judged import JudgedService
from modelsweb.viewmodels.components.service_head import ServiceHead, head


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceResource:
    """The page."""

    head: ServiceHead
    kind: str
    plural: str
    name: str
    mood: Mood
    word: str
    message: str
    age: Age
    conditions: tuple[ConditionRow, ...]
    yaml: str


def build(judged: JudgedService, kind: Kind, *, obj: Obj) -> ServiceResource:
    """The page of one object that belongs to a service."""
    condition = health.health(obj)
    return ServiceResource(
        head=head(judged),
        kind=kind_word(kind),
        plural=kind.full_name,
        name=obj.name,
        mood=condition.mood,
        word=condition.word,
        message=condition.message.strip(),
        age=age(obj.created, judged.now),
        conditions=condition_rows(health.conditions(obj), judged.verdict.status, now=judged.now),
        yaml=manifest.dump(obj.raw),
    )
