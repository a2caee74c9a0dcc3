"""The controller cannot make the objects that the spec asks for.

Some errors reach a condition as ReconcileFailed, some only an event InternalError, and Knative's absence only an
event ServerlessModeRejected. Conflicts ("the object has been modified") are noise: the controller tries again.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import Finding, Rule, Severity, by_time, may_pass, on_service, short
from modelsweb.text import text
from modelsweb.topology import predictor
from modelsweb.topology.family import Event, Family

_ID = "reconcile-failed"
_NOISE = ("the object has been modified", "StorageError: invalid object", "not found in the cache")
_RECENT = timedelta(minutes=20)
"""The controller's longest pause between two attempts is about 17 minutes; an older event is history."""


def _check(family: Family, now: datetime) -> Iterator[Finding]:
    for condition in family.service.conditions():
        if condition.is_false and condition.reason == "ReconcileFailed":
            yield on_service(
                _ID,
                family,
                text("KServe cannot set up the service: {message}", message=short(condition.message)),
            )
            return
    for event in family.events_of(family.service.uid, "ServerlessModeRejected", "InternalError"):
        if event.reason == "ServerlessModeRejected":
            yield on_service(
                _ID,
                family,
                text(
                    "The service requests Knative mode, but Knative is not installed: {message}",
                    message=event.message,
                ),
            )
            return
        if not is_noise(event) and _is_current(family, event, now):
            found = on_service(
                _ID, family, text("KServe cannot set up the service: {message}", message=short(event.message))
            )
            severity, due = Severity.FAULT, None
            if may_pass(event.message):
                severity, due = by_time(event.first or event.last, limits.WARNING, now)
            yield replace(found, severity=severity, due=due)
            return


def is_noise(event: Event) -> bool:
    """Somebody else wrote in between; the controller tries again at once."""
    return any(noise in event.message for noise in _NOISE)


def _is_current(family: Family, event: Event, now: datetime) -> bool:
    """Nothing that it asks for was made, or its newest spec was not taken up; else, nothing has changed since.

    KServe's controller writes both the event and the conditions, so that their times may be compared.
    """
    service = family.service
    if event.last is None or now - event.last > _RECENT or _is_answered(family, event):
        return False
    ready = service.condition("Ready")
    is_ready = ready is not None and ready.is_true
    seen, wanted = service.integer("status", "observedGeneration"), service.integer("metadata", "generation")
    if family.is_read and not is_ready and not family.has_children and not predictor.is_model_mesh(service):
        return True
    if seen is not None and wanted is not None and seen < wanted:
        return True
    changed = [condition.since for condition in service.conditions() if condition.since]
    return not changed or event.last >= max(changed) - timedelta(seconds=1)


def _is_answered(family: Family, event: Event) -> bool:
    """The same reporter has said since that the service is well."""
    return any(
        one.uid == event.uid
        and one.source == event.source
        and one.last
        and event.last
        and one.last > event.last
        for one in family.normal
    )


RULE = Rule(
    _ID,
    text("KServe's controller cannot create or change what the service needs."),
    _check,
    text(
        "Correct what the message points to. If that is not part of your spec, contact the KServe administrator."
    ),
)
