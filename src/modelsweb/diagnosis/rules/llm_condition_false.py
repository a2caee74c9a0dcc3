"""The first of the conditions of an LLM service from which the others follow is False, for a reason that waiting does not mend."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import Finding, Remedy, Rule, by_time, on_condition, short
from modelsweb.kinds import LLM_INFERENCE_SERVICE
from modelsweb.objects.obj import Condition
from modelsweb.text import Text, text
from modelsweb.topology.llm_service import OF_ROUTE, answers, causes
from modelsweb.topology.pod import LLM_MAIN, LLM_PREFILL, LLM_SCHEDULER, LLM_TOKENIZER
from modelsweb.topology.service_snapshot import ServiceSnapshot

_NORMAL = {
    "",
    "MinimumReplicasUnavailable",
    "NewReplicaSetCreated",
    "ReplicaSetUpdated",
    "Progressing",
    "HPAProgressing",
    "ScaledObjectProgressing",
    "ProgressDeadlineExceeded",
    "ScalingDisabled",
}
"""Reasons that a healthy start goes through, one that its Deployment tells better, and one of an autoscaler at zero."""
_OF_SCALING = {"ScalingReady", "PrefillScalingReady"}
_PARTS = {
    "MainWorkloadReady": LLM_MAIN,
    "WorkerWorkloadReady": LLM_MAIN,
    "PrefillWorkloadReady": LLM_PREFILL,
    "PrefillWorkerWorkloadReady": LLM_PREFILL,
    "ScalingReady": LLM_MAIN,
    "PrefillScalingReady": LLM_PREFILL,
    "SchedulerWorkloadReady": LLM_SCHEDULER,
    "TokenizerReady": LLM_TOKENIZER,
}
"""The part that a condition is of; the others are of all."""
_NO_GROUPS = 'no matches for kind "LeaderWorkerSet"'


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    for cause in causes(snapshot.service):
        if cause.reason in _NORMAL or cause.type in OF_ROUTE:
            continue
        if cause.type not in _OF_SCALING:
            part = _PARTS.get(cause.type, "")
            yield on_condition(
                snapshot, cause, sentence=_sentence(cause), component=part, remedy=_remedy(cause)
            )
            return
        if answers(snapshot):  # an autoscaler stops no request, and knows little of pods that have just come
            state, due = by_time(cause.since, limits.WARNING, now=now)
            yield on_condition(snapshot, cause, sentence=_sentence(cause), state=state, due=due)
            return


def _sentence(cause: Condition) -> Text:
    if _NO_GROUPS in cause.message:
        return text(
            "The workers of this service cannot be made: LeaderWorkerSet is not installed on this cluster."
        )
    message = short(cause.said)
    if cause.reason == "ConfigNotFound":
        return text("A configuration that the service starts from does not exist: {message}", message=message)
    if cause.reason.startswith("Reconcile"):
        return text("KServe cannot set up the service: {message}", message=message)
    return text("{condition} is not true: {message}", condition=cause.type, message=message)


def _remedy(cause: Condition) -> Remedy | None:
    if _NO_GROUPS in cause.message:
        return Remedy(
            text("Ask the cluster administrator to install LeaderWorkerSet, or remove worker from the spec.")
        )
    if cause.reason == "ConfigNotFound":
        return Remedy(text("Correct the name in baseRefs, or create the LLMInferenceServiceConfig."))
    return None


RULE = Rule(
    id="llm-condition-false",
    rank=142,
    roots=(LLM_INFERENCE_SERVICE,),
    summary=text("KServe cannot make what an LLM service asks for, such as a configuration that is missing."),
    check=_check,
    remedy=Remedy(
        text(
            "Correct what the message points to. If that is not part of your spec, contact the KServe administrator."
        )
    ),
)
