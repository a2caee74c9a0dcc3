"""What KServe will make of a service that is not there yet: mode, runtime, protocol, components, and the objects of each.

Names and defaults: https://github.com/kserve/kserve/tree/master/pkg/controller/v1beta1/inferenceservice/components
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from modelsweb.objects.obj import Obj
from modelsweb.topology import predictor
from modelsweb.topology.component import WORKER, Component, components
from modelsweb.topology.runtime_selection import DEFAULT_PROTOCOL, select
from modelsweb.topology.service_snapshot import ServiceSnapshot
from modelsweb.topology.wanted_runtime import wanted

_OWN_SCALER = ("external", "none")


class Source(StrEnum):
    """Who says so."""

    TEXT = "text"
    CLUSTER = "cluster"
    """The cluster's settings."""
    KSERVE = "kserve"
    """What KServe does where nothing is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """``mode`` and ``runtime`` are empty where they cannot be told; ``objects`` are pairs of kind and name, none where the mode is
    not known."""

    mode: str
    mode_from: Source
    runtime: str
    runtime_from: Source
    protocol: str
    protocol_from: Source
    components: tuple[Component, ...]
    objects: tuple[tuple[str, str], ...]


def expected(service: Obj, runtimes: tuple[Obj, ...] | None, *, default_mode: str) -> Expected:
    """What becomes of an InferenceService as it is written."""
    asked = wanted(service)
    named = asked.runtime if asked is not None else ""
    chosen = select(runtimes, asked).chosen if asked is not None and runtimes is not None else None
    written = predictor.mode(service)
    mode = written or default_mode
    runtime = named or (chosen.name if chosen is not None else "")
    status = {"deploymentMode": mode, "servingRuntimeName": runtime}
    snapshot = ServiceSnapshot(service=Obj({**service.raw, "status": status}), runtimes=runtimes or ())
    found = components(snapshot)
    protocol = asked.protocol if asked is not None else ""
    return Expected(
        mode=mode,
        mode_from=Source.TEXT if written else Source.CLUSTER,
        runtime=runtime,
        runtime_from=Source.TEXT if named else Source.KSERVE,
        protocol=protocol or (DEFAULT_PROTOCOL if asked is not None else ""),
        protocol_from=Source.TEXT if protocol else Source.KSERVE,
        components=found,
        objects=tuple(_objects(service.name, found, mode=mode)),
    )


def _objects(name: str, found: Iterable[Component], *, mode: str) -> Iterator[tuple[str, str]]:
    for one in found:
        child = f"{name}-{one.name}"
        if mode == "Knative" and one.name != WORKER:
            yield "Knative Service", child
        elif mode == "Standard":
            yield "Deployment", child
            if one.name == WORKER:
                continue
            yield "Service", child
            by = one.scaling.by if one.scaling is not None else ""
            if by == "keda":
                yield "ScaledObject", child
            elif by not in _OWN_SCALER:
                yield "HorizontalPodAutoscaler", child
