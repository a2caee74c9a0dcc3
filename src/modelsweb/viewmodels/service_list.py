"""The list of InferenceServices: of one namespace, of several, of all."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from itertools import chain

from modelsweb.diagnosis import limits, rules
from modelsweb.diagnosis.verdict import Status
from modelsweb.objects.freshness import Health
from modelsweb.text import Text
from modelsweb.viewmodels.components import list_query, search
from modelsweb.viewmodels.components.age import Age, age
from modelsweb.viewmodels.components.freshness import Live, live
from modelsweb.viewmodels.components.list_query import LABEL, LOAD, MAX_ITEMS, ListQuery
from modelsweb.viewmodels.components.service_row import ANY, FACETS, ServiceRow

_ORDER = {status: index for index, status in enumerate(Status)}
_FAULTS = {Status.FAILED, Status.DEGRADED}
_MAX_CHOICES = 40
SEARCH_KEYS = frozenset(
    {
        "name",
        "namespace",
        "ns",
        "gpu",
        "status",
        "mode",
        "runtime",
        "format",
        "fmt",
        "label",
        "owner",
        "cause",
        "uri",
        "protocol",
        "version",
    }
)


_SHORT_KEYS = {"ns", "fmt"}
"""Others say the same."""


@dataclass(frozen=True, slots=True)
class StatusCount:
    """How many services are in a state."""

    status: Status
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of a facet, how many services have it given the other filters, and whether it is chosen. ``words`` say
    what a cause is."""

    value: str
    count: int
    is_chosen: bool
    words: Text | None = None


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow the list; ``omitted`` counts values beyond the most frequent ones."""

    key: str
    choices: tuple[Choice, ...]
    omitted: int = 0


@dataclass(frozen=True, slots=True)
class Rights:
    """What the user may do where; None stands for every namespace that they see."""

    create: tuple[str, ...] | None = ()
    delete: tuple[str, ...] | None = ()
    patch: tuple[str, ...] | None = ()

    @property
    def may_act(self) -> bool:
        """Some button may be offered for some row."""
        return self.delete != () or self.patch != ()

    def allows(self, verb: str, namespace: str) -> bool:
        """Whether the user may do that in the namespace."""
        where: tuple[str, ...] | None = getattr(self, verb)
        return where is None or namespace in where


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceList:
    """The page. ``namespaces`` is what was asked for, None for all; ``rows`` are those of this page of the table,
    ``matching`` counts all that fit the filters, ``total`` all that the user may see.
    """

    namespaces: tuple[str, ...] | None
    query: ListQuery
    rows: tuple[ServiceRow, ...]
    matching: int
    total: int
    faults: int
    hidden: int
    gpus: int
    """Asked for by all replicas of the services that fit."""
    counts: tuple[StatusCount, ...]
    facets: tuple[Facet, ...]
    columns: tuple[str, ...]
    default_columns: tuple[str, ...]
    label_keys: tuple[str, ...]
    problems: tuple[Text, ...]
    live: Live
    rights: Rights
    has_load: bool = False
    is_nowhere: bool = False
    """The namespace that was asked for does not exist."""
    max_items: int = MAX_ITEMS
    matches: tuple[ServiceRow, ...] = field(default=(), repr=False)
    """All rows that fit, on every page of the table: for an export and for what is done to all of them."""

    @property
    def search_keys(self) -> tuple[str, ...]:
        """What may stand before a colon in the search, in the order of an alphabet."""
        return tuple(sorted(f"{key}:" for key in SEARCH_KEYS - _SHORT_KEYS))

    @property
    def namespace(self) -> str:
        """The one namespace that is shown; empty where there are several."""
        return self.namespaces[0] if self.namespaces is not None and len(self.namespaces) == 1 else ""

    @property
    def all_columns(self) -> tuple[str, ...]:
        """Every column that could be shown: ours, and one for each label that occurs."""
        labels = [f"{LABEL}{key}" for key in self.label_keys]
        chosen = [name for name in self.columns if name.startswith(LABEL) and name not in labels]
        ours = (name for name in list_query.COLUMNS if name != LOAD or self.has_load)
        return (*ours, *labels, *chosen)

    @property
    def pages(self) -> int:
        """How many pages the table has, at least 1."""
        return max(1, -(-self.matching // self.query.per))

    @property
    def first(self) -> int:
        """The number of the first row shown, from 1; 0 where none is."""
        return (self.query.page - 1) * self.query.per + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return self.first + len(self.rows) - 1 if self.rows else 0


def build(
    rows: Iterable[ServiceRow],
    *,
    health: Health,
    namespaces: tuple[str, ...] | None,
    query: ListQuery,
    rights: Rights,
    hidden: int,
    now: datetime,
    has_load: bool = False,
    is_nowhere: bool = False,
) -> ServiceList:
    """The page for the rows that a user may see; ``has_load`` where something measures their requests."""
    everything = list(rows)
    parsed = _parsed(query.q)
    found, facets = _filtered(everything, query, parsed=parsed, now=now)
    found.sort(key=_sorting(query.sort), reverse=query.is_descending)
    pages = max(1, -(-len(found) // query.per))
    query = replace(query, page=min(query.page, pages))
    start = (query.page - 1) * query.per
    counts = Counter(row.status for row in everything)
    default = tuple(name for name in list_query.DEFAULT_COLUMNS if name != LOAD or has_load)
    if namespaces is None or len(namespaces) != 1:
        default = ("namespace", *default)
    return ServiceList(
        namespaces=namespaces,
        query=query,
        rows=tuple(found[start : start + query.per]),
        matching=len(found),
        total=len(everything),
        faults=sum(is_fault(row, now) for row in everything),
        hidden=hidden,
        gpus=sum(row.gpus * row.replicas.wanted for row in found if row.gpus and row.replicas),
        counts=tuple(StatusCount(status, counts[status]) for status in Status if counts[status]),
        facets=facets,
        columns=tuple(
            name for name in query.columns or default if name != "none" and (name != LOAD or has_load)
        ),
        default_columns=default,
        label_keys=_label_keys(everything),
        problems=parsed.problems,
        live=live(health),
        rights=rights,
        has_load=has_load,
        is_nowhere=is_nowhere,
        matches=tuple(found),
    )


def frame(model: ServiceList) -> object:
    """What is shown around the rows; two lists with equal frames differ in rows only."""
    return replace(model, rows=(), matches=()), len(model.rows)


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
    may_delete = model.rights.allows("delete", row.namespace)
    return RowView(
        row=row,
        age=age(row.created, now),
        changed=age(row.changed, now),
        waiting=age(row.since, now) if row.status is Status.QUEUED and row.since else None,
        may_delete=may_delete,
        may_act=may_delete or model.rights.allows("patch", row.namespace),
        item=f"{row.namespace}/{row.name}/{row.uid}",
    )


def is_fault(row: ServiceRow, now: datetime) -> bool:
    """A person is needed: failed, degraded, or waiting for hardware or quota for more than ten minutes."""
    if row.status in _FAULTS:
        return True
    since = row.since or row.created
    return row.status is Status.QUEUED and since is not None and now - since > limits.QUEUE


@lru_cache(maxsize=256)
def _parsed(q: str) -> search.Search:
    return search.parse(q, SEARCH_KEYS)


def _filtered(
    rows: list[ServiceRow], query: ListQuery, *, parsed: search.Search, now: datetime
) -> tuple[list[ServiceRow], tuple[Facet, ...]]:
    """The rows that fit, and the facets: each counts the rows that fit all filters but its own."""
    if query.faults:
        rows = [row for row in rows if is_fault(row, now)]
    if parsed.matchers:
        rows = [row for row in rows if _matches(row, parsed)]
    chosen = [
        (place, frozenset(getattr(query, key))) for place, key in enumerate(FACETS) if getattr(query, key)
    ]
    found = rows
    missed: dict[int, list[ServiceRow]] = {}
    if chosen:
        found, missed = _narrowed(rows, chosen)
    counts = [
        Counter(chain.from_iterable([row.facets[place] for row in (*found, *missed.get(place, ()))]))
        for place in range(len(FACETS))
    ]
    facets = tuple(
        _facet(key, count, chosen=getattr(query, key)) for key, count in zip(FACETS, counts, strict=True)
    )
    return list(found), tuple(_worded(facet) if facet.key == "why" else facet for facet in facets)


def _worded(facet: Facet) -> Facet:
    """Each cause in the words of its rule; a rule finds more than one sentence."""
    choices = tuple(replace(one, words=rules.summary(one.value)) for one in facet.choices)
    return replace(facet, choices=choices)


def _narrowed(
    rows: list[ServiceRow], chosen: list[tuple[int, frozenset[str]]]
) -> tuple[list[ServiceRow], dict[int, list[ServiceRow]]]:
    """The rows that have a chosen value of every facet, and by facet those that miss it alone."""
    found: list[ServiceRow] = []
    missed: dict[int, list[ServiceRow]] = {}
    for row in rows:
        misses = [place for place, wanted in chosen if wanted.isdisjoint(row.facets[place])]
        if not misses:
            found.append(row)
        elif len(misses) == 1:
            missed.setdefault(misses[0], []).append(row)
    return found, missed


def _matches(row: ServiceRow, parsed: search.Search) -> bool:
    return parsed.matches(_haystack(row), lambda key: _field(row, key))


def _facet(key: str, counts: Counter[str], *, chosen: tuple[str, ...]) -> Facet:
    if key == "status":
        names = [status.value for status in Status if counts[status.value] or status.value in chosen]
    else:
        names = sorted(counts.keys() | set(chosen), key=lambda name: (name != ANY, -counts[name], name))
    shown = names[:_MAX_CHOICES]
    shown += [name for name in chosen if name not in shown]
    choices = tuple(Choice(value=name, count=counts[name], is_chosen=name in chosen) for name in shown)
    return Facet(key, choices, len(names) - len(shown))


def _haystack(row: ServiceRow) -> str:
    labels = " ".join(f"{key}={value}" for key, value in row.labels)
    words = (row.name, row.namespace, row.model_format, row.runtime, row.storage_uri, _cause(row), labels)
    return search.fold("\n".join(words))


def _field(row: ServiceRow, key: str) -> str | None:
    match key:
        case "format" | "fmt":
            value = row.model_format
        case "ns":
            value = row.namespace
        case "gpu":
            return str(row.gpus) if row.gpus else ""
        case "uri":
            value = row.storage_uri
        case "status":
            value = f"{row.status.value} {row.status.value.replace('-', '')}"
        case "label":
            value = "\n".join(f"{name}={value}" for name, value in row.labels)
        case "cause":
            value = _cause(row)
        case _:
            value = getattr(row, key)
    return search.fold(value)


def _cause(row: ServiceRow) -> str:
    return str(row.cause) if row.cause else ""


def _label_keys(rows: list[ServiceRow]) -> tuple[str, ...]:
    counts = Counter(key for row in rows for key, _ in row.labels)
    return tuple(key for key, _ in counts.most_common(_MAX_CHOICES))


def _sorting(key: str) -> Callable[[ServiceRow], tuple[object, ...]]:
    match key:
        case "status":
            return lambda row: (_ORDER[row.status], row.name, row.namespace)
        case "why":
            return lambda row: (not row.rule, row.rule, _ORDER[row.status], row.name, row.namespace)
        case "namespace":
            return lambda row: (row.namespace, row.name)
        case "replicas":
            return lambda row: (row.replicas.ready if row.replicas else -1, row.name, row.namespace)
        case "gpu":
            return lambda row: (-row.gpus, row.name, row.namespace)
        case "changed":
            return lambda row: (-(row.changed.timestamp() if row.changed else 0), row.name, row.namespace)
        case "age":
            return lambda row: (-(row.created.timestamp() if row.created else 0), row.name, row.namespace)
    return lambda row: (row.name, row.namespace)
