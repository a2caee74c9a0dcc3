"""The state of an InferenceService in one word and, where it is not well, one sentence that names the object at fault.

``judge`` is pure: the same service, children and time give the same verdict. The rules say what is wrong; here is
decided what that means: broken things under a service that still serves make it Degraded, else Failed. Ready is
KServe's word and is contradicted where pods crash or a new version does not come up.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from modelsweb.diagnosis import limits, start_up
from modelsweb.diagnosis.ending import ends
from modelsweb.diagnosis.engine import Diagnosis, diagnose
from modelsweb.diagnosis.finding import Finding, FindingState
from modelsweb.diagnosis.unseen import NOT_CHECKED
from modelsweb.diagnosis.verdict import Status, Verdict
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology import demand, predictor, traffic
from modelsweb.topology import pod as pods
from modelsweb.topology.service_snapshot import ServiceSnapshot

_ROLLOUT = "deployment.kubernetes.io/revision"
"""Counts the versions that a Deployment has had."""
_SILENT = timedelta(seconds=30)


def judge(snapshot: ServiceSnapshot, now: datetime) -> Verdict:
    """The verdict on a service as it is."""
    if (ending := ends(snapshot, now)) is not None:
        return ending
    diagnosis = diagnose(snapshot, now)
    return replace(
        _judged(snapshot, diagnosis, now=now), unchecked=diagnosis.unchecked, findings=diagnosis.findings
    )


def _judged(snapshot: ServiceSnapshot, diagnosis: Diagnosis, *, now: datetime) -> Verdict:
    if diagnosis.fault is not None:
        return _at_fault(snapshot, diagnosis.fault)
    if snapshot.service.condition("Ready") is None:
        return _silent(snapshot, now, delayed=diagnosis.first)
    return _without_fault(snapshot, diagnosis.first, now=now)


def _without_fault(snapshot: ServiceSnapshot, delayed: Finding | None, *, now: datetime) -> Verdict:
    """Nothing is found to be broken: it serves, or is on its way to."""
    service = snapshot.service
    if _is_ready(snapshot):
        if not _is_proven(snapshot):
            return Verdict(
                status=Status.UNKNOWN,
                cause=text("KServe reports the service as ready."),
                effect=NOT_CHECKED[snapshot.gap],
            )
        return _serving(snapshot, now)
    if delayed is not None and not _serves(snapshot):
        return _delayed(snapshot, delayed, now=now)
    if _is_rolling_out(snapshot):
        return _rolling_out(snapshot, now)
    if _is_scaling_up(snapshot):
        sentence = text("Scaling up: {ready} of {wanted} replicas are ready.", **_counts(snapshot))
        return _waiting(Status.UPDATING, sentence, snapshot=snapshot, now=now)
    if _serves(snapshot) and (
        _has_earlier(snapshot) or (service.string("status", "url") and _has_served(service))
    ):
        return _on_the_way(Status.UPDATING, snapshot, now=now)
    if _is_reported_ready(service) and not (
        snapshot.heads("predictor") or demand.wanted(snapshot.deployments_of("predictor"))
    ):
        return Verdict(
            status=Status.UNKNOWN, cause=text("KServe reports the service as ready, but it has no pods.")
        )
    return _on_the_way(Status.STARTING, snapshot, now=now)


def _silent(snapshot: ServiceSnapshot, now: datetime, *, delayed: Finding | None) -> Verdict:
    """KServe has not said whether it is ready; what it has made tells how far it is."""
    created = snapshot.service.created
    if delayed is not None:
        return _delayed(snapshot, delayed, now=now)
    if snapshot.service.conditions() or snapshot.has_children:
        return _on_the_way(Status.STARTING, snapshot, now=now)
    if created is not None:
        is_working = snapshot.reported is not None and snapshot.reported > created
        silence = limits.SILENCE if is_working else _SILENT
        if now - created < silence:
            return Verdict(status=Status.STARTING, due=created + silence)
    due = created + limits.SILENCE if created is not None and now - created < limits.SILENCE else None
    if snapshot.gap is not None:
        sentence = text("KServe has not reported on this service yet.")
        return Verdict(status=Status.UNKNOWN, cause=sentence, effect=NOT_CHECKED[snapshot.gap], due=due)
    sentence = text(
        "KServe has not reported on this service yet. Check that the KServe controller is running."
    )
    return Verdict(status=Status.UNKNOWN, cause=sentence, due=due)


def _at_fault(snapshot: ServiceSnapshot, finding: Finding) -> Verdict:
    if _serves(snapshot):
        is_update = bool(finding.version) and finding.version not in _serving_versions(snapshot)
        return Verdict(
            status=Status.DEGRADED,
            cause=finding.sentence,
            effect=text("The update failed; the previous version still serves.") if is_update else None,
            finding=finding,
        )
    if finding.state is FindingState.QUEUE:
        return Verdict(status=Status.QUEUED, cause=finding.sentence, finding=finding)
    return Verdict(status=Status.FAILED, cause=finding.sentence, finding=finding)


def _is_ready(snapshot: ServiceSnapshot) -> bool:
    """KServe's word, that of the components that it leaves out of it, and pods, where they can be seen."""
    if not _is_reported_ready(snapshot.service):
        return False
    if snapshot.is_read and not snapshot.ready_pods("predictor") and not _is_at_zero(snapshot):
        return False
    for type_ in ("TransformerReady", "ExplainerReady", "CanaryPredictorReady"):
        condition = snapshot.service.condition(type_)
        if condition is not None and not condition.is_true:
            return False
    return True


