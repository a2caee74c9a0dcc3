"""What is known of the cluster when a text is checked, as far as the user may see it."""

import asyncio
from collections.abc import Iterable

from modelsweb import errors
from modelsweb.gateway.access import User
from modelsweb.kinds import CLUSTER_SERVING_RUNTIME, INFERENCE_SERVICE, SERVING_RUNTIME
from modelsweb.manifests.check import Facts
from modelsweb.manifests.plan import Planned
from modelsweb.objects.obj import Obj
from modelsweb.operations.gateway import Gateway

_LEAN_ON_SERVICES = {"InferenceGraph", "TrainedModel"}


async def facts(gateway: Gateway, user: User, *, namespace: str, documents: Iterable[Planned]) -> Facts:
    """Runtimes, services where a document leans on them, and the kinds that the cluster has."""
    try:
        return await _asked(gateway, user, namespace=namespace, documents=documents)
    except errors.ModelswebError:  # checks say less then; the text must not be lost for that
        return Facts(namespace=namespace)


async def _asked(gateway: Gateway, user: User, *, namespace: str, documents: Iterable[Planned]) -> Facts:
    kinds = {document.kind.kind for document in documents}
    own, of_cluster = await asyncio.gather(
        gateway.reader.listed(user, SERVING_RUNTIME, namespace=namespace),
        gateway.reader.listed(user, CLUSTER_SERVING_RUNTIME, namespace=namespace),
    )
    services: tuple[Obj, ...] | None = None
    if kinds & _LEAN_ON_SERVICES:
        services = await gateway.reader.listed(user, INFERENCE_SERVICE, namespace=namespace)
    return Facts(
        namespace=namespace,
        runtimes=None if own is None or of_cluster is None else (*own, *of_cluster),
        services=services,
        served=gateway.reader.served,
    )
