"""The state of an LLMInferenceService in one word and, where it is not well, one sentence that names the object at fault.

It serves where each part that a request goes through has a replica that answers: decode, prefill where there is one, the
scheduler where the gateway asks it. KServe's conditions say less (RouterReady is True while nobody answers), and more than is so
(a route that it has just rewritten counts as not ready): pods and routes outrank them.
"""

from dataclasses import replace
from datetime import datetime

from modelsweb.diagnosis import start_up
from modelsweb.diagnosis.ending import ends
from modelsweb.diagnosis.engine import diagnose
from modelsweb.diagnosis.finding import Finding, FindingState
from modelsweb.diagnosis.unseen import by_hearsay, silent
from modelsweb.diagnosis.verdict import Status, Verdict
from modelsweb.kinds import LLM_INFERENCE_SERVICE
from modelsweb.text import Text, text
from modelsweb.topology import llm_service as llm
from modelsweb.topology import pod as pods
from modelsweb.topology.llm_service import Part
from modelsweb.topology.service_snapshot import ServiceSnapshot


def judge(snapshot: ServiceSnapshot, now: datetime) -> Verdict:
    """The verdict on an LLM service as it is."""
    if (ending := ends(snapshot, now)) is not None:
        return ending
    diagnosis = diagnose(snapshot, now, root=LLM_INFERENCE_SERVICE)
    parts = llm.parts(snapshot)
    if diagnosis.fault is not None:
        verdict = _at_fault(snapshot, diagnosis.fault, parts=parts)
    elif not snapshot.service.conditions() and not snapshot.has_children:
        sentence = text(
            "KServe has not reported on this service yet. Check that the KServe controller is running."
        )
        verdict = silent(snapshot.service, now, cause=sentence)
    else:
        verdict = _without_fault(snapshot, diagnosis.first, parts=parts, now=now)
    return replace(verdict, unchecked=diagnosis.unchecked, findings=diagnosis.findings)


def _at_fault(snapshot: ServiceSnapshot, finding: Finding, *, parts: tuple[Part, ...]) -> Verdict:
    is_way = finding.component == "router" and finding.rule.startswith("llm-")
    if llm.all_answer(snapshot, parts) and not is_way:
        ready = {pods.version(pod) for pod in snapshot.pods if pods.is_ready(pod)}
        is_update = bool(finding.version) and finding.version not in ready
        return Verdict(
            status=Status.DEGRADED,
            cause=finding.sentence,
            effect=text("The update failed; the previous version still serves.")
            if is_update and snapshot.ready_pods(finding.component)
            else None,
            finding=finding,
        )
    status = Status.QUEUED if finding.state is FindingState.QUEUE else Status.FAILED
    effect = None
    is_part = finding.component in {part.role for part in parts}
    if is_part and not is_way and any(part.ready for part in parts):
        effect = text("No request is answered until this part is ready: {part}.", part=finding.component)
    return Verdict(status=status, cause=finding.sentence, effect=effect, finding=finding)


def _without_fault(
    snapshot: ServiceSnapshot, delayed: Finding | None, *, parts: tuple[Part, ...], now: datetime
) -> Verdict:
    ready = snapshot.service.condition(llm.READY)
    is_ready = ready is not None and ready.is_true
    is_answering = llm.all_answer(snapshot, parts)
    if delayed is not None and not is_answering:
        return Verdict(status=Status.STARTING, cause=delayed.sentence, finding=delayed, due=delayed.due)
    if not snapshot.is_read:
        return by_hearsay(
            snapshot,
            is_ready=is_ready,
            ready=text("KServe reports the service as ready."),
            not_yet=text("KServe has not reported the service as ready yet."),
        )
    if all(part.wanted == 0 and not part.there for part in parts if part.role == pods.LLM_MAIN):
        return Verdict(status=Status.SCALED_TO_ZERO)
    if is_answering:
        return _serving(snapshot, parts, delayed=delayed, now=now)
    if is_ready and not any(part.there for part in parts):
        return Verdict(
            status=Status.UNKNOWN, cause=text("KServe reports the service as ready, but it has no pods.")
        )
    return Verdict(
        status=Status.STARTING,
        cause=_waits(snapshot, parts),
        effect=start_up.slowness(snapshot, now),
        due=start_up.due(snapshot, now),
    )


def _waits(snapshot: ServiceSnapshot, parts: tuple[Part, ...]) -> Text:
    """What the parts that are not ready wait for; of a group on several nodes, that its head alone counts."""
    for part in parts:
        if part.has_workers and part.there and not part.ready and part.workers_ready:
            return text(
                "The workers are ready: {n}. Their head is not: it still loads the model.",
                n=part.workers_ready,
            )
    late = [part for part in parts if part.is_needed and not part.ready]
    ready = [part for part in parts if part.is_needed and part.ready]
    if late and ready:
        return text(
            "Waiting for this part: {part}. Ready already: {ready}.",
            part=", ".join(part.role for part in late),
            ready=", ".join(part.role for part in ready),
        )
    return start_up.waits_for(snapshot)


def _serving(
    snapshot: ServiceSnapshot, parts: tuple[Part, ...], *, delayed: Finding | None, now: datetime
) -> Verdict:
    for part in parts:
        versions = {pods.version(pod) for pod in snapshot.heads(part.role)}
        ready = {pods.version(pod) for pod in snapshot.ready_pods(part.role)}
        if ready and versions - ready:
            return Verdict(
                status=Status.UPDATING,
                cause=text("A new version is starting; the previous one still serves."),
                effect=start_up.slowness(snapshot, now),
                due=start_up.due(snapshot, now),
            )
    for part in parts:
        if part.is_needed and part.wanted is not None and part.ready < part.wanted:
            return Verdict(
                status=Status.UPDATING,
                cause=text(
                    "Scaling up {part}: {ready} of {wanted} replicas are ready.",
                    part=part.role,
                    ready=part.ready,
                    wanted=part.wanted,
                ),
                effect=start_up.slowness(snapshot, now),
                due=start_up.due(snapshot, now),
            )
    # A condition that may pass stops no request: only rules that look at pods and routes know that one waits.
    if delayed is not None and delayed.rule != "llm-condition-false":
        return Verdict(status=Status.STARTING, cause=delayed.sentence, finding=delayed, due=delayed.due)
    return Verdict(status=Status.READY, due=delayed.due if delayed is not None else None)
