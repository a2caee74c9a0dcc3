"""The state of an InferenceService in one word and, where it is not well, one sentence that names the object at fault.

``judge`` is pure: the same service, children and time give the same verdict. The rules say what is wrong; here is
decided what that means: broken things under a service that still serves make it Degraded, else Failed. Ready is
KServe's word and is contradicted where pods crash or a new version does not come up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from modelsweb.clock import CLOCKS_DIFFER
from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import Finding, Severity
from modelsweb.diagnosis.rules import RULES
from modelsweb.diagnosis.rules.reconcile_failed import is_noise
from modelsweb.objects.obj import Obj
from modelsweb.objects.snapshot import Gap
from modelsweb.text import Text, text
from modelsweb.topology import demand, predictor, traffic
from modelsweb.topology import pod as pods
from modelsweb.topology.family import Family
from modelsweb.topology.stop import is_stopped

_ROLLOUT = "deployment.kubernetes.io/revision"
"""Counts the versions that a Deployment has had."""
_FOREGROUND = "foregroundDeletion"
_SILENT = timedelta(seconds=30)
_NAMESPACE_GOES = ("because it is being terminated", "unable to create new content in namespace")


_NOT_CHECKED: dict[Gap | None, Text] = {
    Gap.FORBIDDEN: text("Not checked: no right to read pods."),
    Gap.DENIED: text("Not checked: this app has no right to read pods."),
    Gap.LOADING: text("Not checked: its pods have not been read yet."),
    Gap.ABSENT: text("Not checked: the cluster does not provide pod data."),
    Gap.DUMP: text("Not checked: its pods are not in the dump."),
}


class Status(StrEnum):
    """What a service can be, in the order in which people want to see it."""

    FAILED = "failed"
    """Serves nothing, and will not heal by itself."""
    DEGRADED = "degraded"
    """Serves, but something is broken."""
    QUEUED = "queued"
    """Waits for quota or hardware."""
    STARTING = "starting"
    """The first start is in progress."""
    UPDATING = "updating"
    """A new version comes up while the old one serves, or takes a part of the traffic."""
    STOPPING = "stopping"
    DELETING = "deleting"
    UNKNOWN = "unknown"
    """The controller has not reported, or nothing that can be read proves what it reports."""
    SCALED_TO_ZERO = "scaled-to-zero"
    """Healthy, and starts on the next request."""
    STOPPED = "stopped"
    """Stopped on purpose."""
    READY = "ready"
    """Serves everything that was asked for."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status and the cause where there is something to say; ``effect`` is what it means for those who call it.

    ``finding`` is the evidence behind the cause, ``since`` when that began. ``due`` is when the verdict may change
    though no object does.
    """

    status: Status
    cause: Text | None = None
    effect: Text | None = None
    finding: Finding | None = None
    due: datetime | None = None

    @property
    def since(self) -> datetime | None:
        """When what the finding tells began."""
        return self.finding.since if self.finding else None


def judge(family: Family, now: datetime) -> Verdict:
    """The verdict on a service as it is."""
    service = family.service
    if service.deleted is not None:
        return _deleting(family, now)
    if is_stopped(service):
        return _stopped(family)
    if _namespace_goes(family):
        return Verdict(Status.DELETING, text("The namespace is being deleted."))
    findings = _findings(family, now)
    blamed = next((finding for finding in findings if finding.severity is not Severity.DELAY), None)
    delayed = findings[0] if findings else None
    if service.condition("Ready") is None and blamed is None:
        return _silent(family, now, delayed)
    if blamed is not None:
        return _at_fault(family, blamed)
    return _without_fault(family, delayed, now)


def _without_fault(family: Family, delayed: Finding | None, now: datetime) -> Verdict:
    """Nothing is found to be broken: it serves, or is on its way to."""
    service = family.service
    if _is_ready(family):
        if not _is_proven(family):
            return Verdict(
                Status.UNKNOWN, text("KServe reports the service as ready."), _NOT_CHECKED[family.gap]
            )
        return _serving(family, now)
    if delayed is not None and not _serves(family):
        return _delayed(family, delayed, now)
    if _is_rolling_out(family):
        return _rolling_out(family, now)
    if _is_scaling_up(family):
        sentence = text("Scaling up: {ready} of {wanted} replicas are ready.", **_counts(family))
        return _waiting(Status.UPDATING, sentence, family, now)
    if _serves(family) and (
        _has_earlier(family) or (service.string("status", "url") and _has_served(service))
    ):
        return _on_the_way(Status.UPDATING, family, now)
    if _is_reported_ready(service) and not (
        family.heads("predictor") or demand.wanted(family.deployments_of("predictor"))
    ):
        return Verdict(Status.UNKNOWN, text("KServe reports the service as ready, but it has no pods."))
    return _on_the_way(Status.STARTING, family, now)


def findings(family: Family, now: datetime) -> tuple[Finding, ...]:
    """All that is wrong, the likeliest cause first."""
    return _findings(family, now)


def _findings(family: Family, now: datetime) -> tuple[Finding, ...]:
    found = [finding for rule in RULES for finding in rule.check(family, now)]
    return tuple(sorted(found, key=lambda finding: finding.severity is Severity.DELAY))


def _deleting(family: Family, now: datetime) -> Verdict:
    """What holds it, and how many of its pods still answer; longer than usual after a while.

    Kubernetes ends pods once nothing holds the service, or before where it removes dependants first.
    """
    service = family.service
    asked = service.deleted or now
    is_late = now - asked >= limits.DELETION
    due = None if is_late else asked + limits.DELETION
    left = family.own_pods
    return Verdict(
        Status.DELETING,
        _holder(family, asked, len(left)),
        _while_it_goes(sum(map(_answers, left)), len(left), is_late=is_late),
        due=due,
    )


def _holder(family: Family, asked: datetime, left: int) -> Text | None:
    """What must be done before it is gone; None where nobody can tell."""
    service = family.service
    if _FOREGROUND in service.finalizers:
        if left:
            return text("Waiting for its pods to terminate: {n}.", n=left)
        return text(
            "Kubernetes deletes the objects that the service owns first (finalizer {finalizer}).",
            finalizer=_FOREGROUND,
        )
    if service.finalizers:
        told = [
            one
            for one in family.events
            if one.uid == service.uid and one.last and one.last >= asked - CLOCKS_DIFFER and not is_noise(one)
        ]
        names = ", ".join(service.finalizers)
        if told:
            return text(
                "Waiting for the KServe controller to remove its finalizers ({finalizers}), which fails: {message}",
                finalizers=names,
                message=told[0].message,
            )
        return text(
            "Waiting for the KServe controller to remove its finalizers ({finalizers}).", finalizers=names
        )
    return text("Waiting for its pods to terminate: {n}.", n=left) if left else None


def _while_it_goes(answering: int, left: int, *, is_late: bool) -> Text | None:
    if answering and is_late:
        return text(
            "This is taking longer than usual. Pods still responding to requests: {n} of {all}.",
            n=answering,
            all=left,
        )
    if answering:
        return text("Pods still responding to requests: {n} of {all}.", n=answering, all=left)
    return text("This is taking longer than usual.") if is_late else None


def _answers(pod: Obj) -> bool:
    """It is ready, be it being deleted or not: requests may still reach it."""
    ready = pod.condition("Ready")
    return ready is not None and ready.is_true


def _stopped(family: Family) -> Verdict:
    left = len(family.own_pods)
    if left:
        return Verdict(Status.STOPPING, text("Waiting for its pods to terminate: {n}.", n=left))
    stopped = family.service.condition("Stopped")
    return Verdict(Status.STOPPED if stopped and stopped.is_true else Status.STOPPING)


def _namespace_goes(family: Family) -> bool:
    return any(
        condition.is_false and any(said in condition.message for said in _NAMESPACE_GOES)
        for condition in family.service.conditions()
    )


def _silent(family: Family, now: datetime, delayed: Finding | None) -> Verdict:
    """KServe has not said whether it is ready; what it has made tells how far it is."""
    created = family.service.created
    if delayed is not None:
        return _delayed(family, delayed, now)
    if family.service.conditions() or family.has_children:
        return _on_the_way(Status.STARTING, family, now)
    if created is not None:
        is_working = family.reported is not None and family.reported > created
        patience = limits.SILENCE if is_working else _SILENT
        if now - created < patience:
            return Verdict(Status.STARTING, due=created + patience)
    due = created + limits.SILENCE if created is not None and now - created < limits.SILENCE else None
    if family.gap is not None:
        sentence = text("KServe has not reported on this service yet.")
        return Verdict(Status.UNKNOWN, sentence, _NOT_CHECKED[family.gap], due=due)
    sentence = text(
        "KServe has not reported on this service yet. Check that the KServe controller is running."
    )
    return Verdict(Status.UNKNOWN, sentence, due=due)


def _at_fault(family: Family, finding: Finding) -> Verdict:
    if _serves(family):
        is_update = bool(finding.version) and finding.version not in _serving_versions(family)
        return Verdict(
            Status.DEGRADED,
            finding.sentence,
            text("The update failed; the previous version still serves.") if is_update else None,
            finding,
        )
    if finding.severity is Severity.QUEUE:
        return Verdict(Status.QUEUED, finding.sentence, finding=finding)
    return Verdict(Status.FAILED, finding.sentence, finding=finding)


def _is_ready(family: Family) -> bool:
    """KServe's word, that of the components that it leaves out of it, and pods, where they can be seen."""
    if not _is_reported_ready(family.service):
        return False
    if family.is_read and not family.ready_pods("predictor") and not _is_at_zero(family):
        return False
    for type_ in ("TransformerReady", "ExplainerReady", "CanaryPredictorReady"):
        condition = family.service.condition(type_)
        if condition is not None and not condition.is_true:
            return False
    return True


