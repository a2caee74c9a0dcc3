"""What stopping or deleting services does beyond themselves, as far as the user may see it."""

import asyncio
from collections.abc import Iterable, Mapping

from modelsweb import errors
from modelsweb.kinds import (
    INFERENCE_GRAPH,
    INFERENCE_SERVICE,
    LLM_INFERENCE_SERVICE,
    SERVING_RUNTIME,
    TRAINED_MODEL,
)
from modelsweb.metrics.sparklines import Sparkline
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.topology.dependents import Dependent, members_of_group, users_of_runtime
from modelsweb.topology.impact import Impact, impact, impact_of_root
from modelsweb.topology.service_snapshot import service_snapshot
from modelsweb.web.site import RequestContext

Place = tuple[str, str]
_MAX_SHOWN = 50
"""Each is a snapshot; of more services the rest is not looked into."""
_LONGEST = 2.0
"""Seconds that a question waits for a number which is only good to know."""
_MAX_NAMESPACES = 5
"""In each of them some twenty rights are reviewed, whatever the number of services."""


async def impact_of(context: RequestContext, *, namespace: str, name: str) -> Impact | None:
    """None where the service itself cannot be seen."""
    return (await impacts_of(context, [(namespace, name)])).get((namespace, name))


async def impacts_of(context: RequestContext, services: Iterable[Place]) -> Mapping[Place, Impact]:
    """By namespace and name, of the first that are given; those that cannot be seen are left out."""
    asked = await _looked_into(context, list(services))
    sparklines, leaning = await asyncio.gather(
        _sparklines(context, asked), _leaning(context, {namespace for namespace, _ in asked})
    )
    impacts: dict[Place, Impact] = {}
    for namespace, name in asked:
        try:
            grant = await context.site.reader.authorize_object(
                context.user, INFERENCE_SERVICE, namespace=namespace, name=name
            )
            seen = context.site.reader.snapshot(grant)
        except errors.ModelswebError:
            continue
        graphs, models = leaning[namespace]
        sparkline = sparklines.get((namespace, name))
        impacts[namespace, name] = impact(
            service_snapshot(seen.root, seen.members, gaps=seen.gaps),
            graphs=graphs,
            models=models,
            requests=sparkline.in_the_hour if sparkline is not None else None,
        )
    return impacts


async def _looked_into(context: RequestContext, services: list[Place]) -> list[Place]:
    """Of several those whose namespace the user may read as a whole: none is asked about by its name."""
    if len(services) < 2:
        return services
    namespaces = sorted({namespace for namespace, _ in services})[:_MAX_NAMESPACES]
    may = await asyncio.gather(
        *(
            context.site.authorization.allows(
                context.user, INFERENCE_SERVICE, verb="get", namespace=namespace
            )
            for namespace in namespaces
        )
    )
    readable = {namespace for namespace, allowed in zip(namespaces, may, strict=True) if allowed}
    return [place for place in services if place[0] in readable][:_MAX_SHOWN]


async def _sparklines(context: RequestContext, services: Iterable[Place]) -> Mapping[Place, Sparkline]:
    """Requests of the last hour; none where nothing measures them, or where that does not answer."""
    metrics = context.site.metrics
    if not metrics.is_there:
        return {}
    try:
        async with asyncio.timeout(_LONGEST):
            return await metrics.sparklines(context.user, services) or {}
    except TimeoutError:
        return {}


_Found = tuple[Obj, ...] | None


async def _leaning(context: RequestContext, namespaces: Iterable[str]) -> Mapping[str, tuple[_Found, _Found]]:
    """Graphs and trained models, by namespace."""
    by_namespace: dict[str, tuple[_Found, _Found]] = {}
    for namespace in namespaces:
        graphs, models = await asyncio.gather(
            *(
                context.site.reader.listed(context.user, kind, namespace=namespace)
                for kind in (INFERENCE_GRAPH, TRAINED_MODEL)
            )
        )
        by_namespace[namespace] = graphs, models
    return by_namespace


async def impact_of_object(context: RequestContext, kind: Kind) -> Impact:
    """Of an object of another kind that the URL names. Raises AccessDeniedError, NotFoundError."""
    reader, namespace = context.site.reader, context.namespace
    grant = await reader.authorize_object(context.user, kind, namespace=namespace, name=context.name)
    seen = reader.snapshot(grant)
    leaning: tuple[Dependent, ...] | None = ()
    if kind is LLM_INFERENCE_SERVICE:
        leaning = members_of_group(seen.root)
    elif kind is SERVING_RUNTIME:
        services = await reader.listed(context.user, INFERENCE_SERVICE, namespace=namespace)
        leaning = None if services is None else users_of_runtime(seen.root.name, services)
    return impact_of_root(service_snapshot(seen.root, seen.members, gaps=seen.gaps), leaning=leaning)
