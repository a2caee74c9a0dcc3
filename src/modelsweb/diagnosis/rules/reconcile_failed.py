"""The controller cannot make the objects that the spec asks for.

Some errors reach a condition as ReconcileFailed, some only an event InternalError, and Knative's absence only an
event ServerlessModeRejected. Conflicts ("the object has been modified") are noise: the controller tries again.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import (
    Finding,
    FindingState,
    Remedy,
    Rule,
    by_time,
    may_pass,
    on_condition,
    on_service,
    short,
)
from modelsweb.text import Text, text
from modelsweb.topology import predictor
from modelsweb.topology.service_snapshot import Event, ServiceSnapshot

_RECENT = timedelta(minutes=20)
"""The controller's longest pause between two attempts is about 17 minutes; an older event is history."""


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    for condition in snapshot.service.conditions():
        if condition.is_false and condition.reason == "ReconcileFailed":
            yield on_condition(
                snapshot, condition, sentence=_sentence(condition.message), component="predictor"
            )
            return
    for event in snapshot.events_of(snapshot.service.uid, "ServerlessModeRejected", "InternalError"):
        if event.reason == "ServerlessModeRejected":
            sentence = text(
                "The service requests Knative mode, but Knative is not installed: {message}",
                message=event.message,
            )
            yield on_service(snapshot, sentence, event=event)
            return
        if not event.is_noise and _is_current(snapshot, event, now=now):
            state, due = FindingState.FAULT, None
            if may_pass(event.message):
                state, due = by_time(event.first or event.last, limits.WARNING, now=now)
            yield on_service(snapshot, _sentence(event.message), event=event, state=state, due=due)
            return


def _sentence(message: str) -> Text:
    return text("KServe cannot set up the service: {message}", message=short(message))


def _is_current(snapshot: ServiceSnapshot, event: Event, *, now: datetime) -> bool:
    """Nothing that it asks for was made, or its newest spec was not taken up; else, nothing has changed since.

    KServe's controller writes both the event and the conditions, so that their times may be compared.
    """
    service = snapshot.service
    if event.last is None or now - event.last > _RECENT or _is_answered(snapshot, event):
        return False
    ready = service.condition("Ready")
    is_ready = ready is not None and ready.is_true
    seen, wanted = service.integer("status", "observedGeneration"), service.integer("metadata", "generation")
    if (
        snapshot.is_read
        and not is_ready
        and not snapshot.has_children
        and not predictor.is_model_mesh(service)
    ):
        return True
    if seen is not None and wanted is not None and seen < wanted:
        return True
    changed = [condition.since for condition in service.conditions() if condition.since]
    return not changed or event.last >= max(changed) - timedelta(seconds=1)


def _is_answered(snapshot: ServiceSnapshot, event: Event) -> bool:
    """The same reporter has said since that the service is well."""
    return any(
        one.uid == event.uid
        and one.source == event.source
        and one.last
        and event.last
        and one.last > event.last
        for one in snapshot.normal
    )


RULE = Rule(
    id="reconcile-failed",
    rank=20,
    summary=text("KServe's controller cannot create or change what the service needs."),
    check=_check,
    remedy=Remedy(
        text(
            "Correct what the message points to. If that is not part of your spec, contact the KServe administrator."
        )
    ),
    supersedes=frozenset({"condition-false"}),
)
