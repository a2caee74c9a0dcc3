"""What stopping or deleting a service does beyond itself, as far as the user may see it."""

import asyncio

from modelsweb import errors
from modelsweb.kinds import INFERENCE_GRAPH, INFERENCE_SERVICE, TRAINED_MODEL
from modelsweb.topology.impact import Impact, impact
from modelsweb.topology.service_snapshot import service_snapshot
from modelsweb.web.site import RequestContext


async def impact_of(context: RequestContext, *, namespace: str, name: str) -> Impact | None:
    """None where the service itself cannot be seen."""
    reader = context.site.reader
    try:
        grant = await reader.authorize_object(context.user, INFERENCE_SERVICE, namespace=namespace, name=name)
        seen = reader.snapshot(grant)
    except errors.ModelswebError:
        return None
    graphs, models = await asyncio.gather(
        *(reader.listed(context.user, kind, namespace=namespace) for kind in (INFERENCE_GRAPH, TRAINED_MODEL))
    )
    snapshot = service_snapshot(seen.root, seen.members, gaps=seen.gaps)
    return impact(snapshot, graphs=graphs, models=models)
