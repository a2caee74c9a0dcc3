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
    condition = health(pod)
    containers = pods.all_containers(pod)
    counted = [one for one in containers if not one.is_init]
    restarted = [one for one in containers if one.restarts or one.last_ended]
    latest = max(restarted, key=lambda one: one.restarts, default=None)
    main = pods.main_container(pod)
    return PodRow(
        name=pod.name,
        component=pods.component(pod),
        version=pods.version(pod),
        word=condition.word,
        message="\n".join(condition.message.strip().splitlines()[-_LAST_LINES:]),
        mood=condition.mood,
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


def _container(pod: Obj, container: Container, *, now: datetime) -> ContainerRow:
    state, mood = _state(container)
    query = LogQuery(pods=(pod.name,), containers=(container.name,))
    return ContainerRow(
        name=container.name,
        role=container.role,
        state=state,
        mood=mood,
        restarts=container.restarts,
        last=_last(container, now),
        image=container.image or pods.image(pod, container.name),
        requests=amounts(pods.amounts(pod, container.name, field="requests")),
        limits=amounts(pods.amounts(pod, container.name, field="limits")),
        log=query.encode(),
        previous_log=replace(query, previous=True, run=container.run_before).encode()
        if container.has_previous
        else "",
    )


def _state(container: Container) -> tuple[Text, Mood]:
    if container.waiting:
        mood = Mood.BAD if container.waiting in pods.BROKEN or container.failure else Mood.WAITING
        return text("Waiting: {reason}", reason=container.waiting), mood
    if container.ended is not None and container.ended.exit_code == 0:
        return text("Completed"), Mood.GOOD
    if container.ended is not None:
        return text("Exited with code {code}", code=container.ended.exit_code), Mood.BAD
    if container.is_running and (container.is_ready or container.is_init):
        return text("Running"), Mood.GOOD
    if container.is_running:
        return text("Running, not ready"), Mood.WAITING
    return text("Not started"), Mood.NEUTRAL


def _last(one: Container, now: datetime) -> Text | None:
    if (ended := one.last_ended) is None:
        return None
    if ended.reason and ended.reason not in {"Error", "Completed"}:
        return text("{reason}, exit code {code}", reason=ended.reason, code=ended.exit_code)
    return text("exit code {code}", code=ended.exit_code)
