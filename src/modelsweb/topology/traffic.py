"""How requests are split between versions."""

from dataclasses import dataclass

from modelsweb.objects.obj import Obj, dig
from modelsweb.topology import predictor
from modelsweb.topology.service_snapshot import ServiceSnapshot

ALL = 100
STABLE = "stable"


@dataclass(frozen=True, slots=True)
class Part:
    """A version of the predictor and its share of the requests, in percent."""

    revision: str
    percent: int
    is_latest: bool


def split(snapshot: ServiceSnapshot) -> tuple[Part, ...]:
    """The shares, the largest first; entries of one revision are added up. Empty where none is published.

    In Knative mode from the status of the predictor's route. In Standard mode the status only says what was asked for:
    an HTTPRoute splits, and where its objects were read and none does, all requests go to the stable version.
    """
    shares: dict[str, Part] = {}
    for entry in snapshot.service.items("status", "components", "predictor", "traffic"):
        percent, name = dig(entry, "percent"), dig(entry, "revisionName")
        if not isinstance(percent, int) or not isinstance(name, str) or percent <= 0:
            continue
        before = shares.get(name)
        is_latest = entry.get("latestRevision") is True or (before is not None and before.is_latest)
        shares[name] = Part(name, percent + (before.percent if before else 0), is_latest)
    if not shares:
        shares = _canaries(snapshot)
    return tuple(sorted(shares.values(), key=lambda part: (-part.percent, part.revision)))


def canaries(service: Obj) -> dict[str, int]:
    """The canaries of Standard mode by name, each with the share that was asked for, in percent."""
    found = {}
    for entry in service.items("status", "canaryStatuses"):
        percent, name = dig(entry, "trafficPercent"), dig(entry, "name")
        if isinstance(percent, int) and isinstance(name, str) and 0 < percent <= ALL:
            found[name] = percent
    return found


def idle_canaries(snapshot: ServiceSnapshot) -> tuple[str, ...]:
    """Canaries of Standard mode that run and get no request, since no HTTPRoute is there to split requests."""
    if snapshot.routes != () or predictor.mode(snapshot.service) == "Knative":
        return ()
    entries = snapshot.service.items("status", "canaryStatuses")
    ready = [dig(entry, "name") for entry in entries if entry.get("ready") is True]
    return tuple(name for name in canaries(snapshot.service) if name in ready)


def _canaries(snapshot: ServiceSnapshot) -> dict[str, Part]:
    asked = canaries(snapshot.service)
    if snapshot.routes is not None:
        weights = _weights(snapshot)
        asked = {name: weights[name] for name in asked if weights.get(name)}
        if not asked:
            return {}
    found = {name: Part(name, percent, is_latest=True) for name, percent in asked.items()}
    rest = ALL - sum(part.percent for part in found.values())
    if found and rest > 0:
        found[STABLE] = Part(STABLE, rest, is_latest=False)
    return found


def _weights(snapshot: ServiceSnapshot) -> dict[str, int]:
    """Of each canary the share in percent that an HTTPRoute of the service gives to its Service."""
    name = snapshot.service.name
    for route in sorted(snapshot.routes or (), key=lambda one: one.name != name):
        for rule in route.items("spec", "rules"):
            backends = [
                (dig(one, "name"), dig(one, "weight"))
                for one in Obj(rule).items("backendRefs")
                if isinstance(dig(one, "weight"), int)
            ]
            whole = sum(weight for _, weight in backends)
            shares = {
                canary: round(ALL * weight / whole)
                for canary in canaries(snapshot.service)
                for backend, weight in backends
                if whole and backend == f"{name}-{canary}-predictor"
            }
            if shares:
                return shares
    return {}
