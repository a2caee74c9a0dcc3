"""What a path names: a kind that the cluster has, and an object of it."""

from collections.abc import Callable

from starlette.responses import Response

from modelsweb import errors
from modelsweb.diagnosis import finding as diagnosed
from modelsweb.diagnosis.status import JUDGES
from modelsweb.gateway.reader import ObjectGrant
from modelsweb.kinds import INFERENCE_SERVICE, ROOTS
from modelsweb.objects.freshness import Gap
from modelsweb.objects.kind import Kind, is_name
from modelsweb.objects.ref import ObjectRef
from modelsweb.viewmodels.components import object_head
from modelsweb.viewmodels.components.judged import JudgedObject, judged_object
from modelsweb.web.api.v1 import answers
from modelsweb.web.api.v1.operation import wrong
from modelsweb.web.site import RequestContext

_LONGEST = 80
_MAX_NAMESPACES = 50
_ARRIVAL_SECONDS = 3.0
NAMESPACED = tuple(kind.plural for kind in ROOTS if kind.namespaced)
OF_CLUSTER = tuple(kind.plural for kind in ROOTS if not kind.namespaced)
CREATABLE = tuple(kind.plural for kind in ROOTS if kind.namespaced and kind.creatable)
WITH_PODS = tuple(kind.plural for kind in diagnosed.WITH_PODS)
STOPPABLE = (INFERENCE_SERVICE.plural, *(kind.plural for kind in object_head.STOPPABLE))
JUDGED = tuple(kind.plural for kind in JUDGES)
PLURAL = {kind.plural: kind for kind in ROOTS}


def kind_of(context: RequestContext) -> Kind:
    """The kind in the path. Raises NotFoundError for one that this app does not show, or the cluster does not have."""
    plural = str(context.request.path_params["plural"])
    kind = PLURAL.get(plural)
    if kind is None:
        known = ", ".join(PLURAL)
        raise errors.NotFoundError(f"There is no {plural[:_LONGEST]!r} here; there are {known}.")
    params = context.request.path_params
    if kind.namespaced and "name" in params and not context.namespace:
        raise errors.NotFoundError(f"{kind.full_name} are of namespaces: name one in the path.")
    if not kind.namespaced and context.namespace:
        raise errors.NotFoundError(f"{kind.full_name} are of the whole cluster, of no namespace.")
    if kind is not INFERENCE_SERVICE and kind not in context.site.reader.kinds:
        raise errors.NotFoundError(f"This cluster has no {kind.full_name}.")
    return kind


def kind_in(context: RequestContext, kinds: tuple[str, ...]) -> Kind:
    """The same, where it is one of these. Raises NotFoundError."""
    kind = kind_of(context)
    if kind.plural not in kinds:
        raise errors.NotFoundError(f"{kind.full_name}: this is for {', '.join(kinds)}.")
    return kind


def namespaces_of(given: str, kind: Kind) -> tuple[str, ...] | None:
    """Those that a parameter names, separated by commas; None for all. Raises BadRequestError."""
    if not given:
        return None
    if not kind.namespaced:
        raise wrong("namespaces", f"{kind.full_name} are of the whole cluster.")
    names = tuple(sorted(set(given.split(","))))
    if len(names) > _MAX_NAMESPACES:
        raise wrong("namespaces", f"{len(names)} are named; name {_MAX_NAMESPACES} at most, or none for all.")
    for name in names:
        if not is_name(name):
            raise wrong("namespaces", f"{name[:_LONGEST]!r} is not the name of a namespace.")
    return names


async def admitted(context: RequestContext, kind: Kind) -> ObjectGrant:
    """The right to the object in the path, and to what belongs to it. Raises AccessDeniedError."""
    return await context.site.reader.authorize_object(
        context.user, kind, namespace=context.namespace, name=context.name
    )


async def judged(context: RequestContext, kind: Kind) -> JudgedObject:
    """The object in the path with all that the user may see of it, judged. Raises AccessDeniedError, NotFoundError."""
    grant = await admitted(context, kind)
    async with context.site.rate_limit.turn(context.user):
        return _judged(context, grant)


async def told(
    context: RequestContext,
    kind: Kind,
    *,
    make: Callable[[JudgedObject], object],
    all_events: bool = False,
) -> Response:
    """The answer that is made of it; the user pays for the making too. Raises as ``judged`` does."""
    grant = await admitted(context, kind)
    async with context.site.rate_limit.turn(context.user):
        seen = _judged(context, grant, all_events=all_events)
        return answers.of(context, make(seen), health=seen.seen.health)


def _judged(context: RequestContext, grant: ObjectGrant, *, all_events: bool = False) -> JudgedObject:
    site = context.site
    return judged_object(site.reader.snapshot(grant, all_events=all_events), reported=site.reports.newest)


async def arrived(context: RequestContext, ref: ObjectRef, *, kind: Kind, uid: str, version: str) -> None:
    """Returns once what was written can be read here too, or after a moment: who asks for its verdict next must not be told of the one
    before."""
    await context.site.reader.comes(
        context.user,
        kind,
        namespace=ref.namespace,
        name=ref.name,
        uid=uid,
        version=version,
        seconds=_ARRIVAL_SECONDS,
    )


def unreadable(seen: JudgedObject) -> tuple[str, ...]:
    """The resources of which nothing could be read, by their full names; what the cluster does not have is none."""
    return tuple(sorted(kind.full_name for kind, gap in seen.seen.gaps.items() if gap is not Gap.ABSENT))
