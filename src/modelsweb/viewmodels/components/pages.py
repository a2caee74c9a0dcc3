"""The page of a list that is shown."""

from dataclasses import dataclass, replace
from typing import TypeVar

from modelsweb.viewmodels.components.list_query import ListQuery
from modelsweb.viewmodels.components.table import Index

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