def _is_proven(snapshot: ServiceSnapshot) -> bool:
    """Its pods were read, or else what makes them tells that some are ready, or that none is wanted."""
    if snapshot.gap is None:
        return True
    makers = snapshot.deployments_of("predictor")
    asked = demand.wanted(makers)
    return asked == 0 or any(one.integer("status", "readyReplicas") for one in makers)


def _is_reported_ready(service: Obj) -> bool:
    ready = service.condition("Ready")
    return ready is not None and ready.is_true


def _has_earlier(snapshot: ServiceSnapshot) -> bool:
    """This is not the first version of its predictor."""
    if predictor.is_model_mesh(snapshot.service):
        return _has_served(snapshot.service)
    if len([one for one in snapshot.revisions if pods.component(one) == "predictor"]) > 1:
        return True
    made = [one.annotation(_ROLLOUT) for one in snapshot.deployments_of("predictor")]
    return any(number not in {"", "1"} for number in made)


def _serves(snapshot: ServiceSnapshot) -> bool:
    """Some version answers requests, or would after a cold start: ready pods behind an address that is published."""
    if snapshot.is_read:
        if predictor.is_model_mesh(
            snapshot.service
        ):  # its runtime runs, and answers, with or without this model
            return _has_served(snapshot.service) and bool(snapshot.ready_pods("predictor"))
        if snapshot.ready_pods("predictor"):
            return predictor.is_published(snapshot.service) and not _has_unready_front(snapshot)
        return _is_at_zero(snapshot) and _has_ready_revision(snapshot)
    if _is_reported_ready(snapshot.service):
        return True
    if predictor.is_model_mesh(snapshot.service):
        return _has_served(snapshot.service)
    return _has_ready_revision(snapshot)


def _has_served(service: Obj) -> bool:
    return service.string("status", "modelStatus", "states", "activeModelState") == "Loaded"


def _has_unready_front(snapshot: ServiceSnapshot) -> bool:
    """It has a transformer, through which every request goes, and none that is ready."""
    return bool(snapshot.service.mapping("spec", "transformer")) and not snapshot.ready_pods("transformer")


def _has_ready_revision(snapshot: ServiceSnapshot) -> bool:
    service = snapshot.service
    return bool(service.string("status", "components", "predictor", "latestReadyRevision")) and bool(
        traffic.split(snapshot)
    )


def _serving_versions(snapshot: ServiceSnapshot) -> set[str]:
    ready = {pods.version(pod) for pod in snapshot.pods if pods.is_ready(pod)}
    return ready | {part.revision for part in traffic.split(snapshot)}


