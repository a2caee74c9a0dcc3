"""What is wrong with an object and how that is known: the verdict with its findings and their evidence."""

import re
from typing import Any

from starlette.responses import Response

from modelsweb.diagnosis import start_up
from modelsweb.diagnosis.finding import Evidence, Finding
from modelsweb.kinds import INFERENCE_SERVICE, KINDS
from modelsweb.objects.obj import Obj
from modelsweb.objects.ref import ObjectRef
from modelsweb.topology.service_snapshot import Event
from modelsweb.viewmodels.components.judged import JudgedObject, JudgedService
from modelsweb.web.api.v1 import schemas
from modelsweb.web.api.v1.operation import Query
from modelsweb.web.api.v1.place import JUDGED, kind_in, told
from modelsweb.web.api.v1.schemas import (
    EventInfo,
    FieldChange,
    FindingInfo,
    ObjectReference,
    StartStep,
    UncheckedRule,
    VerdictInfo,
)
from modelsweb.web.site import RequestContext

_NAMES = {kind.full_name: kind.kind for kind in KINDS}
_STEP = re.compile(r"([^.\[\]]+)((?:\[[^\]]*\])*)")


async def read(context: RequestContext, query: Query) -> Response:
    """The verdict on an object. Raises AccessDeniedError, NotFoundError."""
    return await told(context, kind_in(context, JUDGED), make=of_judged)


def of_judged(seen: JudgedObject) -> VerdictInfo:
    """The verdict on an object of a kind that is judged, in the words of this API."""
    assert isinstance(seen, JudgedService)
    root, verdict = seen.seen.root, seen.verdict
    is_service = seen.seen.kind is INFERENCE_SERVICE and seen.seen.gone is None
    return VerdictInfo(
        kind=root.kind,
        namespace=root.namespace,
        name=root.name,
        uid=root.uid,
        status=verdict.status,
        cause=str(verdict.cause) if verdict.cause is not None else "",
        effect=str(verdict.effect) if verdict.effect is not None else "",
        since=verdict.since,
        finding=_finding(seen, verdict.finding) if verdict.finding is not None else None,
        findings=tuple(_finding(seen, one) for one in verdict.findings),
        unchecked=tuple(
            UncheckedRule(rule=one.rule, lacking=[kind.full_name for kind in one.lacking])
            for one in verdict.unchecked
        ),
        steps=tuple(
            StartStep(step=one.name, state=one.state) for one in start_up.steps(seen.snapshot, verdict)
        )
        if is_service
        else (),
        deleted=seen.seen.gone,
    )


def _finding(seen: JudgedObject, found: Finding) -> FindingInfo:
    remedy = found.remedy
    return FindingInfo(
        rule=found.rule,
        state=found.state,
        message=str(found.sentence),
        object=_reference(found.object, container=found.container),
        component=found.component,
        version=found.version,
        since=found.since,
        remedy=str(remedy.text) if remedy is not None else "",
        patch=tuple(
            FieldChange(path=list(one.path), value=one.value) for one in (remedy.patch if remedy else ())
        ),
        evidence=tuple(_evidence(seen, one) for one in found.evidence),
    )


def _reference(ref: ObjectRef, *, container: str = "") -> ObjectReference:
    return ObjectReference(
        kind=_NAMES.get(ref.kind, ref.kind), namespace=ref.namespace, name=ref.name, container=container
    )


def _evidence(seen: JudgedObject, found: Evidence) -> schemas.Evidence:
    obj = _object(seen, found.ref)
    return schemas.Evidence(
        object=_reference(found.ref, container=found.container),
        field=found.field,
        value=_value(obj, found.field) if obj is not None and found.field else None,
        event=of_event(found.event) if found.event is not None else None,
    )


def _object(seen: JudgedObject, ref: ObjectRef) -> Obj | None:
    root = seen.seen.root
    if ref.kind == seen.seen.kind.full_name and ref.name == root.name:
        return root
    found = (one for kind, objs in seen.seen.members.items() if kind.full_name == ref.kind for one in objs)
    return next((one for one in found if (one.namespace, one.name) == (ref.namespace, ref.name)), None)


def _value(obj: Obj, field: str) -> Any:
    """What stands at a path of names, of which one in brackets picks the entry of a list by its name or type."""
    value: Any = obj.raw
    for name, picks in _STEP.findall(field):
        value = value.get(name) if isinstance(value, dict) else None
        for pick in re.findall(r"\[([^\]]*)\]", picks):
            value = _picked(value, pick)
    return value


def _picked(value: Any, pick: str) -> Any:
    if isinstance(value, dict):
        return value.get(pick)
    if not isinstance(value, list):
        return None
    named = (one for one in value if isinstance(one, dict) and pick in (one.get("name"), one.get("type")))
    return next(named, value[int(pick)] if pick.isdecimal() and int(pick) < len(value) else None)


def of_event(event: Event) -> EventInfo:
    """An event in the words of this API."""
    return EventInfo(
        type="Warning" if event.is_warning else "Normal",
        reason=event.reason,
        message=event.message,
        count=event.count,
        first_seen=event.first,
        last_seen=event.last,
        kind=event.kind,
        name=event.name,
        field=event.field,
        source=event.source,
    )
