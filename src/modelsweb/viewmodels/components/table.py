"""Lists of any kind of row: their columns, what narrows and orders them, and an index that is kept up to date.

A column and a facet are declared once: heading, cell, order and export follow. The index holds the rows that fit
one query with their order and counts: a change costs what changed, not what is listed.
"""

import heapq
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from modelsweb.text import Text, text
from modelsweb.viewmodels.components import cell

Row = TypeVar("Row")
Key = tuple[str, ...]
"""Namespace and name; in a list of several kinds the kind too."""
Order = tuple[Any, ...]
MAX_CHOICES = 40


def _never(_: Any) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[Row]):
    """One column. ``value`` is what it exports, under ``header`` (its key by default), and what its cell shows where it has
    no macro of its own: ``cell`` names one of ``components/cells.html``. ``sort`` gives what rows are ordered by.

    ``exports`` are the columns that an export has in its place.
    """

    key: str
    title: Text
    value: Callable[[Row], object]
    header: str = ""
    cell: str = "plain"
    sort: Callable[[Row], Order] | None = None
    is_number: bool = False
    is_default: bool = False
    exports: tuple["Column[Row]", ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet(Generic[Row]):
    """One way to narrow a list, and the values of it that a row has.

    ``known`` are all values that there can be, in order; None where they are the rows' own, then ``first`` comes before the
    others and these by how many rows have them. ``words`` say what a value stands for.
    """

    key: str
    title: Text
    values: Callable[[Row], tuple[str, ...]]
    known: tuple[str, ...] | None = None
    first: str = ""
    words: Callable[[str], Text | None] = _never


def label_facet(labels: Callable[[Row], tuple[tuple[str, str], ...]]) -> Facet[Row]:
    """The labels of an object, each with its value."""
    return Facet(
        key="label",
        title=text("Label"),
        values=lambda row: tuple(f"{key}={value}" for key, value in labels(row)),
    )


def timestamp(moment: datetime | None) -> str:
    """A time as an export has it; empty where there is none."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def newest_first(moment: datetime | None) -> float:
    """What orders times; none comes last."""
    return -moment.timestamp() if moment else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of a facet, how many rows have it given the other filters, and whether it is chosen. ``words`` say what it
    stands for, where it does not say so itself."""

    value: str
    count: int
    is_chosen: bool
    words: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The values of a facet; ``omitted`` counts those beyond the most frequent ones."""

    key: str
    title: Text
    choices: tuple[Choice, ...]
    omitted: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Generic[Row]):
    """What a list of such rows can show. ``leading`` columns are always there; ``orders`` are ways to sort without a column.

    ``tallies`` count values over all rows, ``sums`` add up over those that fit. ``changes_at`` says when a row's tallies, or
    whether it fits, may change though it does not.
    """

    leading: tuple[Column[Row], ...]
    columns: tuple[Column[Row], ...]
    facets: tuple[Facet[Row], ...] = ()
    orders: Mapping[str, Callable[[Row], Order]] = field(default_factory=dict)
    tallies: Mapping[str, Callable[[Row, datetime], tuple[str, ...]]] = field(default_factory=dict)
    sums: Mapping[str, Callable[[Row], int]] = field(default_factory=dict)
    changes_at: Callable[[Row], datetime | None] = _never
    prefix: str = ""
    """Columns whose keys begin so are made by ``on_demand`` as they are asked for; empty where there are none."""
    on_demand: Callable[[str], Column[Row]] | None = None

    def has(self, key: str) -> bool:
        """Whether there is such a column, beside the leading ones."""
        is_made = bool(self.prefix) and key.startswith(self.prefix) and len(key) > len(self.prefix)
        return is_made or any(column.key == key for column in self.columns)

    def chosen_columns(self, keys: Iterable[str]) -> tuple[Column[Row], ...]:
        """The columns of some keys; what is no column is passed over."""
        known = {column.key: column for column in self.columns}
        made = self.on_demand
        return tuple(
            known[key] if key in known or made is None else made(key) for key in keys if self.has(key)
        )

    @property
    def sorts(self) -> Mapping[str, Callable[[Row], Order]]:
        """All that rows can be ordered by."""
        columns = (*self.leading, *self.columns)
        return {**self.orders, **{column.key: column.sort for column in columns if column.sort is not None}}

    def records(self, rows: Iterable[Row], columns: Iterable[Column[Row]]) -> list[dict[str, object]]:
        """Rows as plain values under English headers, for exports."""
        shown = self._exported(columns)
        return [{column.header or column.key: column.value(row) for column in shown} for row in rows]

    def csv(self, rows: Iterable[Row], columns: Iterable[Column[Row]]) -> str:
        """Rows as CSV, for spreadsheets."""
        columns = tuple(columns)
        headers = [column.header or column.key for column in self._exported(columns)]
        return cell.to_csv(self.records(rows, columns), headers)

    def _exported(self, columns: Iterable[Column[Row]]) -> list[Column[Row]]:
        found: dict[str, Column[Row]] = {}
        for column in (*self.leading, *columns):
            for one in (column,) if column.exports is None else column.exports:
                found.setdefault(one.header or one.key, one)
        return list(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter(Generic[Row]):
    """Which rows are wanted, and how they are ordered. ``chosen`` are the wanted values of facets, by the facet's key."""

    fits: Callable[[Row, datetime], bool]
    chosen: Mapping[str, frozenset[str]]
    sort: Callable[[Row], Order]
    is_descending: bool = False


@dataclass(slots=True, kw_only=True)
class _Kept(Generic[Row]):
    row: Row
    facets: tuple[tuple[str, ...], ...]
    counted: tuple[int, ...]
    """The facets in whose counts it is: in all where it fits, in one where it lacks only what is chosen of that."""
    order: Order | None = None
    """Its place among those that fit; None where it does not."""
    tallies: tuple[tuple[str, ...], ...] = ()


class Index(Generic[Row]):
    """The rows of a list that fit a filter, in order, with all counts; see the module's text."""

    def __init__(self, table: Table[Row], wanted: Filter[Row]) -> None:
        self.facets: tuple[Counter[str], ...] = tuple(Counter() for _ in table.facets)
        self.tallies: dict[str, Counter[str]] = {name: Counter() for name in table.tallies}
        self.sums: dict[str, int] = dict.fromkeys(table.sums, 0)
        self._table = table
        self._wanted = wanted
        self._places = [
            (place, wanted.chosen[facet.key])
            for place, facet in enumerate(table.facets)
            if wanted.chosen.get(facet.key)
        ]
        self._all = tuple(range(len(table.facets)))
        self._kept: dict[Key, _Kept[Row]] = {}
        self._order: list[tuple[Order, Key]] = []
        self._due: list[tuple[datetime, Key]] = []

    @property
    def total(self) -> int:
        """How many rows there are."""
        return len(self._kept)

    @property
    def matching(self) -> int:
        """How many of them fit."""
        return len(self._order)

    def choices(self) -> tuple[Choices, ...]:
        """The facets: each counts the rows that fit all filters but its own."""
        chosen = self._wanted.chosen
        return tuple(
            _choices(facet, counts, chosen=chosen.get(facet.key, frozenset()))
            for facet, counts in zip(self._table.facets, self.facets, strict=True)
        )

    def rows(self, first: int = 0, last: int | None = None) -> tuple[Row, ...]:
        """Those that fit, in order, from a place (from 0) to another; all of them by default."""
        last = self.matching if last is None else last
        if self._wanted.is_descending:
            first, last = max(0, self.matching - last), self.matching - first
        found = [self._kept[key].row for _, key in self._order[first:last]]
        return tuple(reversed(found) if self._wanted.is_descending else found)

    def load(self, rows: Iterable[tuple[Key, Row]], now: datetime) -> None:
        """All rows at once, into an index that is empty."""
        for key, row in rows:
            kept = self._add(key, row, now=now)
            if kept.order is not None:
                self._order.append((kept.order, key))
        self._order.sort()

    def update(self, changes: Iterable[tuple[Key, Row | None]], now: datetime) -> None:
        """Rows that came, changed or went (None), and those for which it is time."""
        for key, row in changes:
            self._replace(key, row, now=now)
        while self._due and self._due[0][0] <= now:
            _, key = heapq.heappop(self._due)
            if (kept := self._kept.get(key)) is not None:
                self._replace(key, kept.row, now=now)

    def _replace(self, key: Key, row: Row | None, *, now: datetime) -> None:
        if (before := self._kept.pop(key, None)) is not None:
            self._take_out(key, before)
        if row is not None:
            kept = self._add(key, row, now=now)
            if kept.order is not None:
                insort(self._order, (kept.order, key))

    def _add(self, key: Key, row: Row, *, now: datetime) -> _Kept[Row]:
        table = self._table
        facets = tuple(facet.values(row) for facet in table.facets)
        counted: tuple[int, ...] = ()
        order = None
        if self._wanted.fits(row, now):
            misses = [place for place, wanted in self._places if wanted.isdisjoint(facets[place])]
            if not misses:
                counted, order = self._all, self._wanted.sort(row)
            elif len(misses) == 1:
                counted = (misses[0],)
        tallies = tuple(values(row, now) for values in table.tallies.values())
        kept = self._kept[key] = _Kept(row=row, facets=facets, counted=counted, order=order, tallies=tallies)
        for place in counted:
            self.facets[place].update(facets[place])
        for counter, values in zip(self.tallies.values(), tallies, strict=True):
            counter.update(values)
        if order is not None:
            for name, amount in table.sums.items():
                self.sums[name] += amount(row)
        if (at := table.changes_at(row)) is not None and at > now:
            heapq.heappush(self._due, (at, key))
        return kept

    def _take_out(self, key: Key, kept: _Kept[Row]) -> None:
        for place in kept.counted:
            _subtract(self.facets[place], kept.facets[place])
        for counter, values in zip(self.tallies.values(), kept.tallies, strict=True):
            _subtract(counter, values)
        if kept.order is None:
            return
        del self._order[bisect_left(self._order, (kept.order, key))]
        for name, amount in self._table.sums.items():
            self.sums[name] -= amount(kept.row)


def _subtract(counter: Counter[str], values: Iterable[str]) -> None:
    for value in values:
        counter[value] -= 1
        if not counter[value]:
            del counter[value]


def _choices(facet: Facet[Any], counts: Counter[str], *, chosen: frozenset[str]) -> Choices:
    if facet.known is not None:
        names = [name for name in facet.known if counts[name] or name in chosen]
    else:
        names = sorted(counts.keys() | chosen, key=lambda name: (name != facet.first, -counts[name], name))
    shown = names[:MAX_CHOICES]
    shown += sorted(name for name in chosen if name not in shown)
    return Choices(
        key=facet.key,
        title=facet.title,
        choices=tuple(
            Choice(value=name, count=counts[name], is_chosen=name in chosen, words=facet.words(name))
            for name in shown
        ),
        omitted=len(names) - len(shown),
    )
