"""What a list shows: which rows its query wants, and the page of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from modelsweb.viewmodels.components.list_query import ListQuery
from modelsweb.viewmodels.components.table import Filter, Index, Table

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Which of the rows that fit are shown. ``matching`` counts all of these, ``number`` and ``count`` are pages, from 1;
    ``first`` and ``last`` are the places of the rows shown, from 1, or 0 where none is."""

    matching: int
    number: int
    count: int
    first: int
    last: int


def index_of(table: Table[Row], query: ListQuery, *, fits: Callable[[Row, datetime], bool]) -> Index[Row]:
    """An empty index of the rows that a query wants; ``fits`` is what it asks for besides facets."""
    return Index(
        table,
        Filter(
            fits=fits,
            chosen={facet: frozenset(values) for facet, values in query.chosen},
            sort=table.sorts[query.sort],
            is_descending=query.is_descending,
        ),
    )


def frame(model: Any) -> object:
    """What is shown around the rows of a list; two lists with equal frames differ in rows only."""
    return replace(model, rows=()), len(model.rows)


def paged(found: Index[Row], query: ListQuery) -> tuple[tuple[Row, ...], Pages, ListQuery]:
    """The rows of the page that a query asks for, of the last one where there are not so many; and the query for it."""
    count = max(1, -(-found.matching // query.per))
    number = min(query.page, count)
    start = (number - 1) * query.per
    rows = found.rows(start, min(start + query.per, found.matching))
    pages = Pages(
        matching=found.matching,
        number=number,
        count=count,
        first=start + 1 if rows else 0,
        last=start + len(rows),
    )
    return rows, pages, replace(query, page=number)
