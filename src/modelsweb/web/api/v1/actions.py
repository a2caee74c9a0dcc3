"""What is done to objects: stopped, started, restarted; and created from a text of several documents, tried first."""

import asyncio
import re
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from starlette.responses import Response

from modelsweb import errors
from modelsweb.kinds import INFERENCE_SERVICE, ROOTS
from modelsweb.manifests.concerns import Concern
from modelsweb.objects.kind import Kind
from modelsweb.operations.create import CreateRequest, create
from modelsweb.operations.outcome import DocumentOutcome, Outcome, State, TextOutcome
from modelsweb.operations.restart import restart
from modelsweb.operations.stop import stop
from modelsweb.web import objects, problem
from modelsweb.web.api.v1 import answers
from modelsweb.web.api.v1.operation import JSON
from modelsweb.web.api.v1.place import STOPPABLE, arrived, kind_in
from modelsweb.web.api.v1.resources import DeleteQuery, WriteQuery
from modelsweb.web.api.v1.schemas import (
    ActionResult,
    ConcernInfo,
    Difference,
    DocumentResult,
    ManifestResult,
)
from modelsweb.web.site import RequestContext

_ROOTS = {kind.full_name: kind for kind in ROOTS}
_NOT_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What JSON has as it is, and YAML takes for a line end or for nothing."""
_FINE = {State.PENDING, State.DONE, State.UNCHANGED, State.NOT_COMPARED}


class ManifestQuery(WriteQuery, frozen=True, kw_only=True):
    """How a text is sent."""

    despite_concerns: Annotated[
        bool, Meta(description="Create it although the checks say that it will not work.")
    ] = False


async def stopped(context: RequestContext, query: DeleteQuery) -> Response:
    """Asks KServe to stop an object. Raises as it is refused."""
    return await _stop(context, query, is_stopped=True)


async def started(context: RequestContext, query: DeleteQuery) -> Response:
    """Asks KServe to start an object that was stopped. Raises as it is refused."""
    return await _stop(context, query, is_stopped=False)


async def _stop(context: RequestContext, query: DeleteQuery, *, is_stopped: bool) -> Response:
    kind = kind_in(context, STOPPABLE)
    outcome = await stop(
        context.site.operations,
        context.user,
        target=objects.target(context, kind, uid=query.uid),
        is_stopped=is_stopped,
        dry_run=query.dry_run,
    )
    return await _acted(context, outcome, kind=kind, dry_run=query.dry_run)


async def restarted(context: RequestContext, query: DeleteQuery) -> Response:
    """Has the pods of every component of an InferenceService made anew."""
    kind = kind_in(context, (INFERENCE_SERVICE.plural,))
    outcome = await restart(
        context.site.operations,
        context.user,
        target=objects.target(context, kind, uid=query.uid),
        at=context.now,
        dry_run=query.dry_run,
    )
    return await _acted(context, outcome, kind=kind, dry_run=query.dry_run)


async def _acted(context: RequestContext, outcome: Outcome, *, kind: Kind, dry_run: bool) -> Response:
    if outcome.problems:
        return problem.of_faults(problem.faults(outcome.problems))
    if not dry_run:
        await arrived(context, outcome.ref, kind=kind, uid=outcome.uid, version=outcome.version)
    result = ActionResult(
        kind=kind.kind,
        namespace=outcome.ref.namespace,
        name=outcome.ref.name,
        uid=outcome.uid,
        state=outcome.state,
        dry_run=dry_run,
    )
    return answers.of(context, result)


async def manifests(context: RequestContext, query: ManifestQuery) -> Response:
    """Creates what a text of YAML or JSON documents describes, in the namespace of the path: all are tried, then sent in order."""
    source = context.body
    if not isinstance(source, str) or context.request.headers.get("content-type", "").startswith(JSON):
        source = await context.site.rate_limit.aside(context.user, _source, source)
    request = CreateRequest(
        namespace=context.namespace,
        source=source,
        max_bytes=context.site.config.web.max_bytes,
        dry_run=query.dry_run,
        despite_concerns=query.despite_concerns,
    )
    outcome = await create(context.site.operations, context.user, request=request)
    made = [one for one in outcome.documents if one.state is State.DONE and one.ref.kind in _ROOTS]
    await asyncio.gather(
        *(
            arrived(context, one.ref, kind=_ROOTS[one.ref.kind], uid=one.uid, version=one.version)
            for one in made
        )
    )
    return _created(context, outcome, dry_run=query.dry_run)


def _created(context: RequestContext, outcome: TextOutcome, *, dry_run: bool) -> Response:
    found = problem.faults(outcome.problems)
    if found:
        return problem.of_faults(found)
    result = ManifestResult(
        documents=tuple(map(_document, outcome.documents)),
        concerns=tuple(map(_concern, outcome.concerns)),
        is_held_back=outcome.is_held_back,
        dry_run=dry_run,
    )
    if any(one.is_unavailable for one in outcome.documents):
        status = errors.UnavailableError.status
    elif (outcome.is_held_back and not dry_run) or any(one.state not in _FINE for one in outcome.documents):
        status = errors.InvalidError.status
    else:
        status = 200 if dry_run else 201
    return answers.of(context, result, status=status)


def _document(one: DocumentOutcome) -> DocumentResult:
    return DocumentResult(
        document=one.number,
        line=one.line,
        kind=one.kind,
        namespace=one.ref.namespace,
        name=one.ref.name,
        state=one.state,
        uid=one.uid,
        moved_from=one.moved_from,
        added=tuple(
            Difference(path=list(map(str, change.path)), before=change.before, after=change.after)
            for change in one.added
        ),
        faults=problem.faults(one.problems, document=one.number),
    )


def _concern(one: Concern) -> ConcernInfo:
    return ConcernInfo(
        check=one.id,
        severity=one.level.name.lower(),
        message=str(one.text),
        document=one.number,
        field=one.hit.field,
        line=one.line,
    )


def _source(value: Any) -> str:
    """JSON is YAML, but for some characters that are written as escapes: one object, or several in a list."""
    documents = value if isinstance(value, list) else [value]
    text = "\n---\n".join(msgspec.json.encode(one).decode() for one in documents)
    return _NOT_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
