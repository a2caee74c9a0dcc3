"""What KServe made for a service: by name, and by component in the mode that the service is in."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from modelsweb.kinds import (
    CLUSTER_SERVING_RUNTIME,
    CONFIGURATION,
    DEPLOYMENT,
    HORIZONTAL_POD_AUTOSCALER,
    KNATIVE_SERVICE,
    REVISION,
    ROUTE,
    SERVICE,
    SERVING_RUNTIME,
)
from modelsweb.objects.kind import Kind
from modelsweb.topology import pod, predictor
from modelsweb.web.api.upstream.envelope import answer, of_bytes
from modelsweb.web.api.upstream.services import component_of, of_mode
from modelsweb.web.site import RequestContext

Handler = Callable[[RequestContext], Awaitable[Response]]
BY_NAME: dict[str, tuple[Kind, str]] = {
    "knativeServices": (KNATIVE_SERVICE, "knativeService"),
    "configurations": (CONFIGURATION, "knativeConfiguration"),
    "revisions": (REVISION, "knativeRevision"),
    "routes": (ROUTE, "knativeRoute"),
    "deployments": (DEPLOYMENT, "deployment"),
    "services": (SERVICE, "service"),
    "hpas": (HORIZONTAL_POD_AUTOSCALER, "hpa"),
}
"""The segment of each kind in the address, with its key in the answer."""


def named(segment: str) -> Handler:
    """The handler of a kind's objects: one that belongs to a service, by its name."""
    kind, key = BY_NAME[segment]

    async def read(context: RequestContext) -> Response:
        raw = context.site.raw
        grant = await raw.authorize_object(context.user, kind, namespace=context.namespace, name=context.name)
        return of_bytes(context, key, raw=raw.item(grant).raw)

    return read


async def standard(context: RequestContext) -> Response:
    """Deployment, Service and autoscaler of a component, each None where there is none. Raises BadRequestError where the service is in
    another mode, and AccessDeniedError for who may not list one of these."""
    component = component_of(context)
    children = (await of_mode(context, "Standard")).children
    found: dict[str, object] = {}
    for key, kind in (
        ("deployment", DEPLOYMENT),
        ("service", SERVICE),
        ("hpa", HORIZONTAL_POD_AUTOSCALER),
    ):
        await context.site.authorization.require(context.user, kind, verb="list", namespace=context.namespace)
        own = [one for one in children.get(kind, ()) if pod.component(one) == component]
        usual = f"{context.name}-{component}"
        found[key] = next((one.raw for one in sorted(own, key=lambda one: one.name != usual)), None)
    return answer(context, standardDeploymentObjects=found)


async def model_mesh(context: RequestContext) -> Response:
    """What holds the model of a component: its state, the serving runtime, and the runtime's Deployment and Service, each None where it
    is not there. Raises as ``standard`` does."""
    component = component_of(context)
    service = (await of_mode(context, "ModelMesh")).service
    name = predictor.runtime(service)
    authorization, user, namespace = context.site.authorization, context.user, context.namespace
    await authorization.require(user, SERVING_RUNTIME, verb="list", namespace=namespace)
    runtimes = [
        *(await context.site.reader.listed(user, SERVING_RUNTIME, namespace=namespace) or ()),
        *(await context.site.reader.listed(user, CLUSTER_SERVING_RUNTIME, namespace="") or ()),
    ]
    made: dict[str, object] = {}
    for key, kind in (("deployment", DEPLOYMENT), ("service", SERVICE)):
        await authorization.require(user, kind, verb="get", namespace=namespace)
        one = await context.site.inventory.named(
            user, kind, namespace=namespace, name=f"modelmesh-serving-{name}"
        )
        made[key] = None if one is None else one.raw
    found = {
        "predictor": service.mapping("status", "components").get(component),
        "servingRuntime": next((one.raw for one in runtimes if name and one.name == name), None),
        **made,
    }
    return answer(context, modelmeshObjects=found)
