"""What of a list is wanted, as it stands in the URL; ``docs/reference/list-query.md`` is the vocabulary.

Kubeflow's dashboard adds stale parameters to the address of the page in its frame, so of each key the first occurrence
counts, several values stand in one key with commas between them, and a filter that was set is cleared by an empty
value, never by leaving its key out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from modelsweb.viewmodels.components.table import Table

MAX_ITEMS = 1_000
"""So many rows are acted on at once."""
DEFAULT_SORT = "status"
PER_PAGE = (20, 50, 100, 200)
DEFAULT_PER_PAGE = 50
NO_COLUMNS = "none"
ALIASES = {"fmt": "format", "nsf": "namespace"}
"""What keys were called before: links that were saved still work."""
_MAX_VALUES = 50
_MAX_COLUMNS = 20
_MAX_LENGTH = 2000
_MAX_PAGE = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """One view of a list. ``chosen`` are facets, by key, with their wanted values; ``columns`` is empty for the usual ones;
    ``page`` counts from 1; ``facets`` and ``order`` are the table's, and ``given`` the keys that stood in the URL, which
    ``encode`` must not drop.
    """

    q: str = ""
    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    faults: bool = False
    sort: str = DEFAULT_SORT
    is_descending: bool = False
    columns: tuple[str, ...] = ()
    page: int = 1
    per: int = DEFAULT_PER_PAGE
    facets: tuple[str, ...] = field(default=(), compare=False)
    order: tuple[str, ...] = field(default=(), compare=False)
    given: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_filtered(self) -> bool:
        """Some filter may hide rows."""
        return bool(self.q or self.faults or self.chosen)

    def values(self, facet: str) -> tuple[str, ...]:
        """The wanted values of a facet; none where all are."""
        return dict(self.chosen).get(facet, ())

    def changed(self, **changes: Any) -> "ListQuery":
        """With other values; on the first page unless another is said."""
        return replace(self, **{"page": 1, **changes})

    def toggled(self, facet: str, value: str) -> "ListQuery":
        """With a value of a facet put in, or out where it is in; on the first page."""
        now = self.values(facet)
        then = tuple(item for item in now if item != value) if value in now else (*now, value)
        return self.changed(chosen=_in_order({**dict(self.chosen), facet: then}, self.facets))

    def sorted_by(self, key: str) -> "ListQuery":
        """Sorted by a column; the other way round where it is sorted by that already."""
        return self.changed(sort=key, is_descending=self.sort == key and not self.is_descending)

    def grouped(self) -> "ListQuery":
        """With rows of one cause together, or no longer."""
        return self.changed(sort=DEFAULT_SORT if self.sort == "why" else "why", is_descending=False)

    def without_filters(self) -> "ListQuery":
        """All rows, in the same order and columns."""
        return self.changed(q="", chosen=(), faults=False)

    def with_column(self, column: str, default: tuple[str, ...]) -> "ListQuery":
        """With a column shown, or hidden where it is shown."""
        shown = self.columns or default
        then = tuple(item for item in shown if item != column) if column in shown else (*shown, column)
        order = {name: index for index, name in enumerate(self.order)}
        then = tuple(sorted(then, key=lambda name: order.get(name, len(order))))
        return replace(self, columns=() if then == default else then or (NO_COLUMNS,))

    def encode(self) -> str:
        """The canonical query string, without a question mark."""
        return "&".join(
            f"{key}={quote(value, safe=':=/,' if key in self.facets or key == 'cols' else '')}"
            for key, value in self.pairs().items()
        )

    def pairs(self) -> dict[str, str]:
        """Key and value of everything that differs from the usual, and of what was given."""
        pairs = {
            "q": self.q,
            **{facet: ",".join(self.values(facet)) for facet in self.facets},
            "faults": "1" if self.faults else "",
            "sort": "" if (self.sort, self.is_descending) == (DEFAULT_SORT, False) else self._sort(),
            "cols": ",".join(self.columns),
            "page": str(self.page) if self.page > 1 else "",
            "per": str(self.per) if self.per != DEFAULT_PER_PAGE else "",
        }
        return {key: value for key, value in pairs.items() if value or key in self.given}

    def _sort(self) -> str:
        return f"{'-' if self.is_descending else ''}{self.sort}"


def parse(pairs: Iterable[tuple[str, str]], table: Table[Any]) -> ListQuery:
    """The query in a URL's parameters. What makes no sense is passed over: a copied link never fails."""
    first: dict[str, str] = {}
    for key, value in pairs:
        first.setdefault(ALIASES.get(key, key), value[:_MAX_LENGTH])
    facets = tuple(facet.key for facet in table.facets)
    chosen = {
        facet.key: tuple(
            value
            for value in _values(first.get(facet.key, ""))
            if facet.known is None or value in facet.known
        )
        for facet in table.facets
    }
    order = tuple(column.key for column in table.columns)
    sort = first.get("sort", "").removeprefix("-")
    is_sorted = sort in table.sorts
    per = _number(first.get("per", ""), DEFAULT_PER_PAGE, maximum=PER_PAGE[-1])
    keys = {"q", "faults", "sort", "cols", "page", "per", *facets}
    return ListQuery(
        q=first.get("q", "").strip(),
        chosen=_in_order(chosen, facets),
        faults=first.get("faults", "") in {"1", "true"},
        sort=sort if is_sorted else DEFAULT_SORT,
        is_descending=is_sorted and first["sort"].startswith("-"),
        columns=_columns(first.get("cols", ""), table),
        page=_number(first.get("page", ""), 1, maximum=_MAX_PAGE),
        per=per if per in PER_PAGE else DEFAULT_PER_PAGE,
        facets=facets,
        order=order,
        given=tuple(key for key in first if key in keys),
    )


def _in_order(
    chosen: dict[str, tuple[str, ...]], facets: tuple[str, ...]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((facet, chosen[facet]) for facet in facets if chosen.get(facet))


def _values(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, value.split(","))))[:_MAX_VALUES]


def _columns(value: str, table: Table[Any]) -> tuple[str, ...]:
    if value == NO_COLUMNS:
        return (NO_COLUMNS,)
    return tuple(filter(table.has, _values(value)))[:_MAX_COLUMNS]


def _number(value: str, default: int, *, maximum: int) -> int:
    if not (value.isascii() and value.isdigit()) or len(value) > len(str(maximum)):
        return default
    return min(max(int(value), 1), maximum)
