"""How a root object ends, whatever its kind: it is deleted, stopped, or its namespace goes."""

from datetime import datetime

from modelsweb.clock import CLOCKS_DIFFER
from modelsweb.diagnosis import limits
from modelsweb.diagnosis.verdict import Status, Verdict
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology.service_snapshot import ServiceSnapshot
from modelsweb.topology.stop import is_stopped

_STOPPED = "Stopped"
_FOREGROUND = "foregroundDeletion"
_NAMESPACE_GOES = ("because it is being terminated", "unable to create new content in namespace")


def ends(snapshot: ServiceSnapshot, now: datetime) -> Verdict | None:
    """The verdict on what goes or is stopped on purpose; None for what is to run."""
    service = snapshot.service
    if service.deleted is not None:
        return _deleting(snapshot, now)
    if is_stopped(service):
        return _stopped(snapshot)
    if _namespace_goes(snapshot):
        return Verdict(status=Status.DELETING, cause=text("The namespace is being deleted."))
    return None


def _deleting(snapshot: ServiceSnapshot, now: datetime) -> Verdict:
    """What holds it, and how many of its pods still answer; longer than usual after a while.

    Kubernetes ends pods once nothing holds the service, or before where it removes dependants first.
    """
    service = snapshot.service
    asked = service.deleted or now
    is_late = now - asked >= limits.DELETION
    due = None if is_late else asked + limits.DELETION
    left = snapshot.own_pods
    return Verdict(
        status=Status.DELETING,
        cause=_holder(snapshot, asked, left=len(left)),
        effect=_while_it_goes(sum(map(_answers, left)), len(left), is_late=is_late),
        due=due,
    )


def _holder(snapshot: ServiceSnapshot, asked: datetime, *, left: int) -> Text | None:
    """What must be done before it is gone; None where nobody can tell."""
    service = snapshot.service
    if _FOREGROUND in service.finalizers:
        if left:
            return text("Waiting for its pods to terminate: {n}.", n=left)
        return text(
            "Kubernetes deletes the objects that the service owns first (finalizer {finalizer}).",
            finalizer=_FOREGROUND,
        )
    if service.finalizers:
        reported = [
            one
            for one in snapshot.events
            if one.uid == service.uid and one.last and one.last >= asked - CLOCKS_DIFFER and not one.is_noise
        ]
        names = ", ".join(service.finalizers)
        if reported:
            return text(
                "Waiting for the KServe controller to remove its finalizers ({finalizers}), which fails: {message}",
                finalizers=names,
                message=reported[0].message,
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


def _stopped(snapshot: ServiceSnapshot) -> Verdict:
    left = len(snapshot.own_pods)
    if left:
        return Verdict(status=Status.STOPPING, cause=text("Waiting for its pods to terminate: {n}.", n=left))
    stopped, ready = (snapshot.service.condition(one) for one in (_STOPPED, "Ready"))
    # LLM services have no condition of that name: all that they have say that it is the reason.
    is_done = (stopped is not None and stopped.is_true) or (
        ready is not None and ready.is_false and ready.reason == _STOPPED
    )
    return Verdict(status=Status.STOPPED if is_done else Status.STOPPING)


def _namespace_goes(snapshot: ServiceSnapshot) -> bool:
    return any(
        condition.is_false and any(said in condition.message for said in _NAMESPACE_GOES)
        for condition in snapshot.service.conditions()
    )
