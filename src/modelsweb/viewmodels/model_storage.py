"""Where models come from and where they are kept: which storage container takes an address, the caches by node, the node groups."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from modelsweb.objects.freshness import Health
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.quantity import quantity, written
from modelsweb.text import Text, text
from modelsweb.topology.health import Mood
from modelsweb.topology.model_cache import NodeState, nodes_of, users_of
from modelsweb.topology.storage_container import INIT_CONTAINER, Miss, Tried, formats, tried, workload
from modelsweb.viewmodels.components.freshness import Live, live
from modelsweb.viewmodels.components.storage_overview import NODE_STATES, WORKLOADS

_LONGEST_ADDRESS = 2_048
_MAX_NODES = 40
_MAX_CACHES = 200
_RESULTS: Mapping[Miss, Text] = {
    Miss.DISABLED: text("Disabled"),
    Miss.OTHER_WORK: text("Different workload type"),
    Miss.NO_FORMAT: text("No prefix or pattern fits"),
    Miss.BROKEN: text("A pattern of it cannot be read"),
}
_MOUNTED = ("pvc://", "oci://", "oci+native://")
"""What KServe puts into the pod without a download."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageQuestion:
    """What is asked: an address, and the work that a container is to do."""

    uri: str = ""
    work: str = INIT_CONTAINER

    @property
    def encoded(self) -> str:
        """As the query of an address."""
        given = {"uri": self.uri, "work": "" if self.work == INIT_CONTAINER else self.work}
        return urlencode({key: value for key, value in given.items() if value})


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerRow:
    """A storage container. ``result`` is None while nothing is asked; ``work`` is KServe's word, ``words`` ours for it."""

    name: str
    work: str
    words: Text | None
    formats: tuple[str, ...]
    fits: str
    image: str
    result: Text | None
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeCell:
    """A cache on a node."""

    mood: Mood
    state: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheRow:
    """A cache with a cell for each node, None where it is not to be there. ``namespace`` is empty for the whole cluster."""

    plural: str
    namespace: str
    name: str
    uri: str
    size: str
    groups: tuple[str, ...]
    held: int
    total: int
    users: int
    cells: tuple[NodeCell | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """A node group with what its caches ask for together; ``is_over`` where that is more than each node may keep."""

    name: str
    limit: str
    asked: str
    caches: int
    is_over: bool
    is_whole: bool
    """All caches that there can be were counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStorage:
    """The page. A part is None where the user may not list what it is made of, the cluster has no such kind, or it could not be read;
    ``refused`` and ``unread`` are the kinds of which that is so, ``shows_containers`` where they might be read later."""

    question: StorageQuestion
    works: tuple[tuple[str, Text], ...]
    live: Live
    answer: Text | None
    containers: tuple[ContainerRow, ...] | None
    nodes: tuple[str, ...]
    caches: tuple[CacheRow, ...] | None
    groups: tuple[GroupRow, ...] | None
    more_nodes: int
    more_caches: int
    refused: tuple[str, ...]
    unread: tuple[str, ...]
    shows_containers: bool


def parse(pairs: Iterable[tuple[str, str]]) -> StorageQuestion:
    """What the address asks for; whatever makes no sense is left out."""
    given = {key: value.strip() for key, value in reversed(list(pairs))}
    work = given.get("work", "")
    return StorageQuestion(
        uri=given.get("uri", "")[:_LONGEST_ADDRESS], work=work if work in WORKLOADS else INIT_CONTAINER
    )


def build(
    question: StorageQuestion,
    *,
    containers: tuple[Obj, ...] | None,
    caches: tuple[tuple[Kind, Obj], ...] | None,
    groups: tuple[Obj, ...] | None,
    refused: tuple[str, ...],
    health: Health,
    unread: tuple[str, ...] = (),
    shows_containers: bool = True,
    is_whole: bool = True,
) -> ModelStorage:
    """The page. ``refused`` are the kinds that the user may not list, ``unread`` those that could not be read; ``is_whole`` says that
    ``caches`` are all that the cluster has."""
    nodes = sorted({name for _, cache in caches or () for name, _ in nodes_of(cache)})
    found = tried(containers or (), question.uri, work=question.work)
    fitting = [one for one in found if one.miss is None]
    is_broken = any(one.miss is Miss.BROKEN for one in found)
    shown = nodes[:_MAX_NODES]
    return ModelStorage(
        question=question,
        works=tuple(WORKLOADS.items()),
        live=live(health),
        answer=_answer(question, fitting, is_broken=is_broken)
        if question.uri and containers is not None
        else None,
        containers=tuple(_container(one, of=fitting if question.uri else None) for one in found)
        if containers is not None
        else None,
        nodes=tuple(shown),
        caches=tuple(_caches(caches[:_MAX_CACHES], shown)) if caches is not None else None,
        groups=tuple(_groups(groups, [cache for _, cache in caches or ()], is_whole=is_whole))
        if groups is not None
        else None,
        more_nodes=len(nodes) - len(shown),
        more_caches=max(0, len(caches or ()) - _MAX_CACHES),
        refused=refused,
        unread=unread,
        shows_containers=shows_containers,
    )


def _answer(question: StorageQuestion, fitting: list[Tried], *, is_broken: bool) -> Text:
    if question.uri.startswith(_MOUNTED) and question.work == INIT_CONTAINER:
        return text("Nothing is downloaded: KServe mounts such a model into the pod.")
    if is_broken:
        return text(
            "Unknown: a pattern of one of them cannot be read, and KServe fails where it comes to that before it finds another."
        )
    if len(fitting) == 1:
        return text(
            "{container} takes it, by {fits}.", container=fitting[0].container.name, fits=fitting[0].fits
        )
    if fitting:
        return text(
            "One of {names} takes it: KServe looks at them in no fixed order. A service can name one as storageContainerName.",
            names=", ".join(one.container.name for one in fitting),
        )
    if question.work == INIT_CONTAINER:
        return text(
            "No storage container takes it. KServe's own downloader gets it where it knows the scheme; else the service fails."
        )
    return text("No storage container takes it: KServe's default image downloads it.")


def _container(one: Tried, *, of: list[Tried] | None) -> ContainerRow:
    """``of`` are those that fit; None while nothing is asked."""
    work = workload(one.container)
    is_chosen = of is not None and one in of
    taken = text("Selected") if of is not None and len(of) == 1 else text("Fits")
    return ContainerRow(
        name=one.container.name,
        work=work,
        words=WORKLOADS.get(work),
        formats=tuple(value for _, value in formats(one.container)),
        fits=one.fits if is_chosen else "",
        image=one.container.string("spec", "container", "image"),
        result=None if of is None else taken if one.miss is None else _RESULTS[one.miss],
        is_chosen=is_chosen,
    )


def _caches(caches: Iterable[tuple[Kind, Obj]], nodes: list[str]) -> Iterator[CacheRow]:
    for kind, cache in sorted(caches, key=lambda pair: (pair[1].namespace, pair[1].name)):
        states = dict(nodes_of(cache))
        yield CacheRow(
            plural=kind.plural,
            namespace=cache.namespace,
            name=cache.name,
            uri=cache.string("spec", "sourceModelUri"),
            size=cache.amount("spec", "modelSize"),
            groups=_named_groups(cache),
            held=sum(state is NodeState.DOWNLOADED for state in states.values()),
            total=len(states),
            users=len(users_of(cache)),
            cells=tuple(
                NodeCell(mood=NODE_STATES[states[name]][0], state=NODE_STATES[states[name]][1])
                if name in states
                else None
                for name in nodes
            ),
        )


def _groups(groups: Iterable[Obj], caches: list[Obj], *, is_whole: bool) -> Iterator[GroupRow]:
    asked: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for cache in caches:
        for name in _named_groups(cache):
            asked[name] += int(quantity(cache.amount("spec", "modelSize")) or 0)
            counts[name] += 1
    for group in sorted(groups, key=lambda one: one.name):
        limit = group.amount("spec", "storageLimit")
        yield GroupRow(
            name=group.name,
            limit=limit,
            asked=written(float(asked[group.name]), is_bytes=True),
            caches=counts[group.name],
            is_over=bool(limit) and asked[group.name] > (quantity(limit) or 0),
            is_whole=is_whole,
        )


def _named_groups(cache: Obj) -> tuple[str, ...]:
    given = cache.mapping("spec").get("nodeGroups")
    return tuple(str(one) for one in given) if isinstance(given, list) else ()
