"""An LLMInferenceService as KServe means it: its roles, the tree of its conditions, its group, its addresses.

Both versions of its API read the same here; what a version lacks is absent. https://github.com/kserve/kserve/tree/master/pkg/apis/serving/v1alpha2
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modelsweb.kinds import LEADER_WORKER_SET
from modelsweb.objects.obj import Condition, Obj, dig
from modelsweb.topology import demand
from modelsweb.topology import pod as pod_
from modelsweb.topology.pod import DOWNLOADER, LLM_MAIN, LLM_PREFILL, LLM_SCHEDULER, LLM_TOKENIZER
from modelsweb.topology.service_snapshot import ServiceSnapshot

READY = "Ready"
_TREE: Mapping[str, tuple[str, ...]] = {
    READY: ("PresetsCombined", "WorkloadsReady", "RouterReady"),
    "WorkloadsReady": (
        "MainWorkloadReady",
        "WorkerWorkloadReady",
        "PrefillWorkloadReady",
        "PrefillWorkerWorkloadReady",
        "ScalingReady",
        "PrefillScalingReady",
    ),
    "RouterReady": (
        "GatewaysReady",
        "HTTPRoutesReady",
        "InferencePoolReady",
        "SchedulerWorkloadReady",
        "TokenizerReady",
    ),
}
"""What each condition is made of, in the order in which KServe decides it."""
_ROLES = (LLM_MAIN, LLM_PREFILL, LLM_SCHEDULER, LLM_TOKENIZER)
_SERVERS = (LLM_MAIN, LLM_PREFILL)
"""The roles that hold the model."""
STOPPED = "Stopped"
OF_ROUTE = frozenset({"RouterReady", "GatewaysReady", "HTTPRoutesReady", "InferencePoolReady"})
"""Conditions of the way to the servers; they say nothing of the servers themselves."""
_ACCEPTED = re.compile(r'"True" \(reason "Accepted"')
_ANY_OTHER = re.compile(r'"(?:False|Unknown)" \(reason')
_ADAPTERS = "/mnt/lora/"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionNode:
    """One condition in the tree. ``depth`` counts from 0; ``is_first`` marks the first cause, ``follows`` names the leaf that a
    condition above it repeats."""

    condition: Condition
    depth: int
    is_first: bool = False
    follows: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A service of a routing group as the status lists it. ``weight`` is None where nothing says one."""

    name: str
    weight: int | None
    is_stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One way to the service: the name that KServe gives it, its URL, and the model names that work there."""

    name: str
    url: str
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedConfig:
    """A configuration that KServe says it combined with the service. ``source`` is its word for why: Preset, UserRef, or the kind of
    a runtime."""

    namespace: str
    name: str
    source: str


def applied_configs(service: Obj) -> tuple[AppliedConfig, ...]:
    """In the order of the status."""
    return tuple(
        AppliedConfig(
            namespace=str(one.get("namespace") or ""),
            name=str(one.get("name") or ""),
            source=str(one.get("source") or ""),
        )
        for one in service.items("status", "appliedConfigs")
    )


def served_name(service: Obj) -> str:
    """What clients put into "model": the name that the spec says, else the service's own."""
    return service.string("spec", "model", "name") or service.name


def runtime(service: Obj) -> str:
    """The server that KServe runs: the one that the spec names, else vLLM."""
    return service.string("spec", "runtime") or "vLLM"


def roles(service: Obj) -> tuple[str, ...]:
    """The parts that it asks for: decode always, prefill and scheduler where the spec has them."""
    found = [LLM_MAIN]
    if dig(service.raw, "spec", "prefill") is not None:
        found.append(LLM_PREFILL)
    scheduler = dig(service.raw, "spec", "router", "scheduler")
    if scheduler is not None and not dig(scheduler, "pool", "ref"):  # a pool of somebody else has its own
        found.append(LLM_SCHEDULER)
    if dig(service.raw, "spec", "router", "scheduler", "tokenizer") is not None:
        found.append(LLM_TOKENIZER)
    return tuple(found)


def wanted(service: Obj, role: str) -> int | None:
    """The replicas of a role that the spec asks for; None where an autoscaler decides, or nothing is said of the part."""
    path = {LLM_MAIN: ("spec",), LLM_PREFILL: ("spec", "prefill")}.get(role)
    if path is None:
        return (
            service.integer("spec", "router", "scheduler", "replicas") or 1 if role == LLM_SCHEDULER else None
        )
    if dig(service.raw, *path, "scaling") is not None:
        return None
    given = service.integer(*path, "replicas")
    return 1 if given is None else given


