"""The state of an InferenceService in one word and, where it is not well, one sentence.

This first engine looks at the InferenceService alone. KServe's conditions do not tell a normal start from most
failures, so a service may be called Starting here that its pods would show to be failing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from modelsweb.objects.obj import Condition, Obj
from modelsweb.text import Text, text
from modelsweb.topology import predictor

_STOP = "serving.kserve.io/stop"
_SILENT_SECONDS = 30
_NORMAL = {"", "MinimumReplicasUnavailable", "NewReplicaSetCreated", "ReplicaSetUpdated", "Stopped"}
_KILLED = 137


class Status(StrEnum):
    """What a service can be, in the order in which people want to see it."""

    FAILED = "failed"
    DEGRADED = "degraded"
    QUEUED = "queued"
    STARTING = "starting"
    UPDATING = "updating"
    STOPPING = "stopping"
    DELETING = "deleting"
    UNKNOWN = "unknown"
    SCALED_TO_ZERO = "scaled-to-zero"
    STOPPED = "stopped"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status, and the cause where there is something to say."""

    status: Status
    cause: Text | None = None


def judge(service: Obj, now: datetime) -> Verdict:
    """The verdict on a service as it is."""
    if service.deleted is not None:
        return _deleting(service)
    ready = service.condition("Ready")
    if service.annotation(_STOP).lower() == "true":
        stopped = service.condition("Stopped")
        return Verdict(Status.STOPPED if stopped and stopped.is_true else Status.STOPPING)
    if ready is None:
        return _silent(service, now)
    failure = _failure(service)
    if ready.is_true:
        return _serving(service, failure)
    if failure is not None:
        return Verdict(Status.DEGRADED if _has_ready_revision(service) else Status.FAILED, failure)
    if _has_ready_revision(service):
        return Verdict(Status.UPDATING, text("A new revision is starting; the previous one still serves."))
    return Verdict(Status.STARTING, _progress(service))


def _deleting(service: Obj) -> Verdict:
    if service.finalizers:
        return Verdict(
            Status.DELETING, text("Waiting for {finalizers}.", finalizers=", ".join(service.finalizers))
        )
    return Verdict(Status.DELETING)


def _silent(service: Obj, now: datetime) -> Verdict:
    age = (now - service.created).total_seconds() if service.created else _SILENT_SECONDS
    if age < _SILENT_SECONDS:
        return Verdict(Status.STARTING)
    return Verdict(Status.UNKNOWN, text("KServe has not reported on it yet. Is its controller running?"))


def _serving(service: Obj, failure: Text | None) -> Verdict:
    if failure is not None:
        return Verdict(Status.DEGRADED, failure)
    for type_ in ("TransformerReady", "ExplainerReady", "CanaryPredictorReady"):
        condition = service.condition(type_)
        if condition is not None and not condition.is_true:
            return Verdict(
                Status.DEGRADED,
                text("{condition} is not true: {message}", condition=type_, message=_said(condition)),
            )
    if predictor.mode(service) == "Knative" and not service.integer(
        "status", "modelStatus", "copies", "totalCopies"
    ):
        return Verdict(Status.SCALED_TO_ZERO)
    if service.string("status", "modelStatus", "transitionStatus") == "InProgress":
        return Verdict(Status.UPDATING)
    return Verdict(Status.READY)


def _failure(service: Obj) -> Text | None:
    transition = service.string("status", "modelStatus", "transitionStatus")
    if transition == "InvalidSpec":
        return _invalid_spec(service)
    if transition == "BlockedByFailedLoad" and service.mapping("status", "modelStatus", "lastFailureInfo"):
        return _failed_load(service)
    for type_ in ("PredictorConfigurationReady", "PredictorReady", "TransformerReady", "Ready"):
        condition = service.condition(type_)
        if condition and condition.is_false and (sentence := _failed_condition(condition)):
            return sentence
    return None


def _invalid_spec(service: Obj) -> Text:
    reason = service.string("status", "modelStatus", "lastFailureInfo", "reason")
    message = service.string("status", "modelStatus", "lastFailureInfo", "message")
    runtime = service.string("spec", "predictor", "model", "runtime")
    if reason == "NoSupportingRuntime" and not runtime:
        return text(
            "No serving runtime supports the format {format}.", format=predictor.model_format(service)
        )
    if reason == "RuntimeNotRecognized":
        return text("There is no serving runtime {runtime}.", runtime=runtime)
    if reason == "RuntimeDisabled":
        return text("The serving runtime {runtime} is disabled.", runtime=runtime)
    return text("KServe can not serve it like this: {message}", message=message or reason)


def _failed_load(service: Obj) -> Text:
    lines = service.string("status", "modelStatus", "lastFailureInfo", "message").strip().splitlines()
    code = service.integer("status", "modelStatus", "lastFailureInfo", "exitCode") or 0
    if lines:
        return text("The model can not be loaded: {message}", message=lines[-1].strip())
    if code == _KILLED:
        return text(
            "The model server was killed (exit code {code}), most often because it needs more memory.",
            code=code,
        )
    return text("The model server ended with exit code {code}. Its log says why.", code=code)


def _failed_condition(condition: Condition) -> Text | None:
    match condition.reason:
        case "FailedCreate":
            return text("Pods can not be created: {message}", message=condition.message)
        case "ReconcileFailed":
            return text("KServe can not set it up: {message}", message=condition.message)
        case "RevisionFailed":
            return text("The newest revision failed: {message}", message=condition.message)
        case "ProgressDeadlineExceeded":
            return text("The new version did not start in time: {message}", message=condition.message)
        case "RevisionMissing":
            return None
        case reason if reason in _NORMAL or reason.endswith(("ingress not created", "not ready")):
            return None
    return text("{condition} is not true: {message}", condition=condition.type, message=_said(condition))


def _said(condition: Condition) -> str:
    return ": ".join(filter(None, (condition.reason, condition.message))) or condition.status


def _has_ready_revision(service: Obj) -> bool:
    return bool(service.string("status", "components", "predictor", "latestReadyRevision")) or (
        service.string("status", "modelStatus", "states", "activeModelState") == "Loaded"
    )


def _progress(service: Obj) -> Text:
    if service.string("status", "modelStatus", "states", "targetModelState") == "Loading":
        return text("Downloading the model.")
    return text("Waiting for the first pod to become ready.")
