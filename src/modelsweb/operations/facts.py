"""What is known of the cluster when a text is checked, as far as the user may see it."""

import asyncio
from collections.abc import Iterable

from modelsweb import errors
from modelsweb.gateway.access import User
from modelsweb.kinds import (
    CLUSTER_SERVING_RUNTIME,
    INFERENCE_SERVICE,
    LLM_INFERENCE_SERVICE,
    NODE,
    PERSISTENT_VOLUME_CLAIM,
    RESOURCE_QUOTA,
    SERVICE_ACCOUNT,
    SERVING_RUNTIME,
)
from modelsweb.manifests.capacity import devices_used, hosts_of_devices
from modelsweb.manifests.check import Facts
from modelsweb.manifests.schema import GroupVersionKind, fields
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.operations.gateway import Gateway

_LEAN_ON_SERVICES = {"InferenceGraph", "TrainedModel"}


async def facts(
    gateway: Gateway,
    user: User,
    *,
    namespace: str,
    kinds: Iterable[str] = (),
    live: Obj | None = None,
) -> Facts:
    """Runtimes, what services use, services where documents of these ``kinds`` lean on them, and the kinds that the cluster has.
    ``live`` is the object that is changed."""
    try:
        return await _asked(gateway, user, namespace=namespace, kinds=frozenset(kinds), live=live)
    except errors.ModelswebError:  # checks say less then; the text must not be lost for that
        return Facts(namespace=namespace, live=live)


async def runtimes_of(gateway: Gateway, user: User, *, namespace: str) -> tuple[Obj, ...] | None:
    """The namespace's own serving runtimes, then those of the cluster; None where the user may not list both."""
    own, of_cluster = await asyncio.gather(
        *(
            gateway.reader.listed(user, kind, namespace=namespace)
            for kind in (SERVING_RUNTIME, CLUSTER_SERVING_RUNTIME)
        )
    )
    return None if own is None or of_cluster is None else (*own, *of_cluster)


async def _asked(
    gateway: Gateway, user: User, *, namespace: str, kinds: frozenset[str], live: Obj | None
) -> Facts:

    async def watched(kind: Kind, *, is_needed: bool = True) -> tuple[Obj, ...] | None:
        return await gateway.reader.listed(user, kind, namespace=namespace) if is_needed else None

    async def used(kind: Kind) -> tuple[Obj, ...] | None:
        return await gateway.inventory.listed(user, kind, namespace=namespace)

    runtimes, services, llm_services = await asyncio.gather(
        runtimes_of(gateway, user, namespace=namespace),
        watched(INFERENCE_SERVICE, is_needed=bool(kinds & _LEAN_ON_SERVICES)),
        watched(LLM_INFERENCE_SERVICE, is_needed=LLM_INFERENCE_SERVICE.kind in kinds),
    )
    accounts, claims, quotas, nodes, secrets, place = await asyncio.gather(
        used(SERVICE_ACCOUNT),
        used(PERSISTENT_VOLUME_CLAIM),
        used(RESOURCE_QUOTA),
        used(NODE),
        gateway.inventory.secrets(user, namespace=namespace),
        gateway.reader.place(user, namespace),
    )
    is_llm = LLM_INFERENCE_SERVICE.kind in kinds
    spec_fields = await _spec_fields(
        gateway, user, kind=LLM_INFERENCE_SERVICE if is_llm else INFERENCE_SERVICE
    )
    hosts = hosts_of_devices(nodes or ())
    pods = await gateway.inventory.pods_of(user, hosts) if hosts else ()
    return Facts(
        namespace=namespace,
        runtimes=runtimes,
        services=services,
        llm_services=llm_services,
        accounts=accounts,
        claims=claims,
        quotas=quotas,
        nodes=nodes,
        devices_used=None if pods is None else devices_used(pods),
        secrets=secrets,
        place=place,
        live=live,
        spec_fields=spec_fields,
        served=gateway.reader.served,
    )


async def _spec_fields(gateway: Gateway, user: User, *, kind: Kind) -> frozenset[str] | None:
    """A field that a later KServe brought is offered where the cluster has it."""
    group, version = kind.group, kind.version
    document = await gateway.schemas.document(user, group, version=version)
    wanted = GroupVersionKind(group, version, kind.kind)
    found = fields(document, wanted, path=("spec",)) if document is not None else None
    return frozenset(one.name for one in found) if found else None
