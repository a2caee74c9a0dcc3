"""The logs of one InferenceService: which there are, which are shown, and why there are none."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto

from modelsweb.clock import parse_time
from modelsweb.diagnosis.finding import FindingState
from modelsweb.diagnosis.verdict import Status
from modelsweb.kinds import POD
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology import pod as pods
from modelsweb.topology import predictor, traffic
from modelsweb.topology.health import Mood, health
from modelsweb.topology.pod import Container
from modelsweb.topology.service_snapshot import newest_first
from modelsweb.viewmodels.components.gap_note import gap_notes
from modelsweb.viewmodels.components.judged import JudgedService
from modelsweb.viewmodels.components.log_query import TAILS, LogQuery, log_of
from modelsweb.viewmodels.components.page_head import PageHead, page_head

MAX_STREAMS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class LogStream:
    """One container's log, to be shown: of its present run, or of the one before run number ``run``."""

    pod: str
    uid: str
    container: str
    previous: bool = False
    run: int = 0

    @property
    def id(self) -> str:
        """What no other stream of the page has."""
        return f"{self.pod}/{self.container}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerLeaf:
    """A container of one pod. ``stream`` is the id of its log, ``query`` that of the page that shows it alone."""

    name: str
    role: str
    stream: str
    query: str
    is_shown: bool
    is_failing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PodChoice:
    """A pod to choose. ``short`` tells it from the others; ``word`` is empty for one that is gone."""

    name: str
    short: str
    word: str
    mood: Mood
    is_chosen: bool
    containers: tuple[ContainerLeaf, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PodGroup:
    """The pods of one version; ``percent`` is its share of the traffic, None where it is not known.

    ``is_chosen`` where the version is, and with it pods that are still to come.
    """

    version: str
    percent: int | None
    pods: tuple[PodChoice, ...]
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ComponentChoice:
    """A component to choose, with its pods by version. ``name`` is empty for pods that are gone."""

    name: str
    is_chosen: bool
    groups: tuple[PodGroup, ...]


@dataclass(frozen=True, slots=True)
class ContainerChoice:
    """A container's name to choose, for all pods."""

    name: str
    role: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLogs:
    """The page. ``left_out`` counts streams beyond those that one page shows at once, ``tails`` are lines to choose.

    ``ends`` say how the runs that are shown ended. ``fault`` is the container that was at fault when the page was opened, where it is shown alone for that; ``all_query`` leads
    to all that serve. ``waits`` say which containers have written
    nothing because they have not started. ``has_next`` where a container that ended will run again.
    """

    head: PageHead
    query: LogQuery
    components: tuple[ComponentChoice, ...]
    can_choose_component: bool
    containers: tuple[ContainerChoice, ...]
    streams: tuple[LogStream, ...]
    left_out: int
    has_previous: bool
    has_next: bool
    fault: str
    all_query: str
    empty: Text | None
    waits: tuple[Text, ...]
    ends: tuple[Text, ...]
    notes: tuple[Text, ...]
    tails: tuple[int, ...] = TAILS
    uid: str = ""
    """The service's."""


@dataclass(frozen=True, slots=True)
class GonePod:
    """A container of a pod that is gone, whose log was read before."""

    pod: str
    uid: str
    container: str


def build(judged: JudgedService, query: LogQuery, *, gone: tuple[GonePod, ...] = ()) -> ServiceLogs:
    """The page of a service; the newest pods first, in each the container that serves before the others."""
    there = newest_first(judged.children.get(POD, ()))
    chosen_pods = [pod for pod in there if _fits(pod, query)]
    names = _usual(chosen_pods) if not query.containers else set(query.containers)
    streams = list(_streams(chosen_pods, names, query=query))
    gone = tuple(one for one in gone if one.pod not in {pod.name for pod in there})
    streams += [
        LogStream(pod=one.pod, uid=one.uid, container=one.container)
        for one in gone
        if not query.previous
        and one.container in (names or {one.container})
        and (not query.pods or one.pod in query.pods)
    ]
    notes = gap_notes(judged.seen.gaps, predictor.mode(judged.service), kinds=(POD,))
    components = tuple(
        _components(judged, there, gone=gone, query=query, shown={stream.id for stream in streams})
    )
    return ServiceLogs(
        head=page_head(judged),
        query=query,
        components=components,
        can_choose_component=sum(bool(one.name) for one in components) > 1 or bool(query.components),
        containers=tuple(_containers(there, names)),
        streams=tuple(streams[:MAX_STREAMS]),
        left_out=max(0, len(streams) - MAX_STREAMS),
        has_previous=any(
            one.has_previous for pod in chosen_pods for one in pods.all_containers(pod) if one.name in names
        ),
        has_next=not query.previous and any(_runs_again(pod, names) for pod in chosen_pods),
        fault=f"{query.pods[0]}/{query.containers[0]}" if _is_of_fault(query) else "",
        all_query=LogQuery(everything=True, tail=query.tail, since=query.since).encode(),
        empty=None if streams or notes else _empty(judged, there, query=query),
        waits=() if query.previous else tuple(_waits(chosen_pods, names)),
        ends=tuple(_ends(chosen_pods, names, query=query)),
        notes=notes,
        uid=judged.service.uid,
    )


def at_fault(judged: JudgedService, query: LogQuery) -> LogQuery | None:
    """The choice with which a page is opened that asks for nothing: the container that the verdict blames.

    None where something is asked for, or nothing is at fault. It is made once, so that the lines of an open page do not
    change with the verdict, and stands in the link.
    """
    finding = judged.verdict.finding
    if not query.is_open or finding is None or finding.state is not FindingState.FAULT:
        return None
    found = log_of(finding)
    if found is None or found.pods[0] not in {pod.name for pod in judged.children.get(POD, ())}:
        return None
    return replace(query, pods=found.pods, containers=found.containers, is_fault=True)


def of_run(judged: JudgedService, query: LogQuery, *, at: str) -> LogQuery | None:
    """The choice with which a link to a run, or to a line by its timestamp, is opened; None where it is that already.

    A run that was the present one when the link was made may be the one before by now, or gone.
    """
    asked = replace(query, run="", is_lost=False)
    one = _only(judged, query)
    if one is not None and (query.run or at[:1].isdecimal()):
        match _run_of(one, query.run, at=parse_time(at)):
            case _Run.PRESENT if one.is_running or one.ended:
                asked = replace(asked, previous=False)
            case _Run.BEFORE:
                asked = replace(asked, previous=True)
            case _Run.GONE:
                asked = replace(asked, previous=False, is_lost=True)
    return None if asked == query else asked


class _Run(Enum):
    PRESENT = auto()
    BEFORE = auto()
    GONE = auto()
    UNKNOWN = auto()


def _only(judged: JudgedService, query: LogQuery) -> Container | None:
    """The container, where one of one pod is asked for."""
    if len(query.pods) != 1 or len(query.containers) != 1:
        return None
    for pod in judged.children.get(POD, ()):
        if pod.name == query.pods[0]:
            return next((one for one in pods.all_containers(pod) if one.name == query.containers[0]), None)
    return None


def _run_of(container: Container, run: str, *, at: datetime | None) -> _Run:
    """By the run's own name, else by when a line of it was written: times of one node, startedAt in whole seconds."""
    before = container.last_ended
    if run and container.run:
        if run == container.run:
            return _Run.PRESENT
        return _Run.BEFORE if before is not None and run == before.run else _Run.GONE
    if at is None:
        return _Run.UNKNOWN
    if container.started is not None and at >= container.started:
        return _Run.PRESENT
    if before is None or before.began is None:
        return _Run.UNKNOWN
    return _Run.BEFORE if at >= before.began else _Run.GONE


def _is_of_fault(query: LogQuery) -> bool:
    return query.is_fault and len(query.pods) == len(query.containers) == 1


def _runs_again(pod: Obj, names: set[str]) -> bool:
    """Whether a container that is shown, and that ended, is started again by the kubelet."""
    if pod.deleted is not None or pods.is_over(pod):
        return False
    return any(
        one.name in names and not one.is_running and not (one.ended is not None and one.ended.exit_code == 0)
        for one in pods.all_containers(pod)
    )


def _waits(chosen: list[Obj], names: set[str]) -> Iterator[Text]:
    """Why there is nothing to read yet of containers that have not started, pod by pod."""
    for pod in chosen:
        unstarted = [
            one
            for one in pods.all_containers(pod)
            if one.name in names and not (one.is_running or one.ended or one.has_previous)
        ]
        if not unstarted or pod.deleted is not None or pods.is_over(pod):
            continue
        if not pod.string("spec", "nodeName"):
            yield text(
                "{pod} is not scheduled to a node yet, so none of its containers are running.", pod=pod.name
            )
            continue
        for one in unstarted:
            if one.waiting in pods.BROKEN:
                yield text(
                    "{container} in {pod} cannot start: {reason}.", **_place(pod, one), reason=one.waiting
                )
            elif one.is_init or one.waiting != "PodInitializing":
                yield text(
                    "{container} in {pod} is being prepared: {word}.", **_place(pod, one), word=pods.word(pod)
                )
            else:
                yield text(
                    "{container} in {pod} is waiting for earlier containers: {word}.",
                    **_place(pod, one),
                    word=pods.word(pod),
                )


def _ends(chosen: list[Obj], names: set[str], *, query: LogQuery) -> Iterator[Text]:
    """How the runs ended whose logs are shown, but of steps of the start that are done."""
    for pod in chosen:
        for one in pods.all_containers(pod):
            present = one.ended or (None if one.is_running else one.last_ended)
            ended = one.last_ended if query.previous else present
            if one.name not in names or ended is None or (one.is_init and ended.exit_code == 0):
                continue
            yield text(
                "{container} in {pod} terminated at {time}: {reason}, exit code {code}.",
                **_place(pod, one),
                time=f"{ended.at:%Y-%m-%d %H:%M:%S}" if ended.at else "?",
                reason=ended.reason or "Error",
                code=ended.exit_code,
            )


def _place(pod: Obj, one: Container) -> dict[str, str]:
    return {"container": one.name, "pod": pod.name}


def _fits(pod: Obj, query: LogQuery) -> bool:
    return (
        (not query.pods or pod.name in query.pods)
        and (not query.components or pods.component(pod) in query.components)
        and (not query.revisions or pods.version(pod) in query.revisions)
    )


def _usual(chosen: list[Obj]) -> set[str]:
    """The containers that serve, and those that fail."""
    return {
        one.name
        for pod in chosen
        for one in pods.all_containers(pod)
        if not one.role or one.failure is not None
    }


def _streams(chosen: list[Obj], names: set[str], *, query: LogQuery) -> Iterator[LogStream]:
    for pod in chosen:
        for one in sorted(pods.all_containers(pod), key=_rank):
            if one.name in names and (one.has_previous or not query.previous):
                run = one.restarts if query.previous else 0
                yield LogStream(
                    pod=pod.name, uid=pod.uid, container=one.name, previous=query.previous, run=run
                )


def _rank(one: Container) -> int:
    return 0 if not one.is_init and not one.is_sidecar else 1 if one.is_init else 2


def _components(
    judged: JudgedService, there: list[Obj], *, gone: tuple[GonePod, ...], query: LogQuery, shown: set[str]
) -> Iterator[ComponentChoice]:
    """Those that have pods, with these; then what was chosen, or shown, and has none any more."""
    by_component: dict[str, dict[str, list[PodChoice]]] = {}
    for pod in there:
        versions = by_component.setdefault(pods.component(pod), {})
        versions.setdefault(pods.version(pod), []).append(_pod(pod, query, shown=shown))
    for name in query.components:
        by_component.setdefault(name, {})
    known = {pod.name for pod in there}
    lost = dict.fromkeys((*(one.pod for one in gone), *(name for name in query.pods if name not in known)))
    names = {version for versions in by_component.values() for version in versions}
    orphans: dict[str, list[PodChoice]] = {version: [] for version in query.revisions if version not in names}
    if lost or orphans:
        choices = [
            PodChoice(name=name, short=_short(name), word="", mood=Mood.NEUTRAL, is_chosen=name in query.pods)
            for name in lost
        ]
        by_component[""] = {**({"": choices} if choices else {}), **orphans}
    shares = {part.revision: part.percent for part in traffic.split(judged.snapshot)}
    for name in sorted(by_component, key=_order):
        groups = tuple(
            PodGroup(
                version=version,
                percent=shares.get(version),
                pods=tuple(some),
                is_chosen=version in query.revisions,
            )
            for version, some in by_component[name].items()
        )
        yield ComponentChoice(name, name in query.components, groups)


def _pod(pod: Obj, query: LogQuery, *, shown: set[str]) -> PodChoice:
    state = health(pod)
    leaves = []
    for one in sorted(pods.all_containers(pod), key=_rank):
        stream = LogStream(pod=pod.name, uid=pod.uid, container=one.name).id
        alone = LogQuery(pods=(pod.name,), containers=(one.name,), tail=query.tail, since=query.since)
        leaf = ContainerLeaf(
            name=one.name,
            role=one.role,
            stream=stream,
            query=alone.encode(),
            is_shown=stream in shown,
            is_failing=one.failure is not None,
        )
        leaves.append(leaf)
    return PodChoice(
        name=pod.name,
        short=_short(pod.name),
        word=state.word,
        mood=state.mood,
        is_chosen=pod.name in query.pods,
        containers=tuple(leaves),
    )


def _order(component: str) -> int:
    known = predictor.COMPONENTS
    return known.index(component) if component in known else len(known) + (not component)


def _short(name: str) -> str:
    """The end of a pod's name, which tells it from its siblings."""
    return "-".join(name.rsplit("-", 2)[-2:])


def _containers(there: list[Obj], names: set[str]) -> Iterator[ContainerChoice]:
    found = {one.name: one for pod in there for one in sorted(pods.all_containers(pod), key=_rank)}
    for one in sorted(found.values(), key=_rank):
        yield ContainerChoice(one.name, one.role, one.name in names)
    for name in sorted(names - set(found)):
        yield ContainerChoice(name, "", True)


def _empty(judged: JudgedService, there: list[Obj], *, query: LogQuery) -> Text:
    if there and query.previous:
        return text("None of the selected containers has a previous run, so there is no previous log.")
    if there:
        return text("No pods match the selection. They may have been deleted, and their logs with them.")
    match judged.verdict.status:
        case Status.SCALED_TO_ZERO:
            return text("Scaled to zero: no pods and no logs. The next request starts a pod.")
        case Status.STOPPED:
            return text("Stopped: no pods and no logs.")
        case Status.STARTING | Status.UPDATING | Status.UNKNOWN | Status.QUEUED:
            return text("No pod has been created yet. Its log appears here once it is created.")
    return text("No pods and no logs. See the overview for the cause.")
