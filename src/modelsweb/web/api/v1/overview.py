"""What there is to ask about: kinds and namespaces."""

from starlette.responses import Response

from modelsweb.diagnosis.status import JUDGES
from modelsweb.kinds import ROOTS
from modelsweb.web.api.v1 import answers
from modelsweb.web.api.v1.operation import Query
from modelsweb.web.api.v1.place import CREATABLE, STOPPABLE, WITH_PODS
from modelsweb.web.api.v1.schemas import KindInfo, KindList, NamespaceList
from modelsweb.web.site import RequestContext


async def kinds(context: RequestContext, query: Query) -> Response:
    """The root kinds that the cluster has."""
    served = set(context.site.reader.kinds)
    found = [
        KindInfo(
            kind=kind.kind,
            api_version=kind.api_version,
            plural=kind.plural,
            namespaced=kind.namespaced,
            is_judged=kind in JUDGES,
            has_pods=kind.plural in WITH_PODS,
            can_be_created=kind.plural in CREATABLE,
            can_be_stopped=kind.plural in STOPPABLE,
        )
        for kind in ROOTS
        if kind in served
    ]
    return answers.of(context, KindList(items=found))


async def namespaces(context: RequestContext, query: Query) -> Response:
    """Those in which the user may do something. Raises AccessDeniedError where there are none."""
    names = await context.site.authorization.namespaces(context.user)
    return answers.of(context, NamespaceList(items=list(names)))