def has_workers(snapshot: ServiceSnapshot, role: str) -> bool:
    """Each replica of a role is a group of pods: a head, and workers on other nodes. The spec asks for that, or a configuration of
    the service has."""
    path = ("spec", "prefill", "worker") if role == LLM_PREFILL else ("spec", "worker")
    is_asked = role in _SERVERS and dig(snapshot.service.raw, *path) is not None
    return is_asked or bool(groups_of(snapshot, role))


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A role with its replicas: ``wanted`` by what makes its pods, else by the spec, None where nobody says. A replica on several
    nodes is ready when its head is; ``there`` counts all replicas, ``workers_ready`` the pods that work for heads."""

    role: str
    wanted: int | None
    ready: int
    there: int
    is_made: bool = True
    """The spec asks for it, or something makes its pods; else only pods of it are left."""
    has_workers: bool = False
    workers_ready: int = 0
    workers: int = 0

    @property
    def is_needed(self) -> bool:
        """A request goes through it."""
        if self.role == LLM_MAIN:
            return True
        return self.role != LLM_TOKENIZER and self.is_made and self.wanted != 0

    @property
    def is_up(self) -> bool:
        """As many replicas answer as are asked for, and one at least."""
        return self.ready > 0 and (self.wanted is None or self.ready >= self.wanted)


def parts(snapshot: ServiceSnapshot) -> tuple[Part, ...]:
    """The roles that it asks for, those that its configurations have made, and those for which pods are there."""
    there = {pod_.component(pod) for pod in snapshot.pods}
    asked = roles(snapshot.service)
    made = [role for role in _ROLES if snapshot.deployments_of(role) or groups_of(snapshot, role)]
    found = dict.fromkeys((*asked, *(role for role in _ROLES if role in there or role in made)))
    return tuple(_part(snapshot, role, is_made=role in asked or role in made) for role in found)


def all_answer(snapshot: ServiceSnapshot, found: Iterable[Part]) -> bool:
    """Every part that a request goes through has a replica that is ready."""
    return snapshot.is_read and all(part.ready for part in found if part.is_needed)


def answers(snapshot: ServiceSnapshot) -> bool:
    """The same, for who has no use for the parts."""
    return all_answer(snapshot, parts(snapshot))


def groups_of(snapshot: ServiceSnapshot, role: str) -> tuple[Obj, ...]:
    """What makes the pods of a role whose replicas are groups on several nodes."""
    if role not in _SERVERS:
        return ()
    return tuple(
        one
        for one in snapshot.children.get(LEADER_WORKER_SET, ())
        if pod_.component(one) == role
        or (pod_.component(one) not in _SERVERS and one.name.endswith("-prefill") == (role == LLM_PREFILL))
    )


def _part(snapshot: ServiceSnapshot, role: str, *, is_made: bool) -> Part:
    heads = snapshot.heads(role)
    workers = [pod for pod in snapshot.pods if pod_.component(pod) == role and pod_.is_worker(pod)]
    made = demand.wanted(snapshot.deployments_of(role))
    if groups := [one.integer("spec", "replicas") for one in groups_of(snapshot, role)]:
        made = sum(1 if one is None else one for one in groups)
    return Part(
        role=role,
        wanted=wanted(snapshot.service, role) if made is None else made,
        ready=sum(map(pod_.is_ready, heads)),
        there=len(heads),
        is_made=is_made,
        has_workers=has_workers(snapshot, role),
        workers_ready=sum(map(pod_.is_ready, workers)),
        workers=len(workers),
    )


def asks_for_route(service: Obj) -> bool:
    """KServe is to make a route for it; one that ``refs`` names is somebody else's."""
    route = dig(service.raw, "spec", "router", "route")
    return route is not None and not dig(route, "http", "refs")


def has_router(service: Obj) -> bool:
    """Requests come through a gateway; else only by its Service in the cluster."""
    return dig(service.raw, "spec", "router", "route") is not None or bool(
        service.mapping("status", "router").get("gateways")
    )


def condition_tree(service: Obj) -> tuple[ConditionNode, ...]:
    """All conditions: those of Ready as a tree, then what KServe only advises, and what nobody here knows."""
    found = {one.type: one for one in service.conditions()}
    first = first_cause(service)
    nodes = list(_below(READY, found, depth=0, first=first))
    listed = {one.condition.type for one in nodes}
    rest = [one for type_, one in found.items() if type_ not in listed]
    return (*nodes, *(ConditionNode(condition=one, depth=0) for one in rest))


def _below(
    type_: str, found: Mapping[str, Condition], *, depth: int, first: Condition | None
) -> Iterator[ConditionNode]:
    own = found.get(type_)
    if own is not None:
        is_first = first is not None and own.type == first.type
        repeats = first is not None and not is_first and own.is_false and _is_above(own.type, first.type)
        yield ConditionNode(
            condition=own, depth=depth, is_first=is_first, follows=first.type if first and repeats else ""
        )
    for child in _TREE.get(type_, ()):
        yield from _below(child, found, depth=depth + (own is not None), first=first)


def _is_above(type_: str, other: str) -> bool:
    return other in _TREE.get(type_, ()) or any(_is_above(child, other) for child in _TREE.get(type_, ()))


