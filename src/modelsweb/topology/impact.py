"""What stopping or deleting a service does beyond itself: pods that end, what becomes free, who calls it, what leans on it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from modelsweb.objects.obj import Obj
from modelsweb.objects.quantity import written
from modelsweb.topology.demand import devices, devices_of_pod, resources_of_pod
from modelsweb.topology.dependents import Dependent, dependents
from modelsweb.topology.service_snapshot import ServiceSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """``pods`` is None where they could not be read, ``leaning`` where graphs or trained models could not, ``requests``, those of
    the last hour, where no metrics tell. ``devices`` are counted by the names of their resources, over all pods, and
    ``of_one`` are those of one replica; ``cpu`` and ``memory`` (bytes) are what the pods have reserved."""

    pods: int | None
    cpu: float = 0.0
    memory: float = 0.0
    devices: Mapping[str, int] = field(default_factory=dict, hash=False)
    of_one: Mapping[str, int] = field(default_factory=dict, hash=False)
    leaning: tuple[Dependent, ...] | None = ()
    requests: int | None = None

    @property
    def cpu_written(self) -> str:
        """The CPUs as people write them; empty where none are reserved."""
        return written(self.cpu) if self.cpu else ""

    @property
    def memory_written(self) -> str:
        """The memory as people write it; empty where none is reserved."""
        return written(self.memory, is_bytes=True) if self.memory else ""

    @property
    def is_harmless(self) -> bool:
        """Nobody called it in the last hour, and nothing leans on it, as far as all of that is known."""
        return self.requests == 0 and self.leaning == ()


def impact(
    snapshot: ServiceSnapshot,
    *,
    graphs: Iterable[Obj] | None,
    models: Iterable[Obj] | None,
    requests: int | None = None,
) -> Impact:
    """What goes with a service; of pods that it shares with others, none."""
    known = graphs is not None and models is not None
    leaning = dependents(snapshot.service.name, graphs or (), models=models or ()) if known else None
    return replace(impact_of_root(snapshot, leaning=leaning), of_one=devices(snapshot), requests=requests)


def impact_of_root(snapshot: ServiceSnapshot, *, leaning: tuple[Dependent, ...] | None) -> Impact:
    """The same of a root object of any kind; what leans on it is given, None where that could not be read."""
    pods = snapshot.own_pods
    held: Counter[str] = Counter()
    for pod in pods:
        held += devices_of_pod(pod)
    reserved = [resources_of_pod(pod) for pod in pods]
    return Impact(
        pods=len(pods) if snapshot.is_read else None,
        cpu=sum(one["cpu"] for one in reserved),
        memory=sum(one["memory"] for one in reserved),
        devices=dict(held),
        leaning=leaning,
    )
