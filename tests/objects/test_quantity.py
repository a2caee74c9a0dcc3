"""Quantities as Kubernetes writes them."""

import pytest

from modelsweb.objects.quantity import quantity, written


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
    ],
)
def test_a_quantity_is_a_number(text: object, number: float) -> None:
    assert quantity(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "4GB", "-", "Gi", None, True, [], {}, "1 Gi", "1e9999"])
def test_what_is_none_is_none(text: object) -> None:
    assert quantity(text) is None


def test_numbers_are_written_as_people_write_them() -> None:
    assert written(0.5) == "500m"
    assert written(8) == "8"
    assert written(33 * 2**30, is_bytes=True) == "33Gi"
    assert written(0, is_bytes=True) == "0"
