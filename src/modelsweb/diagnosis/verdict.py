"""The state of an InferenceService in one word and, where it is not well, one sentence that names the object at fault.

``judge`` is pure: the same service, children and time give the same verdict. The rules say what is wrong; here is
decided what that means: broken things under a service that still serves make it Degraded, else Failed. Ready is
KServe's word and is contradicted where pods crash or a new version does not come up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from modelsweb.diagnosis.finding import Finding, Severity
from modelsweb.diagnosis.rules import RULES
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology import demand, predictor, traffic
from modelsweb.topology import pod as pods
from modelsweb.topology.family import Family

STOP = "serving.kserve.io/stop"
_SILENT = timedelta(seconds=30)
_NAMESPACE_GOES = ("because it is being terminated", "unable to create new content in namespace")


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
    """The controller has not reported."""
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
        return _deleting(family)
    if service.annotation(STOP).lower() == "true":
        return _stopped(family)
    if _namespace_goes(family):
        return Verdict(Status.DELETING, text("The namespace is being deleted."))
    findings = _findings(family, now)
    blamed = next((finding for finding in findings if finding.severity is not Severity.DELAY), None)
    delayed = findings[0] if findings else None
    if service.condition("Ready") is None and blamed is None:
        return _silent(family, now)
    if blamed is not None:
        return _at_fault(family, blamed)
    if _is_ready(family):
        return _serving(family)
    if delayed is not None and not _serves(family):
        return Verdict(Status.STARTING, delayed.sentence, finding=delayed, due=delayed.due)
    if _is_rolling_out(family) or (_serves(family) and _has_served(service)):
        return Verdict(Status.UPDATING, text("A new version is starting; the previous one still serves."))
    return Verdict(Status.STARTING, _progress(family))


def findings(family: Family, now: datetime) -> tuple[Finding, ...]:
    """All that is wrong, the likeliest cause first."""
    return _findings(family, now)


def _findings(family: Family, now: datetime) -> tuple[Finding, ...]:
    found = [finding for rule in RULES for finding in rule.check(family, now)]
    return tuple(sorted(found, key=lambda finding: finding.severity is Severity.DELAY))


def _deleting(family: Family) -> Verdict:
    service = family.service
    left = len(family.pods) + len(family.leaving)
    if left:
        return Verdict(Status.DELETING, text("Waiting for its pods to end: {n}.", n=left))
    if service.finalizers:
        return Verdict(
            Status.DELETING, text("Waiting for {finalizers}.", finalizers=", ".join(service.finalizers))
        )
    return Verdict(Status.DELETING)


def _stopped(family: Family) -> Verdict:
    left = len(family.pods) + len(family.leaving)
    if left:
        return Verdict(Status.STOPPING, text("Waiting for its pods to end: {n}.", n=left))
    stopped = family.service.condition("Stopped")
    return Verdict(Status.STOPPED if stopped and stopped.is_true else Status.STOPPING)


def _namespace_goes(family: Family) -> bool:
    return any(
        condition.is_false and any(said in condition.message for said in _NAMESPACE_GOES)
        for condition in family.service.conditions()
    )


def _silent(family: Family, now: datetime) -> Verdict:
    created = family.service.created
    if created is not None and now - created < _SILENT:
        return Verdict(Status.STARTING, due=created + _SILENT)
    if family.service.conditions():
        return Verdict(Status.STARTING, _progress(family))
    return Verdict(Status.UNKNOWN, text("KServe has not reported on it yet. Is its controller running?"))


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
    """KServe's word, and that of the components that it leaves out of it."""
    ready = family.service.condition("Ready")
    if ready is None or not ready.is_true:
        return False
    for type_ in ("TransformerReady", "ExplainerReady", "CanaryPredictorReady"):
        condition = family.service.condition(type_)
        if condition is not None and not condition.is_true:
            return False
    return True


def _serves(family: Family) -> bool:
    """Some version answers requests, or would after a cold start."""
    ready = family.service.condition("Ready")
    if ready is not None and ready.is_true:
        return True
    if family.ready_pods("predictor") and not _has_unready_front(family):
        return True
    if predictor.mode(family.service) == "ModelMesh":
        return _has_served(family.service)
    return _has_ready_revision(family.service)


def _has_served(service: Obj) -> bool:
    return service.string("status", "modelStatus", "states", "activeModelState") == "Loaded"


def _has_unready_front(family: Family) -> bool:
    """It has a transformer, through which every request goes, and none that is ready."""
    return bool(family.service.mapping("spec", "transformer")) and not family.ready_pods("transformer")


def _has_ready_revision(service: Obj) -> bool:
    return bool(service.string("status", "components", "predictor", "latestReadyRevision")) and bool(
        traffic.split(service)
    )


def _serving_versions(family: Family) -> set[str]:
    ready = {pods.version(pod) for pod in family.pods if pods.is_ready(pod)}
    return ready | {part.revision for part in traffic.split(family.service)}


def _serving(family: Family) -> Verdict:
    """KServe calls it ready, and nothing is found to be broken."""
    service = family.service
    parts = traffic.split(service)
    canary = [part for part in parts if part.is_latest and part.percent < traffic.ALL]
    if canary and len(parts) > 1:
        return Verdict(
            Status.UPDATING,
            text(
                "Canary: revision {revision} takes {percent} % of the traffic.",
                revision=canary[0].revision,
                percent=canary[0].percent,
            ),
        )
    if _is_rolling_out(family):
        return Verdict(Status.UPDATING, text("A new version is starting; the previous one still serves."))
    if _is_at_zero(family):
        return Verdict(Status.SCALED_TO_ZERO)
    return Verdict(Status.READY)


def _is_rolling_out(family: Family) -> bool:
    """Pods of a newer version are there and not ready, while older ones serve."""
    for component in {pods.component(pod) for pod in family.pods}:
        there = [pod for pod in family.pods if pods.component(pod) == component and not pods.is_over(pod)]
        ready = {pods.version(pod) for pod in there if pods.is_ready(pod)}
        if ready and any(pods.version(pod) not in ready for pod in there):
            return True
    created = family.service.string("status", "components", "predictor", "latestCreatedRevision")
    ready_revision = family.service.string("status", "components", "predictor", "latestReadyRevision")
    return bool(ready_revision) and created != ready_revision


def _is_at_zero(family: Family) -> bool:
    """No pod, and none is wanted. Where pods cannot be read, the count in the status must do."""
    if any(pods.component(pod) == "predictor" for pod in family.pods):
        return False
    if predictor.mode(family.service) == "Knative":
        return not family.service.integer("status", "modelStatus", "copies", "totalCopies")
    return demand.wanted(family.deployments_of("predictor")) == 0


def _progress(family: Family) -> Text:
    """What a start that is not done waits for."""
    states = [container for pod in family.pods for container in pods.containers(pod)]
    if any(state.is_init and state.is_running for state in states):
        return text("Downloading the model.")
    if any(state.is_running and not state.is_ready and not state.is_init for state in states):
        return text("The model server runs; waiting until it has loaded the model.")
    if family.pods and any(pods.is_ready(pod) for pod in family.pods):
        return text("The pods are ready; waiting for the network route.")
    if family.pods:
        return text("Waiting for the containers of its pods to start.")
    if family.service.string("status", "modelStatus", "states", "targetModelState") == "Loading":
        return text("Downloading the model.")
    return text("Waiting for the first pod.")
