"""Exports: every row, plain values, and no cell that a spreadsheet would run."""

import csv
import io
from datetime import UTC, datetime

import pytest
from tests.viewmodels.test_service_list import ROWS

from modelsweb.viewmodels.components.cell import neutral
from modelsweb.viewmodels.components.service_table import SERVICES


def test_csv_reads_back_to_the_values() -> None:
    text = SERVICES.csv(ROWS, SERVICES.chosen_columns(("format", "replicas", "age", "label:tier")))
    found = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["name"] for row in found] == ["b", "a", "z", "q"]
    assert found[0]["label:tier"] == "prod"
    assert found[2]["cause"] == "Bucket ＦＲＡＵＤ gone"
    assert found[0]["created"] == datetime(2026, 11, 22, 12, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_formulas_are_neutral(value: str) -> None:
    assert neutral(value) == f"'{value}"


def test_an_empty_list_has_headers_still() -> None:
    assert "name" in SERVICES.csv([], ())
