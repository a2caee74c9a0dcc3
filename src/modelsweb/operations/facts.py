"""What is known of the cluster when a text is checked, as far as the user may see it."""

import asyncio
from collections.abc import Awaitable, Iterable

from modelsweb import errors
from modelsweb.gateway.access import User
from modelsweb.kinds import (
    CLUSTER_SERVING_RUNTIME,
    CONFIG_MAP,
    INFERENCE_SERVICE,
    LLM_INFERENCE_SERVICE,
    LLM_INFERENCE_SERVICE_CONFIG,
    NODE,
    PERSISTENT_VOLUME_CLAIM,
    RESOURCE_QUOTA,
    SERVICE_ACCOUNT,
    SERVING_RUNTIME,
    STORAGE_CLASS,
)
from modelsweb.manifests.capacity import devices_used, hosts_of_devices
from modelsweb.manifests.check import Facts
from modelsweb.manifests.schema import GroupVersionKind, fields
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.operations.gateway import Gateway
from modelsweb.topology.kserve_settings import SETTINGS, default_mode

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
    asked = _facts(gateway, user, namespace=namespace, kinds=frozenset(kinds), live=live)
    return await _or_less(asked, Facts(namespace=namespace, live=live))


async def account_facts(gateway: Gateway, user: User, *, namespace: str) -> Facts:
    """The accounts and the Secrets alone."""
    return await _or_less(_accounts(gateway, user, namespace=namespace), Facts(namespace=namespace))


async def device_facts(gateway: Gateway, user: User) -> Facts:
    """The nodes, and the devices of theirs that pods hold, alone."""
    return await _or_less(_devices(gateway, user), Facts())


async def _or_less(asked: Awaitable[Facts], less: Facts) -> Facts:
    """Checks say less where the cluster does not answer; the text must not be lost for that."""
    try:
        return await asked
    except errors.ModelswebError:
        return less


async def runtimes_of(gateway: Gateway, user: User, *, namespace: str) -> tuple[Obj, ...] | None:
    """The namespace's own serving runtimes, then those of the cluster; None where the user may not list both."""
    own, of_cluster = await asyncio.gather(
        *(
            gateway.reader.listed(user, kind, namespace=namespace)
            for kind in (SERVING_RUNTIME, CLUSTER_SERVING_RUNTIME)
        )
    )
    return None if own is None or of_cluster is None else (*own, *of_cluster)


async def _facts(
    gateway: Gateway, user: User, *, namespace: str, kinds: frozenset[str], live: Obj | None
) -> Facts:

    async def watched(kind: Kind, *, is_needed: bool) -> tuple[Obj, ...] | None:
        return await gateway.reader.listed(user, kind, namespace=namespace) if is_needed else None

    is_llm = LLM_INFERENCE_SERVICE.kind in kinds
    (
        (runtimes, services, llm_services),
        (claims, classes, quotas, place),
        (spec_fields, configs, default),
        of_accounts,
        of_devices,
    ) = await asyncio.gather(
        asyncio.gather(
            runtimes_of(gateway, user, namespace=namespace),
            watched(INFERENCE_SERVICE, is_needed=bool(kinds & _LEAN_ON_SERVICES)),
            watched(LLM_INFERENCE_SERVICE, is_needed=is_llm),
        ),
        asyncio.gather(
            gateway.inventory.listed(user, PERSISTENT_VOLUME_CLAIM, namespace=namespace),
            gateway.inventory.listed(user, STORAGE_CLASS, namespace=""),
            gateway.inventory.listed(user, RESOURCE_QUOTA, namespace=namespace),
            gateway.reader.place(user, namespace),
        ),
        asyncio.gather(
            _spec_fields(gateway, user, kind=LLM_INFERENCE_SERVICE if is_llm else INFERENCE_SERVICE),
            _configs(gateway, user, namespace=namespace, is_needed=is_llm),
            _default_mode(gateway, user),
        ),
        _accounts(gateway, user, namespace=namespace),
        _devices(gateway, user),
    )
    return Facts(
        namespace=namespace,
        runtimes=runtimes,
        services=services,
        llm_services=llm_services,
        accounts=of_accounts.accounts,
        secrets=of_accounts.secrets,
        claims=claims,
        storage_classes=classes,
        quotas=quotas,
        nodes=of_devices.nodes,
        devices_used=of_devices.devices_used,
        place=place,
        configs=configs,
        default_mode=default,
        sizes=gateway.sizes,
        live=live,
        spec_fields=spec_fields,
        served=gateway.reader.served,
    )


async def _configs(
    gateway: Gateway, user: User, *, namespace: str, is_needed: bool
) -> tuple[Obj, ...] | None:
    """KServe looks for what baseRefs name in the service's namespace first, then in its own."""
    if not is_needed:
        return None
    own, of_kserve = await asyncio.gather(
        *(
            gateway.inventory.listed(user, LLM_INFERENCE_SERVICE_CONFIG, namespace=place)
            for place in (namespace, gateway.kserve_namespace)
        )
    )
    return None if own is None or of_kserve is None else (*own, *of_kserve)


async def _default_mode(gateway: Gateway, user: User) -> str:
    settings = await gateway.inventory.named(
        user, CONFIG_MAP, namespace=gateway.kserve_namespace, name=SETTINGS
    )
    return default_mode(settings) if settings else ""


async def _accounts(gateway: Gateway, user: User, *, namespace: str) -> Facts:
    accounts, secrets = await asyncio.gather(
        gateway.inventory.listed(user, SERVICE_ACCOUNT, namespace=namespace),
        gateway.inventory.secrets(user, namespace=namespace),
    )
    return Facts(namespace=namespace, accounts=accounts, secrets=secrets)


async def _devices(gateway: Gateway, user: User) -> Facts:
    nodes = await gateway.inventory.listed(user, NODE, namespace="")
    hosts = hosts_of_devices(nodes or ())
    pods = await gateway.inventory.pods_of(user, hosts) if hosts else ()
    return Facts(nodes=nodes, devices_used=None if pods is None else devices_used(pods))


async def _spec_fields(gateway: Gateway, user: User, *, kind: Kind) -> frozenset[str] | None:
    """A field that a later KServe brought is offered where the cluster has it."""
    group, version = kind.group, kind.version
    document = await gateway.schemas.document(user, group, version=version)
    wanted = GroupVersionKind(group, version, kind.kind)
    found = fields(document, wanted, path=("spec",)) if document is not None else None
    return frozenset(one.name for one in found) if found else None
