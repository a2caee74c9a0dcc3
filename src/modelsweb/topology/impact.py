"""What stopping or deleting a service does beyond itself: pods that end, devices that become free, objects that lean on it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from modelsweb.objects.obj import Obj
from modelsweb.topology.demand import devices_of_pod
from modelsweb.topology.dependents import Dependent, dependents
from modelsweb.topology.service_snapshot import ServiceSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """``pods`` is None where they could not be read, ``leaning`` where graphs or trained models could not. ``devices`` are counted
    by the names of their resources, over all pods."""

    pods: int | None
    devices: Mapping[str, int] = field(default_factory=dict, hash=False)
    leaning: tuple[Dependent, ...] | None = ()


def impact(
    snapshot: ServiceSnapshot, *, graphs: Iterable[Obj] | None, models: Iterable[Obj] | None
) -> Impact:
    """What goes with a service; of pods that it shares with others, none."""
    devices: Counter[str] = Counter()
    for pod in snapshot.own_pods:
        devices += devices_of_pod(pod)
    known = graphs is not None and models is not None
    return Impact(
        pods=len(snapshot.own_pods) if snapshot.is_read else None,
        devices=dict(devices),
        leaning=dependents(snapshot.service.name, graphs or (), models=models or ()) if known else None,
    )
