"""The state of a TrainedModel: of what KServe says of it, and of the service that holds it.

Of several conditions that are False the one that says most counts: a service that is no multi-model server has no memory for it either,
and Ready names the memory.
"""

from datetime import datetime

from modelsweb.diagnosis.ending import ends
from modelsweb.diagnosis.finding import Finding, on_condition
from modelsweb.diagnosis.unseen import silent
from modelsweb.diagnosis.verdict import Status, Verdict
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology.neighbour_states import DELETING, DOWN, ON_THE_WAY, UNKNOWN
from modelsweb.topology.service_snapshot import ServiceSnapshot

_FINALIZER = "trainedmodel.finalizer"


def judge(snapshot: ServiceSnapshot, now: datetime) -> Verdict:
    """The verdict on a trained model as it is."""
    model = snapshot.service
    if model.deleted is not None and _takes_none(model) and _FINALIZER in model.finalizers:
        return Verdict(
            status=Status.DELETING,
            cause=text(
                "Waiting for the finalizer {finalizer}: KServe looks for the list of models of {parent}, which is no multi-model server and has none. Only removing the finalizer helps.",
                finalizer=_FINALIZER,
                parent=_parent(model),
            ),
        )
    if (ending := ends(snapshot, now)) is not None:
        return ending
    return _of_parent(snapshot) or _of_conditions(snapshot, now)


def _parent(model: Obj) -> str:
    return model.string("spec", "inferenceService")


def _takes_none(model: Obj) -> bool:
    condition = model.condition("IsMMSPredictor")
    return condition is not None and condition.is_false


def _of_parent(snapshot: ServiceSnapshot) -> Verdict | None:
    """What is so whatever the conditions say, as far as services may be seen."""
    if snapshot.neighbours is None:
        return None
    parent = _parent(snapshot.service)
    status = snapshot.neighbours.get(parent)
    if status is None:
        sentence = text(
            "The service {parent} does not exist; KServe removes models without one.", parent=parent
        )
        return Verdict(status=Status.FAILED, cause=sentence)
    if status in DOWN and not _takes_none(snapshot.service):
        if status == DELETING:
            sentence = text("The service {parent} is being deleted, and this model with it.", parent=parent)
            return Verdict(status=Status.DELETING, cause=sentence)
        sentence = text(
            "The service {parent} that holds it does not answer: {status}.", parent=parent, status=status
        )
        return Verdict(status=Status.FAILED, cause=sentence)
    ready = snapshot.service.condition("Ready")
    if status == UNKNOWN and ready is not None and ready.is_true:
        sentence = text("KServe reports the model as ready; how {parent} is, is not known.", parent=parent)
        return Verdict(status=Status.UNKNOWN, cause=sentence)
    return None


def _of_conditions(snapshot: ServiceSnapshot, now: datetime) -> Verdict:
    model = snapshot.service
    parent = _parent(model)
    if _takes_none(model):
        return _failed(
            snapshot,
            "IsMMSPredictor",
            sentence=text("{parent} takes no trained models: it is no multi-model server.", parent=parent),
        )
    framework, memory = model.condition("FrameworkSupported"), model.condition("MemoryResourceAvailable")
    if framework is not None and framework.is_false:
        return _failed(
            snapshot,
            "FrameworkSupported",
            sentence=text(
                "{parent} does not serve models of the framework {framework}.",
                parent=parent,
                framework=model.string("spec", "model", "framework"),
            ),
        )
    if memory is not None and memory.is_false:
        return _failed(
            snapshot,
            "MemoryResourceAvailable",
            sentence=text(
                "{parent} has not enough memory for it: it asks for {memory}.",
                parent=parent,
                memory=model.string("spec", "model", "memory"),
            ),
        )
    if (snapshot.neighbours or {}).get(parent) in ON_THE_WAY:
        return Verdict(status=Status.STARTING, cause=text("Waiting for the service {parent}.", parent=parent))
    ready = model.condition("Ready")
    if ready is None:
        return silent(model, now, cause=text("KServe has not reported on this model yet."))
    if ready.is_true:
        return Verdict(status=Status.READY)
    if ready.reason == "InferenceServiceNotReady" or not ready.is_false:
        return Verdict(status=Status.STARTING, cause=text("Waiting for the service {parent}.", parent=parent))
    return _failed(
        snapshot,
        "Ready",
        sentence=text("{condition} is not true: {message}", condition="Ready", message=ready.said),
    )


def _failed(snapshot: ServiceSnapshot, type_: str, *, sentence: Text) -> Verdict:
    condition = snapshot.service.condition(type_)
    finding: Finding | None = None
    if condition is not None:
        finding = on_condition(snapshot, condition, sentence=sentence)
    return Verdict(status=Status.FAILED, cause=sentence, finding=finding)
