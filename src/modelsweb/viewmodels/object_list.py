"""The list of the objects of one kind: name, namespace, state, age, with search, facets, order and pages."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from modelsweb.objects.freshness import Health
from modelsweb.objects.kind import Kind
from modelsweb.text import Text, text
from modelsweb.topology.health import Mood
from modelsweb.viewmodels.components import search
from modelsweb.viewmodels.components.age import Age, age
from modelsweb.viewmodels.components.freshness import Live, live
from modelsweb.viewmodels.components.list_query import ListQuery
from modelsweb.viewmodels.components.object_row import ObjectRow
from modelsweb.viewmodels.components.pages import Pages, index_of, paged
from modelsweb.viewmodels.components.subject import SUBJECTS
from modelsweb.viewmodels.components.table import (
    Choices,
    Column,
    Facet,
    Index,
    Table,
    label_facet,
    newest_first,
    timestamp,
)
from modelsweb.viewmodels.components.words import STATE_WORDS

_MOODS = {mood: place for place, mood in enumerate((Mood.BAD, Mood.WAITING, Mood.NEUTRAL, Mood.GOOD))}
_KEYS = frozenset({"name", "namespace", "status", "label"})


NAMESPACE: Column[ObjectRow] = Column(
    key="namespace",
    title=text("Namespace"),
    value=lambda row: row.namespace,
    sort=lambda row: (row.namespace, row.name),
)
NAME: Column[ObjectRow] = Column(
    key="name",
    title=text("Name"),
    value=lambda row: row.name,
    sort=lambda row: (row.name, row.namespace),
)
STATUS: Column[ObjectRow] = Column(
    key="status",
    title=text("Status"),
    value=lambda row: row.state,
    sort=lambda row: (_MOODS[row.mood], row.namespace, row.name),
)
SUBJECT: Column[ObjectRow] = Column(
    key="subject",
    title=text("About"),
    value=lambda row: row.subject,
    sort=lambda row: (row.subject, row.name, row.namespace),
    is_default=True,
)
_SUBJECT_OF: Mapping[str, Column[ObjectRow]] = {
    kind.plural: replace(SUBJECT, title=title) for kind, (title, _) in SUBJECTS.items()
}
"""The same as the list of each kind has it; a kind of which nothing is said has none."""
_MESSAGE: Column[ObjectRow] = Column(key="message", title=text("Message"), value=lambda row: row.message)

OBJECTS: Table[ObjectRow] = Table(
    leading=(replace(STATUS, exports=(NAMESPACE, NAME, STATUS, _MESSAGE)), NAME),
    columns=(
        NAMESPACE,
        SUBJECT,
        Column(
            key="age",
            title=text("Age"),
            value=lambda row: timestamp(row.created),
            header="created",
            cell="age",
            sort=lambda row: (newest_first(row.created), row.name, row.namespace),
            is_number=True,
            is_default=True,
        ),
    ),
    facets=(
        Facet(
            key="status",
            title=text("Status"),
            values=lambda row: (row.state,) if row.state else (),
            words=STATE_WORDS.get,
        ),
        Facet(
            key="namespace",
            title=text("Namespace"),
            values=lambda row: (row.namespace,) if row.namespace else (),
        ),
        label_facet(lambda row: row.labels),
    ),
)


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as it is drawn now."""

    row: ObjectRow
    age: Age


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectList:
    """The page. ``namespace`` is empty for all of them."""

    kind: str
    plural: str
    resource: str
    title: Text
    is_namespaced: bool
    namespace: str
    query: ListQuery
    rows: tuple[ObjectRow, ...]
    pages: Pages
    total: int
    hidden: int
    facets: tuple[Choices, ...]
    problems: tuple[Text, ...]
    live: Live

    @property
    def columns(self) -> tuple[Column[ObjectRow], ...]:
        """The columns beside the leading ones; of one namespace, and of the whole cluster, none is for namespaces."""
        shows_namespace = self.is_namespaced and not self.namespace
        replaced = {
            SUBJECT.key: _SUBJECT_OF.get(self.plural),
            NAMESPACE.key: NAMESPACE if shows_namespace else None,
        }
        shown = (replaced.get(one.key, one) for one in OBJECTS.columns)
        return tuple(one for one in shown if one is not None)

    @property
    def leading(self) -> tuple[Column[ObjectRow], ...]:
        """The columns that are always there."""
        return OBJECTS.leading


def index(query: ListQuery) -> Index[ObjectRow]:
    """An empty index of the objects that a query wants."""
    wanted = search.parsed(query.q, _KEYS)
    return index_of(OBJECTS, query, fits=lambda row, now: _matches(row, wanted))


def build(
    kind: Kind, listing: Index[ObjectRow], *, health: Health, namespace: str, query: ListQuery, hidden: int
) -> ObjectList:
    """The page of the objects of a kind."""
    rows, pages, query = paged(listing, query)
    shows_namespace = kind.namespaced and not namespace
    return ObjectList(
        kind=kind.kind,
        plural=kind.plural,
        resource=kind.full_name,
        title=kind.title or Text(kind.kind),
        is_namespaced=kind.namespaced,
        namespace=namespace,
        query=query,
        rows=rows,
        pages=pages,
        total=listing.total,
        hidden=hidden,
        facets=tuple(one for one in listing.choices() if shows_namespace or one.key != NAMESPACE.key),
        problems=search.parsed(query.q, _KEYS).problems,
        live=live(health),
    )


def view(row: ObjectRow, now: datetime) -> RowView:
    """A row with what passes with time."""
    return RowView(row, age(row.created, now))


def _matches(row: ObjectRow, wanted: search.Search) -> bool:
    if not wanted.matchers:
        return True
    labels = " ".join(f"{key}={value}" for key, value in row.labels)
    fields = {"name": row.name, "namespace": row.namespace, "status": row.state, "label": labels}
    haystack = search.fold("\n".join((*fields.values(), row.message, row.subject)))
    return wanted.matches(haystack, lambda key: search.fold(fields[key]) if key in fields else None)
