"""The InferenceService of an address with what belongs to it, as these routes need it."""

from modelsweb import errors
from modelsweb.kinds import INFERENCE_SERVICE, POD
from modelsweb.objects.obj import Obj
from modelsweb.topology import pod as pods
from modelsweb.topology import predictor
from modelsweb.topology.service_snapshot import ServiceSnapshot, snapshot_of
from modelsweb.web.site import RequestContext

_SERVING = "kserve-container"


async def seen(context: RequestContext) -> ServiceSnapshot:
    """As far as the user may see it. Raises AccessDeniedError, and NotFoundError for one that went, too."""
    reader = context.site.reader
    grant = await reader.authorize_object(
        context.user, INFERENCE_SERVICE, namespace=context.namespace, name=context.name
    )
    found = reader.snapshot(grant)
    if found.gone is not None:
        raise errors.NotFoundError(f'{INFERENCE_SERVICE.full_name} "{context.name}" not found')
    return snapshot_of(found)


async def of_mode(context: RequestContext, wanted: str) -> ServiceSnapshot:
    """The same. Raises BadRequestError where it is known to be in another mode."""
    snapshot = await seen(context)
    mode = predictor.mode(snapshot.service)
    if mode and mode != wanted:
        raise errors.BadRequestError(f"{context.name} is in {mode} mode, not in {wanted} mode.")
    return snapshot


def component_of(context: RequestContext) -> str:
    """The component that the address names. Raises NotFoundError."""
    component = str(context.request.path_params["component"])
    if component not in predictor.COMPONENTS:
        known = ", ".join(predictor.COMPONENTS)
        raise errors.NotFoundError(f"{component[:80]!r} is no component; a service has {known}.")
    return component


async def pods_of(context: RequestContext, snapshot: ServiceSnapshot, *, component: str) -> tuple[Obj, ...]:
    """The pods of a component, in any mode: those that count first, the newest first. Raises AccessDeniedError for who may not list
    pods."""
    await context.site.authorization.require(context.user, POD, verb="list", namespace=context.namespace)
    every = (*snapshot.pods, *snapshot.over, *snapshot.leaving)
    return tuple(one for one in every if pods.component(one) == component)


async def newest_pod(context: RequestContext, snapshot: ServiceSnapshot, *, component: str) -> Obj:
    """The first of them. Raises NotFoundError where there is none."""
    found = await pods_of(context, snapshot, component=component)
    if not found:
        raise errors.NotFoundError(f"The {component} of {context.name} has no pod.")
    return found[0]


def containers_of(pod: Obj) -> tuple[str, ...]:
    """The names of its containers, init containers first, but the one that serves before all."""
    names = [
        str(one["name"])
        for field in ("initContainers", "containers")
        for one in pod.items("spec", field)
        if one.get("name")
    ]
    return tuple(sorted(names, key=lambda name: name != _SERVING))
