"""A pod and its containers as pages show them."""

from dataclasses import dataclass, replace
from datetime import datetime

from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology import pod as pods
from modelsweb.topology.health import Mood, health
from modelsweb.topology.pod import Container
from modelsweb.viewmodels.components.age import Age, age
from modelsweb.viewmodels.components.amounts import amounts
from modelsweb.viewmodels.components.log_query import LogQuery

_LAST_LINES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerRow:
    """A container. ``role`` is init, sidecar or empty; ``last`` tells how its last run ended.

    ``log`` and ``previous_log`` are queries of the logs page; the latter is empty where there was no run before.
    """

    name: str
    role: str
    state: Text
    mood: Mood
    restarts: int
    last: Text | None
    image: str
    requests: str
    limits: str
    log: str
    previous_log: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PodRow:
    """A pod. ``word`` is its state as kubectl prints it, ``message`` what the cluster says about it."""

    name: str
    component: str
    version: str
    word: str
    message: str
    mood: Mood
    ready: int
    wanted: int
    restarts: int
    last: Text | None
    node: str
    age: Age
    requests: str
    log: str
    containers: tuple[ContainerRow, ...]


def pod_row(pod: Obj, now: datetime) -> PodRow:
    """The row of a pod."""
    found = health(pod)
    containers = pods.all_containers(pod)
    counted = [one for one in containers if not one.is_init]
    restarted = [one for one in containers if one.restarts or one.last_ended]
    latest = max(restarted, key=lambda one: one.restarts, default=None)
    main = pods.main_container(pod)
    return PodRow(
        name=pod.name,
        component=pods.component(pod),
        version=pods.version(pod),
        word=found.word,
        message="\n".join(found.message.strip().splitlines()[-_LAST_LINES:]),
        mood=found.mood,
        ready=sum(one.is_ready for one in counted),
        wanted=len(counted),
        restarts=sum(one.restarts for one in containers),
        last=_last(latest, now) if latest else None,
        node=pod.string("spec", "nodeName"),
        age=age(pod.created, now),
        requests=amounts(pods.amounts(pod, main, field="requests")),
        log=LogQuery(pods=(pod.name,)).encode(),
        containers=tuple(_container(pod, one, now=now) for one in containers),
    )


def _container(pod: Obj, one: Container, *, now: datetime) -> ContainerRow:
    state, mood = _state(one)
    query = LogQuery(pods=(pod.name,), containers=(one.name,))
    return ContainerRow(
        name=one.name,
        role=one.role,
        state=state,
        mood=mood,
        restarts=one.restarts,
        last=_last(one, now),
        image=one.image or pods.image(pod, one.name),
        requests=amounts(pods.amounts(pod, one.name, field="requests")),
        limits=amounts(pods.amounts(pod, one.name, field="limits")),
        log=query.encode(),
        previous_log=replace(query, previous=True, run=one.run_before).encode() if one.has_previous else "",
    )


def _state(one: Container) -> tuple[Text, Mood]:
    if one.waiting:
        mood = Mood.BAD if one.waiting in pods.BROKEN or one.failure else Mood.WAITING
        return text("Waiting: {reason}", reason=one.waiting), mood
    if one.ended is not None and one.ended.exit_code == 0:
        return text("Completed"), Mood.GOOD
    if one.ended is not None:
        return text("Exited with code {code}", code=one.ended.exit_code), Mood.BAD
    if one.is_running and (one.is_ready or one.is_init):
        return text("Running"), Mood.GOOD
    if one.is_running:
        return text("Running, not ready"), Mood.WAITING
    return text("Not started"), Mood.NEUTRAL


def _last(one: Container, now: datetime) -> Text | None:
    if (ended := one.last_ended) is None:
        return None
    if ended.reason and ended.reason not in {"Error", "Completed"}:
        return text("{reason}, exit code {code}", reason=ended.reason, code=ended.exit_code)
    return text("exit code {code}", code=ended.exit_code)
