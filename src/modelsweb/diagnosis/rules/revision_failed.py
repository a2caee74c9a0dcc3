"""A Knative revision failed. Its own conditions keep the cause longer than the service's do."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis.finding import Evidence, Finding, FindingState, Remedy, Rule, short
from modelsweb.kinds import INFERENCE_SERVICE, REVISION
from modelsweb.objects.obj import Obj
from modelsweb.objects.ref import ObjectRef
from modelsweb.text import Text, text
from modelsweb.topology import predictor
from modelsweb.topology.service_snapshot import ServiceSnapshot

_GONE = "Initial scale was never achieved"


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    for component in predictor.COMPONENTS:
        name = snapshot.service.string("status", "components", component, "latestCreatedRevision")
        revision = snapshot.revision(name) if name else _newest(snapshot, component)
        condition = snapshot.service.condition(f"{component.capitalize()}ConfigurationReady")
        said = _said(snapshot, revision) if revision is not None else ""
        has_failed = condition is not None and condition.is_false and condition.reason == "RevisionFailed"
        if condition is not None and has_failed and not said:
            said = condition.message.rpartition("failed with message: ")[2].strip().strip(".")
            name = name or (revision.name if revision else "")
        if (not said or _GONE in said) and snapshot.service.mapping(
            "status", "modelStatus", "lastFailureInfo"
        ):
            continue  # the pods are gone; load-failed reports what KServe kept of them
        if said or has_failed:
            shown = revision.name if revision is not None else name or f"{snapshot.service.name}-{component}"
            yield Finding(
                object=ObjectRef(REVISION.full_name, snapshot.service.namespace, shown),
                state=FindingState.QUEUE if _is_hardware(revision) else FindingState.FAULT,
                sentence=_sentence(shown, said),
                evidence=(_evidence(snapshot, shown, revision=revision, component=component),),
                component=component,
                version=shown,
                since=condition.since if condition else None,
            )


def _evidence(snapshot: ServiceSnapshot, name: str, *, revision: Obj | None, component: str) -> Evidence:
    if revision is not None:
        return Evidence(
            ref=ObjectRef(REVISION.full_name, revision.namespace, name), field="status.conditions"
        )
    service = ObjectRef(INFERENCE_SERVICE.full_name, snapshot.service.namespace, snapshot.service.name)
    return Evidence(ref=service, field=f"status.conditions[{component.capitalize()}ConfigurationReady]")


def _is_hardware(revision: Obj | None) -> bool:
    condition = revision.condition("ResourcesAvailable") if revision is not None else None
    return condition is not None and condition.reason == "Unschedulable"


def _newest(snapshot: ServiceSnapshot, component: str) -> Obj | None:
    found = [r for r in snapshot.revisions if r.labels.get("component", "predictor") == component]
    return max(found, key=lambda revision: revision.name, default=None)


def _said(snapshot: ServiceSnapshot, revision: Obj) -> str:
    """What the revision, else the last warnings about its pods, say of the cause."""
    for type_ in ("ContainerHealthy", "ResourcesAvailable"):
        condition = revision.condition(type_)
        if condition is not None and condition.is_false:
            if condition.message.strip() and _GONE not in condition.message:
                return short(condition.message)
            return _last_words(snapshot, revision.name) or condition.message
    return ""


def _last_words(snapshot: ServiceSnapshot, revision: str) -> str:
    """Knative removes the pods of a revision that failed, and the cause with them; events stay for an hour."""
    telling = [
        event.message
        for event in snapshot.events
        if event.kind == "Pod"
        and event.name.startswith(f"{revision}-")
        and event.reason in {"Failed", "FailedScheduling", "FailedMount", "FailedCreate"}
    ]
    telling.sort(key=lambda message: not message.startswith("Failed to"))  # "Error: ErrImagePull" tells less
    return short(telling[0]) if telling else ""


def _sentence(revision: str, said: str) -> Text:
    if not said or _GONE in said:
        return text(
            "Revision {revision} did not start in time and was scaled down; its pods and their logs no longer exist.",
            revision=revision,
        )
    return text("Revision {revision} failed: {message}", revision=revision, message=said)


RULE = Rule(
    id="revision-failed",
    rank=110,
    summary=text("A Knative revision did not come up, or its image could not be resolved."),
    check=_check,
    remedy=Remedy(text("Read the log and the events of its last pod, correct the spec and apply it again.")),
)
