"""Kubernetes quantities as numbers. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/"""

import math
import re
from fractions import Fraction

_UNITS = {
    "": 1.0,
    "n": 1e-9,
    "u": 1e-6,
    "m": 1e-3,
    **{letter: 1000.0 ** (power + 1) for power, letter in enumerate("kMGTPE")},
    **{f"{letter}i": 1024.0 ** (power + 1) for power, letter in enumerate("KMGTPE")},
}
_POWERS = {
    "": (10, 0),
    "n": (10, -9),
    "u": (10, -6),
    "m": (10, -3),
    **{letter: (10, 3 * power + 3) for power, letter in enumerate("kMGTPE")},
    **{f"{letter}i": (2, 10 * power + 10) for power, letter in enumerate("KMGTPE")},
}
_MAX_LENGTH, _MAX_POWER = 64, 60
_QUANTITY = re.compile(r"\+?([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([-+]?[0-9]{1,3})|([numkMGTPE]|[KMGTPE]i)?)")


def quantity(value: object) -> float | None:
    """The number that a quantity stands for; None for what is none, or larger than numbers are."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    found = _QUANTITY.fullmatch(str(value))
    if found is None:
        return None
    number, exponent, unit = found.groups()
    try:
        value = float(number) * (10.0 ** int(exponent) if exponent else _UNITS[unit or ""])
    except OverflowError:
        return None
    return value if math.isfinite(value) else None


def is_same(one: object, other: object) -> bool:
    """Both are quantities, and of the same amount, however each is written."""
    amounts = _exact(one), _exact(other)
    return amounts[0] is not None and amounts[0] == amounts[1]


def _exact(value: object) -> Fraction | None:
    text = str(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float) or len(text) > _MAX_LENGTH:
        return None
    found = _QUANTITY.fullmatch(text)
    if found is None:
        return None
    number, exponent, unit = found.groups()
    base, power = (10, int(exponent)) if exponent else _POWERS[unit or ""]
    return Fraction(number) * Fraction(base) ** power if abs(power) <= _MAX_POWER else None


def written(number: float, *, is_bytes: bool = False) -> str:
    """A number as people write a quantity: bytes in twos, parts of one in thousandths."""
    if is_bytes:
        for unit in ("Ei", "Pi", "Ti", "Gi", "Mi", "Ki"):
            if number >= _UNITS[unit]:
                return f"{round(number / _UNITS[unit], 1):g}{unit}"
    if 0 < number < 1 or number != int(number):
        return f"{round(number * 1000)}m"
    return f"{int(number)}"
