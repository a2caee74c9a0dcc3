"""The list of the objects of one kind: name, namespace, state, age, with search, order and pages."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlencode

from modelsweb.objects.freshness import Health
from modelsweb.objects.kind import Kind
from modelsweb.text import Text
from modelsweb.topology.health import Mood
from modelsweb.viewmodels.components.age import Age, age
from modelsweb.viewmodels.components.cell import to_csv
from modelsweb.viewmodels.components.freshness import Live, live
from modelsweb.viewmodels.components.object_row import ObjectRow

PER_PAGE = 100
_LONGEST = 200
_MAX_PAGES = 100_000
_ORDER = (Mood.BAD, Mood.WAITING, Mood.NEUTRAL, Mood.GOOD)
_KEYS: Mapping[str, Callable[[ObjectRow], object]] = {
    "status": lambda row: _ORDER.index(row.mood),
    "name": lambda row: row.name,
    "namespace": lambda row: row.namespace,
    "age": lambda row: -row.created.timestamp() if row.created else 0.0,
}
SORTS = tuple(_KEYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectQuery:
    """What of a list is wanted, as it stands in the URL."""

    q: str = ""
    sort: str = "status"
    is_descending: bool = False
    page: int = 1

    def encode(self) -> str:
        """As a query string."""
        pairs = [("q", self.q), ("sort", "" if self.sort == "status" else self.sort)]
        pairs += [
            ("desc", "1" if self.is_descending else ""),
            ("page", str(self.page) if self.page > 1 else ""),
        ]
        return urlencode([(key, value) for key, value in pairs if value])

    def sorted_by(self, sort: str) -> "ObjectQuery":
        """In the order of a column; in its reverse where it is so already."""
        return replace(self, sort=sort, is_descending=self.sort == sort and not self.is_descending, page=1)

    def at_page(self, page: int) -> "ObjectQuery":
        """Another page of the same list."""
        return replace(self, page=page)

    def searching(self, q: str) -> "ObjectQuery":
        """With other words."""
        return replace(self, q=q, page=1)


def parse(items: Iterable[tuple[str, str]]) -> ObjectQuery:
    """From a URL; never fails."""
    found: dict[str, str] = {}
    for key, value in items:
        found.setdefault(key, value)
    page = found.get("page", "")
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < len(str(_MAX_PAGES)) else 1
    sort = found.get("sort", "")
    return ObjectQuery(
        q=found.get("q", "").strip()[:_LONGEST],
        sort=sort if sort in SORTS else "status",
        is_descending=found.get("desc") == "1",
        page=max(1, number),
    )


@dataclass(frozen=True, slots=True)
class RowView:
    """A row as it is drawn now."""

    row: ObjectRow
    age: Age


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectList:
    """The page. ``namespace`` is empty for all of them, ``matching`` counts all that fit the words."""

    kind: str
    plural: str
    title: Text
    is_namespaced: bool
    namespace: str
    query: ObjectQuery
    rows: tuple[ObjectRow, ...]
    matching: int
    total: int
    hidden: int
    pages: int
    live: Live
    matches: tuple[ObjectRow, ...] = field(default=(), repr=False)


def build(
    kind: Kind,
    found: Iterable[ObjectRow],
    *,
    health: Health,
    namespace: str,
    query: ObjectQuery,
    hidden: int,
) -> ObjectList:
    """The page of the objects of a kind."""
    rows = list(found)
    words = query.q.casefold().split()
    matches = [row for row in rows if all(word in _told(row) for word in words)]
    matches.sort(key=lambda row: (row.namespace, row.name))
    matches.sort(key=_KEYS[query.sort], reverse=query.is_descending)  # type: ignore[arg-type]
    pages = max(1, -(-len(matches) // PER_PAGE))
    page = min(query.page, pages)
    return ObjectList(
        kind=kind.kind,
        plural=kind.plural,
        title=kind.title or Text(kind.kind),
        is_namespaced=kind.namespaced,
        namespace=namespace,
        query=replace(query, page=page),
        rows=tuple(matches[(page - 1) * PER_PAGE : page * PER_PAGE]),
        matching=len(matches),
        total=len(rows),
        hidden=hidden,
        pages=pages,
        live=live(health),
        matches=tuple(matches),
    )


def view(row: ObjectRow, now: datetime) -> RowView:
    """A row with what passes with time."""
    return RowView(row, age(row.created, now))


def frame(model: ObjectList) -> object:
    """What the blocks around the rows show."""
    return (
        model.live,
        model.total,
        model.matching,
        model.hidden,
        model.pages,
        model.query,
        bool(model.rows),
    )


def records(rows: Iterable[ObjectRow]) -> list[dict[str, object]]:
    """The rows as plain values, with English headers."""
    return [
        {
            "namespace": row.namespace,
            "name": row.name,
            "status": row.state,
            "message": row.message,
            "created": row.created.strftime("%Y-%m-%dT%H:%M:%SZ") if row.created else "",
        }
        for row in rows
    ]


def csv(rows: Iterable[ObjectRow]) -> str:
    """The rows as CSV, for spreadsheets."""
    return to_csv(records(rows), ("namespace", "name", "status", "message", "created"))


def _told(row: ObjectRow) -> str:
    labels = " ".join(f"{key}={value}" for key, value in row.labels)
    return f"{row.namespace} {row.name} {row.state} {row.message} {labels}".casefold()