def _is_proven(family: Family) -> bool:
    """Its pods were read, or else what makes them tells that some are ready, or that none is wanted."""
    if family.gap is None:
        return True
    makers = family.deployments_of("predictor")
    asked = demand.wanted(makers)
    return asked == 0 or any(one.integer("status", "readyReplicas") for one in makers)


def _is_reported_ready(service: Obj) -> bool:
    ready = service.condition("Ready")
    return ready is not None and ready.is_true


def _has_earlier(family: Family) -> bool:
    """This is not the first version of its predictor."""
    if predictor.is_model_mesh(family.service):
        return _has_served(family.service)
    if len([one for one in family.revisions if pods.component(one) == "predictor"]) > 1:
        return True
    made = [one.annotation(_ROLLOUT) for one in family.deployments_of("predictor")]
    return any(number not in {"", "1"} for number in made)


def _serves(family: Family) -> bool:
    """Some version answers requests, or would after a cold start: ready pods behind an address that is published."""
    if family.is_read:
        if predictor.is_model_mesh(
            family.service
        ):  # its runtime runs, and answers, with or without this model
            return _has_served(family.service) and bool(family.ready_pods("predictor"))
        if family.ready_pods("predictor"):
            return predictor.is_published(family.service) and not _has_unready_front(family)
        return _is_at_zero(family) and _has_ready_revision(family)
    if _is_reported_ready(family.service):
        return True
    if predictor.is_model_mesh(family.service):
        return _has_served(family.service)
    return _has_ready_revision(family)


