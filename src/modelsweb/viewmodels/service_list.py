"""The list of model services of both kinds: of one namespace, of several, of all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from modelsweb.diagnosis.verdict import Status
from modelsweb.objects.freshness import Freshness, Health
from modelsweb.objects.kind import Kind
from modelsweb.text import Text, text
from modelsweb.viewmodels.components import search
from modelsweb.viewmodels.components.age import Age, age
from modelsweb.viewmodels.components.freshness import Live, live
from modelsweb.viewmodels.components.item import named
from modelsweb.viewmodels.components.list_query import MAX_ITEMS, ListQuery
from modelsweb.viewmodels.components.pages import Pages, index_of, paged
from modelsweb.viewmodels.components.service_row import ServiceRow
from modelsweb.viewmodels.components.service_table import (
    KIND,
    LABEL,
    LOAD,
    SEARCH_KEYS,
    SERVICES,
    SHORT_KEYS,
    is_fault,
    matches,
)
from modelsweb.viewmodels.components.table import MAX_CHOICES, Choices, Column, Index

_NAMESPACE = "namespace"


@dataclass(frozen=True, slots=True)
class StatusCount:
    """How many services are in a state."""

    status: Status
    count: int


@dataclass(frozen=True, slots=True)
class KindRights:
    """Where the user may do what with objects of a kind; None stands for every namespace that they see."""

    create: tuple[str, ...] | None = ()
    delete: tuple[str, ...] | None = ()
    patch: tuple[str, ...] | None = ()

    def allows(self, verb: str, namespace: str) -> bool:
        """Whether the user may do that in the namespace."""
        where: tuple[str, ...] | None = getattr(self, verb)
        return where is None or namespace in where


@dataclass(frozen=True, slots=True)
class Rights:
    """What the user may do with the objects of the list, by kind."""

    by_kind: Mapping[Kind, KindRights] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash(tuple(self.by_kind.items()))

    @property
    def may_act(self) -> bool:
        """Some button may be offered for some row."""
        return self.may("delete") or self.may("patch")

    def may(self, verb: str) -> bool:
        """Somewhere, with objects of some kind."""
        return any(getattr(one, verb) != () for one in self.by_kind.values())

    def allows(self, verb: str, namespace: str, *, kind: Kind | None = None) -> bool:
        """Whether the user may do that in the namespace, with objects of a kind or of any."""
        asked = self.by_kind.values() if kind is None else [self.by_kind.get(kind, KindRights())]
        return any(one.allows(verb, namespace) for one in asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceList:
    """The page. ``namespaces`` is what was asked for, None for all; ``total`` counts all that the user may see."""

    namespaces: tuple[str, ...] | None
    query: ListQuery
    rows: tuple[ServiceRow, ...]
    pages: Pages
    total: int
    faults: int
    hidden: int
    gpus: int
    """Asked for by all replicas of the services that fit."""
    counts: tuple[StatusCount, ...]
    facets: tuple[Choices, ...]
    shown: tuple[str, ...]
    """The keys of the columns that are shown, beside the leading ones."""
    available: tuple[str, ...]
    """Those of every column that could be: ours, and one for each label that occurs."""
    default_columns: tuple[str, ...]
    problems: tuple[Text, ...]
    live: Live
    gaps: tuple[Text, ...]
    """What else would stand here, and why it does not."""
    has_kinds: bool
    """There are services of several kinds."""
    rights: Rights
    is_nowhere: bool = False
    """The namespace that was asked for does not exist."""
    max_items: int = MAX_ITEMS

    @property
    def leading(self) -> tuple[Column[ServiceRow], ...]:
        """The columns that are always there."""
        return SERVICES.leading

    @property
    def columns(self) -> tuple[Column[ServiceRow], ...]:
        """The columns that are shown, beside the leading ones."""
        return SERVICES.chosen_columns(self.shown)

    @property
    def all_columns(self) -> tuple[Column[ServiceRow], ...]:
        """Every column that could be shown."""
        return SERVICES.chosen_columns(self.available)

    @property
    def has_load(self) -> bool:
        """Requests and errors are shown."""
        return LOAD in self.shown

    @property
    def search_keys(self) -> tuple[str, ...]:
        """What may stand before a colon in the search, in the order of an alphabet."""
        return tuple(sorted(f"{key}:" for key in SEARCH_KEYS - SHORT_KEYS))

    @property
    def namespace(self) -> str:
        """The one namespace that is shown; empty where there are several."""
        return self.namespaces[0] if self.namespaces is not None and len(self.namespaces) == 1 else ""


def index(query: ListQuery) -> Index[ServiceRow]:
    """An empty index of the services that a query wants."""
    parsed = search.parsed(query.q, SEARCH_KEYS)
    return index_of(
        SERVICES,
        query,
        fits=lambda row, now: (not query.faults or is_fault(row, now)) and matches(row, parsed),
    )


def build(
    listing: Index[ServiceRow],
    *,
    healths: tuple[tuple[Kind, Health], ...],
    namespaces: tuple[str, ...] | None,
    query: ListQuery,
    rights: Rights,
    hidden: int,
    refused: tuple[Kind, ...] = (),
    has_load: bool = False,
    is_nowhere: bool = False,
) -> ServiceList:
    """The page for the rows that a user may see; ``has_load`` where something measures their requests. How fresh it is its first
    kind says; of another one that was not read it says so."""
    rows, pages, query = paged(listing, query)
    default = tuple(
        column.key for column in SERVICES.columns if column.is_default and (column.key != LOAD or has_load)
    )
    if namespaces is None or len(namespaces) != 1:
        default = (_NAMESPACE, *default)
    shown = [name for name in query.columns or default if name != LOAD or has_load]
    keys = listing.tallies["label"]
    labels = [f"{LABEL}{key}" for key in sorted(keys, key=lambda key: (-keys[key], key))[:MAX_CHOICES]]
    asked = [name for name in shown if name.startswith(LABEL) and name not in labels]
    ours = [column.key for column in SERVICES.columns if column.key != LOAD or has_load]
    statuses = listing.tallies["status"]
    return ServiceList(
        namespaces=namespaces,
        query=query,
        rows=rows,
        pages=pages,
        total=listing.total,
        faults=listing.tallies["fault"].total(),
        hidden=hidden,
        gpus=listing.sums["gpus"],
        counts=tuple(StatusCount(status, statuses[status]) for status in Status if statuses[status]),
        facets=listing.choices(),
        shown=tuple(filter(SERVICES.has, shown)),
        available=(*ours, *labels, *asked),
        default_columns=default,
        problems=search.parsed(query.q, SEARCH_KEYS).problems,
        live=live(healths[0][1]),
        gaps=_gaps(healths[1:], refused),
        has_kinds=len(listing.tallies[KIND]) > 1 or bool(query.values(KIND)),
        rights=rights,
        is_nowhere=is_nowhere,
    )


def _gaps(others: Iterable[tuple[Kind, Health]], refused: Iterable[Kind]) -> tuple[Text, ...]:
    unread = (one for one in others if one[1].freshness not in {Freshness.LIVE, Freshness.ABSENT})
    return (
        *(
            text("{kind} cannot be read: {problem}", kind=kind.kind, problem=health.problem or kind.full_name)
            for kind, health in unread
        ),
        *(
            text("You may not list {resource} here; they are left out.", resource=kind.full_name)
            for kind in refused
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """A row as it is drawn now: with its ages, and what the user may do with it."""

    row: ServiceRow
    age: Age
    changed: Age
    waiting: Age | None
    """How long it has waited for hardware or quota."""
    may_delete: bool
    may_act: bool
    item: str
    """What names it in a form: namespace, name and uid."""


def view(row: ServiceRow, model: ServiceList, *, now: datetime) -> RowView:
    """A row of the list at a moment."""
    may_delete = model.rights.allows("delete", row.namespace, kind=row.kind)
    return RowView(
        row=row,
        age=age(row.created, now),
        changed=age(row.changed, now),
        waiting=age(row.since, now) if row.status is Status.QUEUED and row.since else None,
        may_delete=may_delete,
        may_act=may_delete or model.rights.allows("patch", row.namespace, kind=row.kind),
        item=named(row.target),
    )
