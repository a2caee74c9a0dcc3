"""The index of a list: after any changes it is what a new one would be."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelsweb.text import text
from modelsweb.viewmodels.components.table import Column, Facet, Filter, Index, Key, Table

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
Row = tuple[str, int, str]
"""Name, number, and one letter of "abc"; those with a "c" fit from their number of seconds on."""

TABLE: Table[Row] = Table(
    leading=(Column(key="name", title=text("Name"), value=lambda row: row[0], sort=lambda row: (row[0],)),),
    columns=(Column(key="number", title=text("Age"), value=lambda row: row[1], sort=lambda row: (row[1],)),),
    facets=(
        Facet(key="letter", title=text("Status"), values=lambda row: (row[2],)),
        Facet(key="odd", title=text("Status"), values=lambda row: ("odd",) if row[1] % 2 else ()),
    ),
    tallies={
        "letter": lambda row, now: (row[2],),
        "fits": lambda row, now: ("yes",) if _fits(row, now) else (),
    },
    sums={"number": lambda row: row[1]},
    changes_at=lambda row: NOW + timedelta(seconds=row[1]) if row[2] == "c" else None,
)
CHOICES: list[dict[str, frozenset[str]]] = [
    {},
    {"letter": frozenset({"a", "c"})},
    {"odd": frozenset({"odd"})},
    {"letter": frozenset({"b"}), "odd": frozenset({"odd"})},
]


def _fits(row: Row, now: datetime) -> bool:
    return row[2] != "c" or now >= NOW + timedelta(seconds=row[1])


def _index(chosen: dict[str, frozenset[str]], *, is_descending: bool = False) -> Index[Row]:
    wanted = Filter(fits=_fits, chosen=chosen, sort=lambda row: (row[1],), is_descending=is_descending)
    return Index(TABLE, wanted)


def _seen(index: Index[Row]) -> object:
    return index.rows(), index.total, index.matching, index.choices(), index.tallies, index.sums


_ROWS = st.tuples(st.sampled_from("pqrst"), st.integers(0, 9), st.sampled_from("abc"))
_STEPS = st.lists(st.tuples(st.sampled_from("vwxyz"), st.none() | _ROWS, st.integers(0, 3)), max_size=40)


@pytest.mark.parametrize("chosen", CHOICES, ids=["all", "two letters", "odd", "both"])
@pytest.mark.parametrize("is_descending", [False, True])
@settings(max_examples=60, deadline=None)
@given(steps=_STEPS)
def test_it_is_what_a_new_one_would_be(
    chosen: dict[str, frozenset[str]], is_descending: bool, steps: list[tuple[str, Row | None, int]]
) -> None:
    index, rows, now = _index(chosen, is_descending=is_descending), dict[Key, Row](), NOW
    index.load((), now)
    for name, row, seconds in steps:
        now += timedelta(seconds=seconds)
        key = ("ns", name)
        index.update([(key, row)], now)
        rows.pop(key, None)
        if row is not None:
            rows[key] = row
    fresh = _index(chosen, is_descending=is_descending)
    fresh.load(rows.items(), now)
    assert _seen(index) == _seen(fresh)


def test_a_row_fits_once_it_is_time_though_nothing_changed() -> None:
    index = _index({})
    index.load([(("ns", "x"), ("p", 5, "c"))], NOW)
    assert index.matching == 0
    index.update((), NOW + timedelta(seconds=5))
    assert (index.matching, index.tallies["fits"]["yes"]) == (1, 1)


def test_rows_are_given_by_place_in_either_order() -> None:
    rows = {("ns", str(number)): ("p", number, "a") for number in range(7)}
    for is_descending, expected in ((False, [2, 3, 4]), (True, [4, 3, 2])):
        index = _index({}, is_descending=is_descending)
        index.load(rows.items(), NOW)
        assert [row[1] for row in index.rows(2, 5)] == expected