def _has_served(service: Obj) -> bool:
    return service.string("status", "modelStatus", "states", "activeModelState") == "Loaded"


def _has_unready_front(family: Family) -> bool:
    """It has a transformer, through which every request goes, and none that is ready."""
    return bool(family.service.mapping("spec", "transformer")) and not family.ready_pods("transformer")


def _has_ready_revision(family: Family) -> bool:
    service = family.service
    return bool(service.string("status", "components", "predictor", "latestReadyRevision")) and bool(
        traffic.split(family)
    )


def _serving_versions(family: Family) -> set[str]:
    ready = {pods.version(pod) for pod in family.pods if pods.is_ready(pod)}
    return ready | {part.revision for part in traffic.split(family)}


def _serving(family: Family, now: datetime) -> Verdict:
    """KServe calls it ready, and nothing is found to be broken."""
    service = family.service
    parts = traffic.split(family)
    canary = [part for part in parts if part.is_latest and part.percent < traffic.ALL]
    if canary and len(parts) > 1:
        values: dict[str, str | int] = {"revision": canary[0].revision, "percent": canary[0].percent}
        is_told = family.routes is None and bool(traffic.canaries(service))
        return Verdict(
            Status.UPDATING,
            text("Canary: {revision} is set to receive {percent}% of the traffic.", **values)
            if is_told
            else text("Canary: revision {revision} receives {percent}% of the traffic.", **values),
        )
    if _is_rolling_out(family):
        return _rolling_out(family, now)
    if _is_at_zero(family):
        return Verdict(Status.SCALED_TO_ZERO)
    if idle := traffic.idle_canaries(family):
        sentence = text(
            "The canary {revision} is running but receives no requests: without an HTTPRoute, this cluster does not split traffic.",
            revision=", ".join(idle),
        )
        return Verdict(Status.READY, sentence)
    return Verdict(Status.READY)


