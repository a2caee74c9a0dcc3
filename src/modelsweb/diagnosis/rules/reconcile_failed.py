"""The controller cannot make the objects that the spec asks for.

Some errors reach a condition as ReconcileFailed, some only an event InternalError, and Knative's absence only an
event ServerlessModeRejected. Conflicts ("the object has been modified") are noise: the controller tries again.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from modelsweb.diagnosis.finding import Finding, Rule, on_service, short
from modelsweb.text import text
from modelsweb.topology.family import Event, Family

_ID = "reconcile-failed"
_NOISE = ("the object has been modified", "StorageError: invalid object", "not found in the cache")
_RECENT = timedelta(minutes=20)
"""The controller's longest pause between two attempts is about 17 minutes; an older event is history."""


def _check(family: Family, now: datetime) -> Iterator[Finding]:
    for condition in family.service.conditions():
        if condition.is_false and condition.reason == "ReconcileFailed":
            yield on_service(
                _ID, family, text("KServe cannot set it up: {message}", message=short(condition.message))
            )
            return
    for event in family.events_of(family.service.uid, "ServerlessModeRejected", "InternalError"):
        if event.reason == "ServerlessModeRejected":
            yield on_service(
                _ID,
                family,
                text(
                    "It asks for Knative mode, but Knative is not installed: {message}", message=event.message
                ),
            )
            return
        if not any(noise in event.message for noise in _NOISE) and _is_current(family, event, now):
            yield on_service(
                _ID, family, text("KServe cannot set it up: {message}", message=short(event.message))
            )
            return


def _is_current(family: Family, event: Event, now: datetime) -> bool:
    """Nothing has changed since: neither a condition, nor is the event so old that the error must be over."""
    if event.last is None:
        return False
    ready = family.service.condition("Ready")
    if ready is not None and ready.is_true and now - event.last > _RECENT:
        return False
    changed = [condition.since for condition in family.service.conditions() if condition.since]
    return not changed or event.last >= max(changed) - timedelta(seconds=1)


RULE = Rule(_ID, "KServe's controller cannot create or change what the service needs.", _check)
