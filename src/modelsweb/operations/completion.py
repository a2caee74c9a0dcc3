"""What can stand at a place of a text: the fields that the cluster's schema has there, and the values that this cluster offers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from modelsweb import errors
from modelsweb.gateway.access import User
from modelsweb.kinds import INFERENCE_SERVICE, KINDS
from modelsweb.manifests.check import Facts
from modelsweb.manifests.schema import GroupVersionKind, SchemaField, fields
from modelsweb.manifests.service_document import AUTOSCALER, MODE, MODEL, Path
from modelsweb.operations.facts import runtimes_of
from modelsweb.operations.gateway import Gateway
from modelsweb.topology.runtime_selection import PROTOCOLS
from modelsweb.topology.stop import STOP
from modelsweb.topology.wanted_runtime import formats

_VERSION = re.compile(r"v[0-9][0-9a-z]{0,20}")
_ANNOTATIONS: Mapping[str, tuple[str, ...]] = {
    str(AUTOSCALER[-1]): ("hpa", "keda", "external", "none"),
    str(MODE[-1]): ("Standard", "Knative"),
    STOP: ('"true"',),
    "prometheus.io/scrape": ('"true"',),
}
"""Those that KServe reads and people write."""
_OFFERED: Mapping[Path, Callable[[Facts], tuple[str, ...]]] = {
    (*MODEL, "modelFormat", "name"): lambda known: tuple(sorted(formats(known.runtimes or ()))),
    (*MODEL, "runtime"): lambda known: tuple(sorted({one.name for one in known.runtimes or ()})),
    (*MODEL, "protocolVersion"): lambda _: PROTOCOLS,
}
"""Values that no schema knows, by their place in an InferenceService."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in a document: what it is of, as its text says, and the keys that lead there; lists are passed through."""

    api_version: str
    kind: str
    path: tuple[str, ...]


async def completion(
    gateway: Gateway, user: User, *, namespace: str, place: Place
) -> tuple[SchemaField, ...] | None:
    """The fields of a place; None where the cluster tells nothing of it. Raises UnavailableError."""
    group, _, version = place.api_version.rpartition("/")
    is_ours = any(one.creatable and (one.group, one.kind) == (group, place.kind) for one in KINDS)
    if not is_ours or not _VERSION.fullmatch(version):
        return None
    try:
        document = await gateway.schemas.document(user, group, version=version)
    except errors.ForbiddenError:
        return None
    if document is None:
        return None
    wanted = GroupVersionKind(group, version, place.kind)
    offered = fields(document, wanted, path=place.path)
    if offered is None:
        return None
    if place.path == ("metadata", "annotations"):
        return tuple(
            SchemaField(name=name, type="string", description="", is_required=False, values=values)
            for name, values in _ANNOTATIONS.items()
        )
    if place.kind != INFERENCE_SERVICE.kind or not any(path[:-1] == place.path for path in _OFFERED):
        return offered
    known = Facts(runtimes=await runtimes_of(gateway, user, namespace=namespace))
    return tuple(
        msgspec.structs.replace(one, values=_OFFERED[*place.path, one.name](known))
        if (*place.path, one.name) in _OFFERED
        else one
        for one in offered
    )