def first_cause(service: Obj) -> Condition | None:
    """The condition that the others follow from; None where nothing is False but by a stop."""
    return next(iter(causes(service)), None)


def causes(service: Obj) -> tuple[Condition, ...]:
    """What is False but by a stop: presets before workloads before the router, of each the leaves, the earliest first; Ready alone
    where nothing else is."""
    found = {one.type: one for one in service.conditions() if one.is_false and one.reason != STOPPED}

    def of(*types: str) -> list[Condition]:
        return [found[one] for one in types if one in found]

    def since(one: Condition) -> float:
        return one.since.timestamp() if one.since else math.inf

    below = [one for top in _TREE[READY] for one in sorted(of(*_TREE.get(top, ())), key=since) or of(top)]
    return tuple(below or of(READY))


def group(service: Obj) -> str:
    """The routing group that it is in; empty for none."""
    return service.string("spec", "router", "route", "group") or service.string(
        "status", "router", "group", "name"
    )


def members(service: Obj) -> tuple[Member, ...]:
    """The members of its group, as KServe last counted them."""
    return tuple(
        Member(
            name=str(one.get("name") or ""),
            weight=one["weight"] if isinstance(one.get("weight"), int) else None,
            is_stopped=one.get("stopped") is True,
        )
        for one in service.items("status", "router", "group", "members")
    )


def addresses(service: Obj) -> tuple[Address, ...]:
    """The ways to it that KServe lists."""
    return tuple(
        Address(
            name=str(one.get("name") or ""),
            url=str(one["url"]),
            models=tuple(str(model["name"]) for model in Obj(one).items("models") if model.get("name")),
        )
        for one in service.items("status", "addresses")
        if one.get("url")
    )


def is_only_late(cause: Condition) -> bool:
    """KServe says that a route is not ready, and quotes the gateway's word that it is: for the generation before."""
    said = cause.message
    return (
        cause.reason == "HTTPRoutesNotReady" and bool(_ACCEPTED.search(said)) and not _ANY_OTHER.search(said)
    )


def is_accepted(routes: Iterable[Obj] | None) -> bool:
    """Every route is taken by a gateway and leads somewhere; not where none is there, or they were not read."""
    found = [[Obj(parent) for parent in one.items("status", "parents")] for one in routes or ()]
    return bool(found) and all(
        parents
        and any(_is(parent, "Accepted") is True for parent in parents)
        and not any(_is(parent, "ResolvedRefs") is False for parent in parents)
        for parents in found
    )


def _is(parent: Obj, type_: str) -> bool | None:
    found = next((one for one in parent.items("conditions") if one.get("type") == type_), None)
    return None if found is None else found.get("status") == "True"


def adapters_in_one_folder(specs: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The folders into which pods of these specs download several LoRA adapters, with the addresses of those."""
    seen: dict[str, dict[str, None]] = {}
    for spec in specs:
        for container in Obj(spec).items("initContainers"):
            args = container.get("args")
            if container.get("name") != DOWNLOADER or not isinstance(args, list):
                continue
            words = [str(one) for one in args]
            for uri, folder in zip(words[::2], words[1::2], strict=False):
                if folder.startswith(_ADAPTERS):
                    seen.setdefault(folder, {})[uri] = None
    for folder, uris in seen.items():
        if len(uris) > 1:
            yield folder, tuple(uris)


def devices(snapshot: ServiceSnapshot, role: str = LLM_MAIN) -> dict[str, int]:
    """The devices of one replica of a role: of its pod, else of what pods are made from, else as the spec asks for them. Of a group
    on several nodes those of its workers count, each."""
    head = next(iter(snapshot.heads(role)), None)
    path = ("spec", "prefill") if role == LLM_PREFILL else ("spec",)
    made = snapshot.template(role)
    spec = head if head is not None else Obj({"spec": made or snapshot.service.mapping(*path, "template")})
    total = demand.devices_of_pod(spec)
    if has_workers(snapshot, role):
        each = next(
            (pod for pod in snapshot.pods if pod_.component(pod) == role and pod_.is_worker(pod)), None
        )
        worker = each if each is not None else Obj({"spec": snapshot.service.mapping(*path, "worker")})
        for name, number in demand.devices_of_pod(worker).items():
            total[name] += number * max(1, _group_size(snapshot, role) - 1)
    return {name: number for name, number in total.items() if number}


def _group_size(snapshot: ServiceSnapshot, role: str) -> int:
    """The pods of one replica: as the group says, else as the parallelism needs them."""
    for one in groups_of(snapshot, role):
        if size := one.integer("spec", "leaderWorkerTemplate", "size"):
            return size
    path = ("spec", "prefill") if role == LLM_PREFILL else ("spec",)
    pipeline = snapshot.service.integer(*path, "parallelism", "pipeline")
    data = snapshot.service.integer(*path, "parallelism", "data")
    local = snapshot.service.integer(*path, "parallelism", "dataLocal") or 1
    return pipeline or ((data + local - 1) // local if data else 2)
