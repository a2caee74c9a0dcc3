"""What makes an LLM service special on its page: its parts, the tree of its conditions, the ways to call it, its group."""

from dataclasses import dataclass
from datetime import datetime

from modelsweb.diagnosis.verdict import Status
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology import llm_service as llm
from modelsweb.topology import pod as pods
from modelsweb.topology.llm_service import Part
from modelsweb.topology.predictor import is_local
from modelsweb.topology.service_snapshot import ServiceSnapshot
from modelsweb.viewmodels.components.amounts import amounts
from modelsweb.viewmodels.components.condition_row import ConditionRow, condition_rows
from modelsweb.viewmodels.components.pod_row import PodRow, pod_row

_MAX_PODS = 20
ROLE_WORDS = {
    pods.LLM_MAIN: text("Model server"),
    pods.LLM_PREFILL: text("Prefill"),
    pods.LLM_SCHEDULER: text("Scheduler"),
    pods.LLM_TOKENIZER: text("Tokenizer"),
}
_DECODE = text("Decode")
_SOURCES = {"Preset": text("preset of KServe"), "UserRef": text("named in baseRefs")}


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """A part with its pods. ``ready`` is None where pods may not be seen, ``wanted`` where nobody says."""

    role: str
    word: Text
    ready: int | None
    wanted: int | None
    workers: tuple[int, int] | None
    devices: str
    pods: tuple[PodRow, ...]
    more: int

    @property
    def state(self) -> str:
        """ready, waiting or unknown: for its sign."""
        if self.ready is None:
            return "unknown"
        return "ready" if self.ready and (self.wanted is None or self.ready >= self.wanted) else "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class StationView:
    """A station of the way of a request, in its order. ``part`` is the role whose replicas it counts; empty for the network's."""

    word: Text
    name: str
    state: str
    count: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionNodeView:
    """A condition with its depth in the tree."""

    row: ConditionRow
    depth: int
    is_first: bool
    follows: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """One way to call it. ``curl`` is a line that runs in a shell."""

    scope: Text
    name: str
    url: str
    models: tuple[str, ...]
    curl: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """A member of its routing group. ``share`` is in percent of calls by name, None where it takes part in none."""

    name: str
    weight: int | None
    share: int | None
    is_stopped: bool
    is_this: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigView:
    """A configuration that it was made from."""

    name: str
    namespace: str
    source: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmOverview:
    """The sections of the page."""

    model: str
    uri: str
    runtime: str
    stations: tuple[StationView, ...]
    parts: tuple[PartView, ...]
    conditions: tuple[ConditionNodeView, ...]
    calls: tuple[CallView, ...]
    group: str
    members: tuple[MemberView, ...]
    configs: tuple[ConfigView, ...]
    adapters: tuple[tuple[str, str], ...]


def llm_overview(snapshot: ServiceSnapshot, status: Status, *, now: datetime) -> LlmOverview:
    """The overview of an LLM service."""
    service = snapshot.service
    found = llm.parts(snapshot)
    nodes = llm.condition_tree(service)
    rows = condition_rows((one.condition for one in nodes), status, now=now)
    return LlmOverview(
        model=llm.served_name(service),
        uri=service.string("spec", "model", "uri"),
        runtime=service.string("spec", "runtime"),
        stations=_stations(snapshot, found),
        parts=tuple(_part(snapshot, part, now=now) for part in found),
        conditions=tuple(
            ConditionNodeView(row=row, depth=node.depth, is_first=node.is_first, follows=node.follows)
            for node, row in zip(nodes, rows, strict=True)
        ),
        calls=tuple(_call(one) for one in llm.addresses(service)),
        group=llm.group(service),
        members=_members(service),
        configs=tuple(
            ConfigView(
                name=str(one.get("name") or ""),
                namespace=str(one.get("namespace") or ""),
                source=_SOURCES.get(str(one.get("source"))),
            )
            for one in service.items("status", "appliedConfigs")
        ),
        adapters=tuple(
            (str(one.get("name") or ""), str(one.get("uri") or ""))
            for one in service.items("spec", "model", "lora", "adapters")
        ),
    )