def _is_rolling_out(family: Family) -> bool:
    """Pods of a newer version are there and not ready, while older ones serve. Those of a runtime are none of its own."""
    if predictor.is_model_mesh(family.service):
        return False
    for component in {pods.component(pod) for pod in family.pods}:
        there = family.heads(component)
        ready = {pods.version(pod) for pod in there if pods.is_ready(pod)}
        if ready and any(pods.version(pod) not in ready for pod in there):
            return True
    created = family.service.string("status", "components", "predictor", "latestCreatedRevision")
    ready_revision = family.service.string("status", "components", "predictor", "latestReadyRevision")
    return bool(ready_revision) and created != ready_revision


def _is_scaling_up(family: Family) -> bool:
    """More replicas of a version that serves."""
    if predictor.is_model_mesh(family.service):
        return False
    there = family.heads("predictor")
    ready = {pods.version(pod) for pod in there if pods.is_ready(pod)}
    waiting = [pod for pod in there if not pods.is_ready(pod)]
    return bool(waiting) and _serves(family) and all(pods.version(pod) in ready for pod in waiting)


def _counts(family: Family) -> dict[str, int]:
    there = family.heads("predictor")
    asked = demand.wanted(family.deployments_of("predictor"))
    ready = len(family.ready_pods("predictor"))
    return {"ready": ready, "wanted": len(there) if asked is None else asked}


def _is_at_zero(family: Family) -> bool:
    """No pod, and none is wanted. Where pods cannot be read, the count in the status must do; it is never cleared."""
    if family.heads("predictor"):
        return False
    asked = demand.wanted(family.deployments_of("predictor"))
    if asked is not None:
        return asked == 0
    if predictor.mode(family.service) != "Knative":
        return False
    return family.is_read or not family.service.integer("status", "modelStatus", "copies", "totalCopies")


def _delayed(family: Family, finding: Finding, now: datetime) -> Verdict:
    """A start that waits for something which still may come."""
    dues = [finding.due, *_dues(family)]
    due = min((one for one in dues if one is not None and one > now), default=None)
    return Verdict(Status.STARTING, finding.sentence, _slowness(family, now), finding, due)


def _on_the_way(status: Status, family: Family, now: datetime) -> Verdict:
    """A start or update that is not done: what it waits for, as far as that can be read."""
    if family.gap is not None:
        due = min((one for one in _dues(family) if one > now), default=None)
        sentence = text("KServe has not reported the service as ready yet.")
        return Verdict(status, sentence, _NOT_CHECKED[family.gap], due=due)
    return _waiting(status, _progress(family), family, now)


def _rolling_out(family: Family, now: datetime) -> Verdict:
    sentence = text("A new version is starting; the previous one still serves.")
    return _waiting(Status.UPDATING, sentence, family, now)


def _waiting(status: Status, sentence: Text, family: Family, now: datetime) -> Verdict:
    """For pods that are on their way; said where that takes longer than usual."""
    due = min((one for one in _dues(family) if one > now), default=None)
    return Verdict(status, sentence, _slowness(family, now), due=due)


def _dues(family: Family) -> Iterator[datetime]:
    """The times at which waiting comes to be something else, though no object changes."""
    for pod in family.pods:
        if (since := _works_since(pod)) is not None:
            yield since + limits.LOAD
    for condition in family.service.conditions():
        if condition.status == "Unknown" and condition.since is not None:
            yield condition.since + limits.UNKNOWN


def _slowness(family: Family, now: datetime) -> Text | None:
    """Said where a download or load takes longer than usual; whether it comes to its end nobody can tell."""
    for since in map(_works_since, family.pods):
        if since is not None and now - since >= limits.LOAD:
            return text("This is taking longer than usual.")
    return None


def _works_since(pod: Obj) -> datetime | None:
    """Since when a pod downloads, loads, or waits for its images; None where it does not."""
    if (work := pods.at_work(pod)) is not None:
        return work.started
    return pods.prepared_since(pod, "PodScheduled") if pods.is_being_made(pod) else None


def _progress(family: Family) -> Text:
    """What a start that is not done waits for."""
    states = [container for pod in family.pods for container in pods.containers(pod)]
    if any(state.is_init and state.is_running for state in states):
        return text("Downloading the model.")
    if any(state.is_running and not state.is_ready and not state.is_init for state in states):
        return text("The model server is running; waiting for the model to load.")
    if family.pods and any(pods.is_ready(pod) for pod in family.pods):
        if predictor.is_model_mesh(family.service):
            return text("The model server is running; waiting for the model to load.")
        return text("The pods are ready; waiting for the network route.")
    if family.pods:
        return text("Waiting for the containers of its pods to start.")
    if family.service.string("status", "modelStatus", "states", "targetModelState") == "Loading":
        return text("Downloading the model.")
    return text("Waiting for the first pod.")
