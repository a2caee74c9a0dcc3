"""Quantities as Kubernetes writes them."""

import pytest

from modelsweb.objects.quantity import is_same, quantity, written


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 1.0),
        (2, 2.0),
        ("500m", 0.5),
        ("4Gi", 4 * 2**30),
        ("4G", 4e9),
        ("1e3", 1000.0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1E", 1e18),
        ("0", 0.0),
        ("+5Gi", 5 * 2**30),
    ],
)
def test_a_quantity_is_a_number(text: object, number: float) -> None:
    assert quantity(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "4GB", "-", "Gi", None, True, [], {}, "1 Gi", "1e9999", "1e999"])
def test_what_is_none_is_none(text: object) -> None:
    assert quantity(text) is None


def test_numbers_are_written_as_people_write_them() -> None:
    assert written(0.5) == "500m"
    assert written(8) == "8"
    assert written(33 * 2**30, is_bytes=True) == "33Gi"
    assert written(0, is_bytes=True) == "0"


@pytest.mark.parametrize(
    ("one", "other"), [("0.7", "700m"), ("1Gi", "1024Mi"), (1, "1"), ("1e3", "1k"), ("+2", "2.0")]
)
def test_amounts_are_the_same_however_they_are_written(one: object, other: object) -> None:
    assert is_same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1G", "1Gi"), ("1", "x"), ("x", "x"), (True, 1), ("1e999", "1e999"), ("9" * 70, "9" * 70)],
)
def test_what_is_no_amount_is_the_same_as_none(one: object, other: object) -> None:
    assert not is_same(one, other)
