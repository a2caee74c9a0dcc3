"""What makes an LLM service special on its page: its parts, the tree of its conditions, the ways to call it, its group."""

from collections.abc import Iterator
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
from modelsweb.viewmodels.components.config_source import source_words
from modelsweb.viewmodels.components.pod_row import PodRow, pod_row

_MAX_PODS = 20
ROLE_WORDS = {
    pods.LLM_MAIN: text("Model server"),
    pods.LLM_PREFILL: text("Prefill"),
    pods.LLM_SCHEDULER: text("Scheduler"),
    pods.LLM_TOKENIZER: text("Tokenizer"),
}
_DECODE = text("Decode")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """A part with its pods. ``state`` is ready, waiting or unknown; ``ready`` is None where pods may not be seen, ``wanted`` where
    nobody says."""

    role: str
    word: Text
    state: str
    ready: int | None
    wanted: int | None
    workers: tuple[int, int] | None
    devices: str
    pods: tuple[PodRow, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StationView:
    """A station of the way of a request, in its order. ``count`` is that of a part's replicas; empty for the network's."""

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
    source: Text


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
    parts = tuple(_part(snapshot, part, word=_word(part, found), now=now) for part in found)
    nodes = llm.condition_tree(service)
    rows = condition_rows((one.condition for one in nodes), status, now=now)
    return LlmOverview(
        model=llm.served_name(service),
        uri=service.string("spec", "model", "uri"),
        runtime=llm.runtime(service),
        stations=(*_of_network(snapshot, found), *_of_parts(parts)),
        parts=parts,
        conditions=tuple(
            ConditionNodeView(row=row, depth=node.depth, is_first=node.is_first, follows=node.follows)
            for node, row in zip(nodes, rows, strict=True)
        ),
        calls=tuple(_call(one) for one in llm.addresses(service)),
        group=llm.group(service),
        members=_members(service),
        configs=tuple(
            ConfigView(name=one.name, namespace=one.namespace, source=source_words(one.source))
            for one in llm.applied_configs(service)
        ),
        adapters=tuple(
            (str(one.get("name") or ""), str(one.get("uri") or ""))
            for one in service.items("spec", "model", "lora", "adapters")
        ),
    )


def _word(part: Part, found: tuple[Part, ...]) -> Text:
    has_prefill = any(one.role == pods.LLM_PREFILL for one in found)
    return _DECODE if has_prefill and part.role == pods.LLM_MAIN else ROLE_WORDS[part.role]


def _part(snapshot: ServiceSnapshot, part: Part, *, word: Text, now: datetime) -> PartView:
    own = [pod for pod in (*snapshot.pods, *snapshot.leaving) if pods.component(pod) == part.role]
    devices = llm.devices(snapshot, part.role) if part.role in {pods.LLM_MAIN, pods.LLM_PREFILL} else {}
    return PartView(
        role=part.role,
        word=word,
        state=("ready" if part.is_up else "waiting") if snapshot.is_read else "unknown",
        ready=part.ready if snapshot.is_read else None,
        wanted=part.wanted,
        workers=(part.workers_ready, part.workers) if part.has_workers and snapshot.is_read else None,
        devices=amounts({name: str(number) for name, number in devices.items()}),
        pods=tuple(pod_row(pod, now) for pod in own[:_MAX_PODS]),
        more=max(0, len(own) - _MAX_PODS),
    )


def _of_network(snapshot: ServiceSnapshot, parts: tuple[Part, ...]) -> Iterator[StationView]:
    """Gateway, route and pool, as far as the service has them."""
    service = snapshot.service
    if llm.has_router(service):
        for gateway in service.items("status", "router", "gateways"):
            yield StationView(word=text("Gateway"), name=str(gateway.get("name") or ""), state="unknown")
        route = service.condition("HTTPRoutesReady")
        names = ", ".join(one.name for one in snapshot.routes or ())
        is_up = llm.is_accepted(snapshot.routes) or (route is not None and route.is_true)
        yield StationView(word=text("Route"), name=names, state="ready" if is_up else "waiting")
    if any(part.role == pods.LLM_SCHEDULER for part in parts):
        pool = service.condition("InferencePoolReady")
        name = service.string("status", "router", "scheduler", "inferencePool", "name")
        state = "unknown" if pool is None else "ready" if pool.is_true else "waiting"
        yield StationView(word=text("Pool"), name=name, state=state)


def _of_parts(parts: tuple[PartView, ...]) -> Iterator[StationView]:
    """Those that a request comes by, in its order."""
    by_role = {part.role: part for part in parts}
    for role in (pods.LLM_SCHEDULER, pods.LLM_PREFILL, pods.LLM_MAIN):
        if (part := by_role.get(role)) is not None:
            wanted = "?" if part.wanted is None else part.wanted
            count = "" if part.ready is None else f"{part.ready} / {wanted}"
            yield StationView(word=part.word, name="", state=part.state, count=count)


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
