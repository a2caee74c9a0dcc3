"""Which serving runtime KServe would choose."""

from typing import Annotated, Literal

from msgspec import Meta
from starlette.responses import Response

from modelsweb.kinds import CLUSTER_SERVING_RUNTIME, SERVING_RUNTIME
from modelsweb.objects.freshness import worst
from modelsweb.viewmodels.runtimes import RuntimeQuestion, RuntimeRow, Runtimes
from modelsweb.web import runtime_choice
from modelsweb.web.api.v1 import answers
from modelsweb.web.api.v1.operation import Query, wrong
from modelsweb.web.api.v1.schemas import RuntimeCandidate, RuntimeChoice
from modelsweb.web.site import RequestContext

_KINDS = {kind.plural: kind.kind for kind in (SERVING_RUNTIME, CLUSTER_SERVING_RUNTIME)}
_NAME = Meta(max_length=63)


class RuntimeQuery(Query, frozen=True, kw_only=True):
    """What a model asks for."""

    format: Annotated[str, _NAME, Meta(description="Such as sklearn; or name a service.")] = ""
    version: Annotated[str, _NAME, Meta(description="Of the format.")] = ""
    protocol: Annotated[
        Literal["", "v1", "v2", "grpc-v1", "grpc-v2"], Meta(description="Not given it is v1.")
    ] = ""
    mode: Annotated[
        Literal["", "Standard", "Knative", "ModelMesh"], Meta(description="The deployment mode.")
    ] = ""
    workers: Annotated[bool, Meta(description="On several nodes.")] = False
    service: Annotated[str, Meta(max_length=253, description="The InferenceService that asks.")] = ""


async def choice(context: RequestContext, query: RuntimeQuery) -> Response:
    """The choice and why. Raises AccessDeniedError for who may not list the namespace's runtimes."""
    if not query.format and not query.service:
        raise wrong("format", "name a format, or a service.")
    question = RuntimeQuestion(
        format=query.format,
        version=query.version,
        protocol=query.protocol,
        mode=query.mode,
        has_workers=query.workers,
        service=query.service,
    )
    audience = await runtime_choice.admit_question(context, question)
    async with context.site.rate_limit.turn(context.user):
        health = worst(context.site.raw.health(grant) for grant in audience.grants)
        return answers.of(context, _of_page(runtime_choice.build(context.site, audience)), health=health)


def _of_page(page: Runtimes) -> RuntimeChoice:
    candidates = [_candidate(one) for one in page.rows]
    return RuntimeChoice(
        answer=str(page.answer) if page.answer is not None else "",
        chosen=next((one for one in candidates if one.is_chosen), None),
        comparison=str(page.comparison) if page.comparison is not None else "",
        hint=str(page.hint) if page.hint is not None else "",
        candidates=candidates,
        formats=list(page.formats),
        notes=tuple(map(str, page.notes)),
    )


def _candidate(row: RuntimeRow) -> RuntimeCandidate:
    return RuntimeCandidate(
        kind=_KINDS[row.plural],
        namespace=row.namespace,
        name=row.name,
        is_chosen=row.is_chosen,
        reason=row.reason,
        result=str(row.result),
    )
