"""How requests are split between versions."""

from dataclasses import dataclass

from modelsweb.objects.obj import Obj, dig

ALL = 100


@dataclass(frozen=True, slots=True)
class Part:
    """A version of the predictor and its share of the requests, in percent."""

    revision: str
    percent: int
    is_latest: bool


def split(service: Obj) -> tuple[Part, ...]:
    """The shares, the largest first; entries of one revision are added up. Empty where none is published.

    In Knative mode from the status of the predictor's route, in Standard mode from ``status.canaryStatuses``.
    """
    shares: dict[str, Part] = {}
    for entry in service.items("status", "components", "predictor", "traffic"):
        percent, name = dig(entry, "percent"), dig(entry, "revisionName")
        if not isinstance(percent, int) or not isinstance(name, str) or percent <= 0:
            continue
        before = shares.get(name)
        is_latest = entry.get("latestRevision") is True or (before is not None and before.is_latest)
        shares[name] = Part(name, percent + (before.percent if before else 0), is_latest)
    if not shares:
        shares = _canaries(service)
    return tuple(sorted(shares.values(), key=lambda part: (-part.percent, part.revision)))


def _canaries(service: Obj) -> dict[str, Part]:
    found = {}
    for entry in service.items("status", "canaryStatuses"):
        percent, name = dig(entry, "trafficPercent"), dig(entry, "name")
        if isinstance(percent, int) and isinstance(name, str) and 0 < percent <= ALL:
            found[name] = Part(name, percent, is_latest=True)
    rest = ALL - sum(part.percent for part in found.values())
    if found and rest > 0:
        found["stable"] = Part("stable", rest, is_latest=False)
    return found
