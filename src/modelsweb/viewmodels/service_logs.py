"""The logs of one InferenceService: which there are, which are shown, and why there are none."""

from collections.abc import Iterator
from dataclasses import dataclass

from modelsweb.diagnosis.verdict import Status
from modelsweb.kinds import POD
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology import pod as pods
from modelsweb.topology import predictor, traffic
from modelsweb.topology.family import newest_first
from modelsweb.topology.health import Mood, health
from modelsweb.topology.pod import Container
from modelsweb.viewmodels.parts.gap_note import gap_notes
from modelsweb.viewmodels.parts.log_query import TAILS, LogQuery
from modelsweb.viewmodels.parts.service_head import ServiceHead, Subject, head

MOST_STREAMS = 32


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class PodChoice:
    """A pod to choose. ``short`` tells it from the others; ``word`` is empty for one that is gone."""

    name: str
    short: str
    word: str
    mood: Mood
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class PodGroup:
    """The pods of one version; ``percent`` is its share of the traffic, None where it is not known.

    ``is_chosen`` where the version is, and with it pods that are still to come.
    """

    component: str
    version: str
    percent: int | None
    pods: tuple[PodChoice, ...]
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ContainerChoice:
    """A container's name to choose, for all pods."""

    name: str
    role: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ComponentChoice:
    """A component to choose."""

    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ServiceLogs:
    """The page. ``left_out`` counts streams beyond those that one page shows at once, ``tails`` are lines to choose."""

    head: ServiceHead
    query: LogQuery
    components: tuple[ComponentChoice, ...]
    groups: tuple[PodGroup, ...]
    containers: tuple[ContainerChoice, ...]
    streams: tuple[LogStream, ...]
    left_out: int
    has_previous: bool
    empty: Text | None
    notes: tuple[Text, ...]
    tails: tuple[int, ...] = TAILS


@dataclass(frozen=True, slots=True)
class GonePod:
    """A container of a pod that is gone, whose log was read before."""

    pod: str
    uid: str
    container: str


def build(of: Subject, query: LogQuery, gone: tuple[GonePod, ...] = ()) -> ServiceLogs:
    """The page of a subject; the newest pods first, in each the container that serves before the others."""
    there = newest_first(of.children.get(POD, ()))
    chosen_pods = [pod for pod in there if _fits(pod, query)]
    names = _usual(chosen_pods) if not query.containers else set(query.containers)
    streams = list(_streams(chosen_pods, names, query))
    gone = tuple(one for one in gone if one.pod not in {pod.name for pod in there})
    streams += [
        LogStream(one.pod, one.uid, one.container)
        for one in gone
        if not query.previous
        and one.container in (names or {one.container})
        and (not query.pods or one.pod in query.pods)
    ]
    notes = gap_notes(of.gaps, predictor.mode(of.service), (POD,))
    return ServiceLogs(
        head=head(of),
        query=query,
        components=tuple(_components(there, query)),
        groups=tuple(_groups(of, there, gone, query)),
        containers=tuple(_containers(there, names)),
        streams=tuple(streams[:MOST_STREAMS]),
        left_out=max(0, len(streams) - MOST_STREAMS),
        has_previous=any(
            one.has_previous for pod in chosen_pods for one in pods.all_containers(pod) if one.name in names
        ),
        empty=None if streams or notes else _empty(of, there, query),
        notes=notes,
    )


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


def _streams(chosen: list[Obj], names: set[str], query: LogQuery) -> Iterator[LogStream]:
    for pod in chosen:
        for one in sorted(pods.all_containers(pod), key=_rank):
            if one.name in names and (one.has_previous or not query.previous):
                run = one.restarts if query.previous else 0
                yield LogStream(pod.name, pod.uid, one.name, query.previous, run)


def _rank(one: Container) -> int:
    return 0 if not one.is_init and not one.is_sidecar else 1 if one.is_init else 2


def _groups(of: Subject, there: list[Obj], gone: tuple[GonePod, ...], query: LogQuery) -> Iterator[PodGroup]:
    shares = {part.revision: part.percent for part in traffic.split(of.service)}
    groups: dict[tuple[str, str], list[PodChoice]] = {}
    for pod in there:
        found = health(pod)
        groups.setdefault((pods.component(pod), pods.version(pod)), []).append(
            PodChoice(pod.name, _short(pod.name), found.word, found.mood, pod.name in query.pods)
        )
    for name in dict.fromkeys(one.pod for one in gone):
        choice = PodChoice(name, _short(name), "", Mood.NEUTRAL, name in query.pods)
        groups.setdefault(("", ""), []).append(choice)
    known = {pod.name for pod in there} | {one.pod for one in gone}
    for name in query.pods:
        if name not in known:
            groups.setdefault(("", ""), []).append(PodChoice(name, _short(name), "", Mood.NEUTRAL, True))
    for (component, version), found_pods in groups.items():
        is_chosen = version in query.revisions
        yield PodGroup(component, version, shares.get(version), tuple(found_pods), is_chosen)
    for version in query.revisions:
        if version not in {known_version for _, known_version in groups}:
            yield PodGroup("", version, shares.get(version), (), True)


def _components(there: list[Obj], query: LogQuery) -> Iterator[ComponentChoice]:
    """Those that have pods, and those that were chosen; none where there is nothing to choose between."""
    names = dict.fromkeys((*sorted(map(pods.component, there), key=_order), *query.components))
    if len(names) > 1 or query.components:
        for name in names:
            yield ComponentChoice(name, name in query.components)


def _order(component: str) -> int:
    known = predictor.COMPONENTS
    return known.index(component) if component in known else len(known)


def _short(name: str) -> str:
    """The end of a pod's name, which tells it from its siblings."""
    return "-".join(name.rsplit("-", 2)[-2:])


def _containers(there: list[Obj], names: set[str]) -> Iterator[ContainerChoice]:
    found = {one.name: one for pod in there for one in sorted(pods.all_containers(pod), key=_rank)}
    for one in sorted(found.values(), key=_rank):
        yield ContainerChoice(one.name, one.role, one.name in names)
    for name in sorted(names - set(found)):
        yield ContainerChoice(name, "", True)


def _empty(of: Subject, there: list[Obj], query: LogQuery) -> Text:
    if there and query.previous:
        return text("No container of the choice has run before: there is no log of a run before this one.")
    if there:
        return text("No pod fits the choice. It may be gone, and its log with it.")
    match of.verdict.status:
        case Status.SCALED_TO_ZERO:
            return text("Scaled to zero: there is no pod, and no log. The next request starts a pod.")
        case Status.STOPPED:
            return text("Stopped: there is no pod, and no log.")
        case Status.STARTING | Status.UPDATING | Status.UNKNOWN | Status.QUEUED:
            return text("No pod has been created yet. Its log appears here as soon as it is.")
    return text("There is no pod, and no log. The overview tells the cause.")
