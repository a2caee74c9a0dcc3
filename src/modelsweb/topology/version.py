"""The versions of a component that are there at once: an update under way, a canary, what still serves beside it.

In Knative mode a version is a revision, in Standard mode a Deployment with one template of its pods. Each tells its own
image and source from its pods, else from what makes them: the spec of the service tells of the newest one only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from modelsweb.kinds import REPLICA_SET
from modelsweb.objects.obj import Obj
from modelsweb.topology import pod as pods
from modelsweb.topology import predictor, traffic
from modelsweb.topology.demand import Replicas, wanted
from modelsweb.topology.service_snapshot import ServiceSnapshot, newest_first

_APP = "isvc."
_NUMBER = "deployment.kubernetes.io/revision"
_DIGITS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version. ``percent`` is its share of the requests, None where it is not known; the newest comes first."""

    name: str
    image: str
    source: str
    replicas: Replicas
    percent: int | None
    pods: tuple[Obj, ...]


def versions(snapshot: ServiceSnapshot, component: str) -> tuple[Version, ...]:
    """The versions of a component that run, are being started or get requests; newest first."""
    running = snapshot.replicas_of(component)
    if any(pods.REVISION in pod.labels for pod in running) or predictor.mode(snapshot.service) == "Knative":
        return _revisions(snapshot, component, running=running)
    return _templates(snapshot, component, running=running)


def _revisions(snapshot: ServiceSnapshot, component: str, *, running: tuple[Obj, ...]) -> tuple[Version, ...]:
    shares = _shares(snapshot, component)
    newest = snapshot.service.string("status", "components", component, "latestCreatedRevision")
    known = {one.name: one for one in newest_first(snapshot.revisions) if pods.component(one) == component}
    used = {pods.version(pod) for pod in running} | shares.keys() | {newest}
    ordered = [*(name for name in known if name in used), *sorted(used - known.keys() - {""}, reverse=True)]
    versions = []
    for name in ordered:
        own = tuple(pod for pod in running if pods.version(pod) == name)
        makers = [one for one in snapshot.deployments_of(component) if one.labels.get(pods.REVISION) == name]
        revision = known.get(name, Obj({}))
        share = shares.get(name, 0 if shares else None)
        versions.append(
            _version(
                name, share, own=own, asked=wanted(makers), maker=revision, spec=revision.mapping("spec")
            )
        )
    return tuple(versions)


def _templates(snapshot: ServiceSnapshot, component: str, *, running: tuple[Obj, ...]) -> tuple[Version, ...]:
    shares = _shares(snapshot, component)
    named: list[tuple[str, Version]] = []
    stable = f"{snapshot.service.name}-predictor"
    makers = {one.name: one for one in snapshot.deployments_of(component)}
    for deployment in dict.fromkeys([*makers, *map(_deployment, running)]):
        maker = makers.get(deployment)
        own = [pod for pod in running if _deployment(pod) == deployment]
        hashes = _ordered(snapshot, dict.fromkeys(map(pods.version, newest_first(own)))) or [""]
        born = max((pod.string("metadata", "creationTimestamp") for pod in own), default="")
        canary = _canary(snapshot.service, deployment)
        share = shares.get(canary or (traffic.STABLE if deployment == stable else ""))
        if not shares and component == "predictor" and len(makers) == 1:
            share = traffic.ALL
        if len(hashes) > 1:
            share = None  # a rollout moves requests, pod by pod
        for number, template in enumerate(hashes):
            part = tuple(pod for pod in own if pods.version(pod) == template)
            name = canary or "-".join(filter(None, (deployment, template)))
            making = [maker] if maker is not None and number == 0 else []  # it makes the newest one only
            of = making[0] if making else Obj({})
            spec = of.mapping("spec", "template", "spec")
            named.append((born, _version(name, share, own=part, asked=wanted(making), maker=of, spec=spec)))
    return tuple(one for _, one in sorted(named, key=lambda pair: pair[0], reverse=True))


def _ordered(snapshot: ServiceSnapshot, hashes: Iterable[str]) -> list[str]:
    """The newest template first, as the Deployment numbers its ReplicaSets; a pod may be young and of an old one. Where
    they were not read, by the youngest pod."""
    numbers = {
        pods.version(one): int(number)
        for one in snapshot.children.get(REPLICA_SET, ())
        if (number := one.annotation(_NUMBER)).isdecimal() and len(number) < _DIGITS
    }
    return sorted(hashes, key=lambda template: -numbers.get(template, 0))


def _version(
    name: str,
    percent: int | None,
    *,
    own: tuple[Obj, ...],
    asked: int | None,
    maker: Obj,
    spec: Mapping[str, Any],
) -> Version:
    of, made = (own[0], own[0].mapping("spec")) if own else (maker, spec)
    ready = sum(pods.is_ready(pod) for pod in own)
    return Version(
        name=name,
        image=str(pods.serving_container(made).get("image") or ""),
        source=predictor.source_of(of, made) or predictor.source_of(maker, spec),
        replicas=Replicas(ready, len(own) if asked is None else asked),
        percent=percent,
        pods=own,
    )


def _shares(snapshot: ServiceSnapshot, component: str) -> dict[str, int]:
    """Requests are split between versions of the predictor; of others nothing tells."""
    if component != "predictor":
        return {}
    if idle := traffic.idle_canaries(snapshot):
        return {traffic.STABLE: traffic.ALL, **dict.fromkeys(idle, 0)}
    return {part.revision: part.percent for part in traffic.split(snapshot)}


def _deployment(pod: Obj) -> str:
    return pod.labels.get("app", "").removeprefix(_APP)


def _canary(service: Obj, deployment: str) -> str:
    return next(
        (name for name in traffic.canaries(service) if deployment == f"{service.name}-{name}-predictor"), ""
    )
