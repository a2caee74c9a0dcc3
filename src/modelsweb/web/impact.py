"""What stopping or deleting objects does beyond themselves, as far as the user may see it."""

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
from modelsweb.objects.obj import Obj
from modelsweb.objects.ref import ObjectRef
from modelsweb.operations.action import Target
from modelsweb.topology.dependents import Dependent, members_of_group, users_of_runtime
from modelsweb.topology.impact import Impact, impact, impact_of_root
from modelsweb.topology.service_snapshot import ServiceSnapshot, snapshot_of
from modelsweb.web.site import RequestContext

_MAX_SHOWN = 50
"""Each is a snapshot; of more services the rest is not looked into."""
_LONGEST = 2.0
"""Seconds that a question waits for a number which is only good to know."""
_MAX_NAMESPACES = 5
"""In each of them some twenty rights are reviewed, whatever the number of services."""


async def impact_of(context: RequestContext, target: Target) -> Impact | None:
    """None where the object itself cannot be seen."""
    return (await impacts_of(context, [target])).get(target.ref)


async def impacts_of(context: RequestContext, targets: Iterable[Target]) -> Mapping[ObjectRef, Impact]:
    """Of the first that are given; those that cannot be seen are left out."""
    asked = await _looked_into(context, list(targets))
    services = [one for one in asked if one.kind is INFERENCE_SERVICE]
    sparklines, leaning = await asyncio.gather(
        _sparklines(context, services), _leaning(context, {one.namespace for one in services})
    )
    impacts: dict[ObjectRef, Impact] = {}
    for one in asked:
        try:
            if one.kind is not INFERENCE_SERVICE:
                impacts[one.ref] = await impact_of_object(context, one)
                continue
            snapshot = await _snapshot(context, one)
        except errors.ModelswebError:
            continue
        graphs, models = leaning[one.namespace]
        sparkline = sparklines.get((one.namespace, one.name))
        impacts[one.ref] = impact(
            snapshot,
            graphs=graphs,
            models=models,
            requests=sparkline.in_the_hour if sparkline is not None else None,
        )
    return impacts


async def _snapshot(context: RequestContext, target: Target) -> ServiceSnapshot:
    reader = context.site.reader
    grant = await reader.authorize_object(
        context.user, target.kind, namespace=target.namespace, name=target.name
    )
    return snapshot_of(reader.snapshot(grant))


async def _looked_into(context: RequestContext, targets: list[Target]) -> list[Target]:
    """Of several those whose namespace the user may read as a whole: none is asked about by its name."""
    if len(targets) < 2:
        return targets
    places = sorted(
        {(one.namespace, one.kind) for one in targets}, key=lambda place: (place[0], place[1].plural)
    )
    places = places[:_MAX_NAMESPACES]
    may = await asyncio.gather(
        *(
            context.site.authorization.allows(context.user, kind, verb="get", namespace=namespace)
            for namespace, kind in places
        )
    )
    readable = {place for place, allowed in zip(places, may, strict=True) if allowed}
    return [one for one in targets if (one.namespace, one.kind) in readable][:_MAX_SHOWN]


async def _sparklines(
    context: RequestContext, services: Iterable[Target]
) -> Mapping[tuple[str, str], Sparkline]:
    """Requests of the last hour; none where nothing measures them, or where that does not answer."""
    metrics = context.site.metrics
    if not metrics.is_there:
        return {}
    try:
        async with asyncio.timeout(_LONGEST):
            places = ((one.namespace, one.name) for one in services)
            return await metrics.sparklines(context.user, places) or {}
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


async def impact_of_object(context: RequestContext, target: Target) -> Impact:
    """Of an object of any kind but services. Raises AccessDeniedError, NotFoundError."""
    snapshot = await _snapshot(context, target)
    leaning: tuple[Dependent, ...] | None = ()
    if target.kind is LLM_INFERENCE_SERVICE:
        leaning = members_of_group(snapshot.service)
    elif target.kind is SERVING_RUNTIME:
        services = await context.site.reader.listed(
            context.user, INFERENCE_SERVICE, namespace=target.namespace
        )
        leaning = None if services is None else users_of_runtime(target.name, services)
    return impact_of_root(snapshot, leaning=leaning)
