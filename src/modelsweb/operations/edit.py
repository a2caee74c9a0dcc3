"""Editing an object: what the user changed is merged with what others changed since, and only that is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from modelsweb import errors
from modelsweb.errors import Code, Problem
from modelsweb.gateway.access import User
from modelsweb.gateway.writer import FieldChange
from modelsweb.manifests.document import ManifestError
from modelsweb.manifests.merge import MINE, THEIRS, differences, editable, merged
from modelsweb.manifests.plan import Plan
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.ref import ObjectRef
from modelsweb.operations.gateway import Gateway
from modelsweb.operations.outcome import EditOutcome, State
from modelsweb.operations.problems import located, problem_of, problems_of
from modelsweb.operations.reading import checked, own_object, read


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRequest:
    """Which object, as it was when the user opened it (``base``, YAML) and as they want it (``source``, YAML).

    ``choices`` say of a field that both sides changed whose value is taken (``Conflict.choice``), ``choice_of_rest`` whose is taken
    of all others (``MINE`` or ``THEIRS``). With ``dry_run`` the cluster only tries it.
    """

    kind: Kind
    namespace: str
    name: str
    uid: str
    base: str
    source: str
    max_bytes: int
    choices: Mapping[str, str] = field(default_factory=dict)
    choice_of_rest: str = ""
    dry_run: bool = False


async def edit(gateway: Gateway, user: User, *, request: EditRequest) -> EditOutcome:
    """Changes the object, or tells what speaks against it; the user's text decides nothing but the fields it changes."""
    outcome = EditOutcome(
        ref=ObjectRef(request.kind.full_name, request.namespace, request.name),
        state=State.FAILED,
        uid=request.uid,
    )
    planned = await _read(gateway, user, request=request)
    if planned.problems:
        return replace(outcome, problems=planned.problems)
    try:
        opened = await gateway.rate_limit.aside(user, own_object, request.base)
    except ManifestError as error:
        return replace(outcome, problems=(error.problem,))
    try:
        live = await gateway.writer.existing(
            user, request.kind, namespace=request.namespace, name=request.name
        )
    except errors.NotFoundError as error:
        problem = Problem(code=Code.NO_LONGER_THERE, detail=error.message)
        return replace(outcome, problems=(problem,), is_gone=True)
    except errors.ModelswebError as error:
        return replace(
            outcome,
            problems=(problem_of(error),),
            is_unavailable=isinstance(error, errors.UnavailableError),
        )
    if live.uid != request.uid:
        return replace(outcome, problems=(Problem(code=Code.NO_LONGER_THERE),), is_gone=True)
    [wanted] = planned.documents
    concerns = await checked(
        gateway, user, source=request.source, namespace=request.namespace, planned=planned, live=live
    )
    base, mine, theirs = editable(opened), editable(wanted.manifest), editable(live.raw)
    if live.mapping("metadata", "annotations"):
        # Some of them are not shown: who takes all away that are means these, one by one.
        for one in (base, mine, theirs):
            one["metadata"]["annotations"] = one["metadata"].get("annotations") or {}
    choices = dict(request.choices)
    merge = await gateway.rate_limit.aside(user, merged, base, mine, theirs=theirs, choices=choices)
    if merge.conflicts and request.choice_of_rest in {MINE, THEIRS}:
        choices |= {one.field: one.choice(request.choice_of_rest) for one in merge.conflicts}
        merge = await gateway.rate_limit.aside(user, merged, base, mine, theirs=theirs, choices=choices)
    outcome = replace(
        outcome,
        choices=choices,
        concerns=concerns,
        conflicts=tuple(merge.conflicts),
        merged=tuple(
            one
            for one in differences(base, theirs)
            if not any(conflict.path[: len(one.path)] == one.path for conflict in merge.conflicts)
        ),
        before=theirs,
        changed_by=_last_writer(live),
    )
    changes = tuple(differences(theirs, merge.result))
    if merge.conflicts:
        return replace(outcome, state=State.PENDING)
    if not changes:
        return replace(outcome, state=State.UNCHANGED, after=theirs)
    sent = [FieldChange(path=one.path, old=one.before, new=one.after) for one in changes]
    try:
        stored = await gateway.writer.edit(
            user,
            request.kind,
            namespace=request.namespace,
            name=request.name,
            changes=sent,
            uid=request.uid,
            dry_run=request.dry_run,
        )
    except errors.ModelswebError as error:
        return replace(
            outcome,
            asked=changes,
            changes=changes,
            problems=_refused(error, planned),
            is_unavailable=isinstance(error, errors.UnavailableError),
        )
    after = editable(stored.raw)
    state = State.PENDING if request.dry_run else State.DONE
    return replace(
        outcome, state=state, after=after, asked=changes, changes=tuple(differences(theirs, after))
    )


async def _read(gateway: Gateway, user: User, *, request: EditRequest) -> Plan:
    """The text as the one object that is edited, or what is wrong with it."""
    planned = await read(
        gateway, user, source=request.source, namespace=request.namespace, max_bytes=request.max_bytes
    )
    if planned.problems:
        return planned
    if len(planned.documents) != 1:
        return Plan(problems=(Problem(code=Code.ONE_OBJECT_ONLY, values={"name": request.name}),))
    [document] = planned.documents
    for path, given, wanted in (
        ("kind", document.kind.full_name, request.kind.full_name),
        ("metadata.name", document.name, request.name),
        ("metadata.namespace", document.moved_from or request.namespace, request.namespace),
    ):
        if given != wanted:
            values = {"field": path, "wanted": request.kind.kind if path == "kind" else wanted}
            problem = Problem(code=Code.CANNOT_CHANGE, values=values, field=path, line=document.document.line)
            return Plan(problems=(located(problem, document),))
    return planned


def _refused(error: errors.ModelswebError, planned: Plan) -> tuple[Problem, ...]:
    if isinstance(error, errors.ConflictError):
        return (Problem(code=Code.CONFLICT, detail=error.message),)
    [one] = planned.documents
    return tuple(located(problem, one) for problem in problems_of(error, one, complaints=[]))


def _last_writer(live: Obj) -> str:
    """Who wrote anything but the status last, and when; empty where nobody says."""
    entries = [one for one in live.items("metadata", "managedFields") if one.get("subresource") != "status"]
    newest = max(entries, key=lambda one: str(one.get("time", "")), default=None)
    return f"{newest.get('manager')}, {newest.get('time')}" if newest is not None else ""