def _serving(snapshot: ServiceSnapshot, now: datetime) -> Verdict:
    """KServe calls it ready, and nothing is found to be broken."""
    service = snapshot.service
    parts = traffic.split(snapshot)
    canary = [part for part in parts if part.is_latest and part.percent < traffic.ALL]
    if canary and len(parts) > 1:
        values: dict[str, str | int] = {"revision": canary[0].revision, "percent": canary[0].percent}
        is_told = snapshot.routes is None and bool(traffic.canaries(service))
        return Verdict(
            status=Status.UPDATING,
            cause=text("Canary: {revision} is set to receive {percent}% of the traffic.", **values)
            if is_told
            else text("Canary: revision {revision} receives {percent}% of the traffic.", **values),
        )
    if _is_rolling_out(snapshot):
        return _rolling_out(snapshot, now)
    if _is_at_zero(snapshot):
        return Verdict(status=Status.SCALED_TO_ZERO)
    if idle := traffic.idle_canaries(snapshot):
        sentence = text(
            "The canary {revision} is running but receives no requests: without an HTTPRoute, this cluster does not split traffic.",
            revision=", ".join(idle),
        )
        return Verdict(status=Status.READY, cause=sentence)
    return Verdict(status=Status.READY)


def _is_rolling_out(snapshot: ServiceSnapshot) -> bool:
    """Pods of a newer version are there and not ready, while older ones serve. Those of a runtime are none of its own."""
    if predictor.is_model_mesh(snapshot.service):
        return False
    for component in {pods.component(pod) for pod in snapshot.pods}:
        there = snapshot.heads(component)
        ready = {pods.version(pod) for pod in there if pods.is_ready(pod)}
        if ready and any(pods.version(pod) not in ready for pod in there):
            return True
    created = snapshot.service.string("status", "components", "predictor", "latestCreatedRevision")
    ready_revision = snapshot.service.string("status", "components", "predictor", "latestReadyRevision")
    return bool(ready_revision) and created != ready_revision


def _is_scaling_up(snapshot: ServiceSnapshot) -> bool:
    """More replicas of a version that serves."""
    if predictor.is_model_mesh(snapshot.service):
        return False
    there = snapshot.heads("predictor")
    ready = {pods.version(pod) for pod in there if pods.is_ready(pod)}
    waiting = [pod for pod in there if not pods.is_ready(pod)]
    return bool(waiting) and _serves(snapshot) and all(pods.version(pod) in ready for pod in waiting)


def _counts(snapshot: ServiceSnapshot) -> dict[str, int]:
    there = snapshot.heads("predictor")
    asked = demand.wanted(snapshot.deployments_of("predictor"))
    ready = len(snapshot.ready_pods("predictor"))
    return {"ready": ready, "wanted": len(there) if asked is None else asked}


def _is_at_zero(snapshot: ServiceSnapshot) -> bool:
    """No pod, and none is wanted. Where pods cannot be read, the count in the status must do; it is never cleared."""
    if snapshot.heads("predictor"):
        return False
    asked = demand.wanted(snapshot.deployments_of("predictor"))
    if asked is not None:
        return asked == 0
    if predictor.mode(snapshot.service) != "Knative":
        return False
    return snapshot.is_read or not snapshot.service.integer("status", "modelStatus", "copies", "totalCopies")


def _delayed(snapshot: ServiceSnapshot, finding: Finding, *, now: datetime) -> Verdict:
    """A start that waits for something which still may come."""
    dues = (finding.due, start_up.due(snapshot, now))
    due = min((time for time in dues if time is not None and time > now), default=None)
    return Verdict(
        status=Status.STARTING,
        cause=finding.sentence,
        effect=start_up.slowness(snapshot, now),
        finding=finding,
        due=due,
    )


def _on_the_way(status: Status, snapshot: ServiceSnapshot, *, now: datetime) -> Verdict:
    """A start or update that is not done: what it waits for, as far as that can be read."""
    if snapshot.gap is not None:
        due = start_up.due(snapshot, now)
        sentence = text("KServe has not reported the service as ready yet.")
        return Verdict(status=status, cause=sentence, effect=NOT_CHECKED[snapshot.gap], due=due)
    return _waiting(status, start_up.waits_for(snapshot), snapshot=snapshot, now=now)


def _rolling_out(snapshot: ServiceSnapshot, now: datetime) -> Verdict:
    sentence = text("A new version is starting; the previous one still serves.")
    return _waiting(Status.UPDATING, sentence, snapshot=snapshot, now=now)


def _waiting(status: Status, sentence: Text, *, snapshot: ServiceSnapshot, now: datetime) -> Verdict:
    """For pods that are on their way; said where that takes longer than usual."""
    return Verdict(
        status=status,
        cause=sentence,
        effect=start_up.slowness(snapshot, now),
        due=start_up.due(snapshot, now),
    )