def _word(part: Part, *, has_prefill: bool) -> Text:
    return _DECODE if has_prefill and part.role == pods.LLM_MAIN else ROLE_WORDS[part.role]


def _part(snapshot: ServiceSnapshot, part: Part, *, now: datetime) -> PartView:
    own = [pod for pod in (*snapshot.pods, *snapshot.leaving) if pods.component(pod) == part.role]
    devices = llm.devices(snapshot, part.role) if part.role in {pods.LLM_MAIN, pods.LLM_PREFILL} else {}
    return PartView(
        role=part.role,
        word=_word(part, has_prefill=pods.LLM_PREFILL in llm.roles(snapshot.service)),
        ready=part.ready if snapshot.is_read else None,
        wanted=part.wanted,
        workers=(part.workers_ready, part.workers) if part.has_workers and snapshot.is_read else None,
        devices=amounts({name: str(number) for name, number in devices.items()}),
        pods=tuple(pod_row(pod, now) for pod in own[:_MAX_PODS]),
        more=max(0, len(own) - _MAX_PODS),
    )


def _stations(snapshot: ServiceSnapshot, parts: tuple[Part, ...]) -> tuple[StationView, ...]:
    """Gateway, route, pool, scheduler, servers: as far as the service has them."""
    service = snapshot.service
    found: list[StationView] = []
    if llm.has_router(service):
        found += [
            StationView(word=text("Gateway"), name=str(gateway.get("name") or ""), state="unknown")
            for gateway in service.items("status", "router", "gateways")
        ]
        route = service.condition("HTTPRoutesReady")
        names = ", ".join(one.name for one in snapshot.routes or ())
        is_up = llm.is_accepted(snapshot.routes) or (route is not None and route.is_true)
        found.append(StationView(word=text("Route"), name=names, state="ready" if is_up else "waiting"))
    by_role = {part.role: part for part in parts}
    if pods.LLM_SCHEDULER in by_role:
        pool = service.condition("InferencePoolReady")
        name = service.string("status", "router", "scheduler", "inferencePool", "name")
        state = "unknown" if pool is None else "ready" if pool.is_true else "waiting"
        found.append(StationView(word=text("Pool"), name=name, state=state))
    for role in (pods.LLM_SCHEDULER, pods.LLM_PREFILL, pods.LLM_MAIN):
        if (part := by_role.get(role)) is not None:
            view = _part_station(snapshot, part)
            found.append(view)
    return tuple(found)


def _part_station(snapshot: ServiceSnapshot, part: Part) -> StationView:
    has_prefill = pods.LLM_PREFILL in llm.roles(snapshot.service)
    wanted = "?" if part.wanted is None else str(part.wanted)
    is_up = part.ready and (part.wanted is None or part.ready >= part.wanted)
    return StationView(
        word=_word(part, has_prefill=has_prefill),
        name="",
        state=("ready" if is_up else "waiting") if snapshot.is_read else "unknown",
        count=f"{part.ready} / {wanted}" if snapshot.is_read else "",
    )


def _call(address: llm.Address) -> CallView:
    is_inside = is_local(address.url)
    model = address.models[0] if address.models else ""
    base = address.url.rstrip("/")
    body = f'{{"model": "{model}", "messages": [{{"role": "user", "content": "Hello"}}]}}'
    return CallView(
        scope=text("Inside the cluster") if is_inside else text("Through the gateway"),
        name=address.name,
        url=address.url,
        models=address.models,
        curl=f"curl {base}/v1/chat/completions -H 'Content-Type: application/json' -d '{body}'"
        if model and "'" not in model + base
        else "",
    )


def _members(service: Obj) -> tuple[MemberView, ...]:
    found = llm.members(service)
    total = sum(one.weight or 0 for one in found if not one.is_stopped)
    return tuple(
        MemberView(
            name=one.name,
            weight=one.weight,
            share=None
            if one.is_stopped or one.weight is None or not total
            else round(100 * one.weight / total),
            is_stopped=one.is_stopped,
            is_this=one.name == service.name,
        )
        for one in found
    )
