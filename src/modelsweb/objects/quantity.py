"""Kubernetes quantities as numbers. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/"""

import re

_UNITS = {
    "": 1.0,
    "n": 1e-9,
    "u": 1e-6,
    "m": 1e-3,
    **{letter: 1000.0 ** (power + 1) for power, letter in enumerate("kMGTPE")},
    **{f"{letter}i": 1024.0 ** (power + 1) for power, letter in enumerate("KMGTPE")},
}
_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([-+]?[0-9]{1,3})|([numkMGTPE]|[KMGTPE]i)?)")


def quantity(value: object) -> float | None:
    """The number that a quantity stands for; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    found = _QUANTITY.fullmatch(str(value))
    if found is None:
        return None
    number, exponent, unit = found.groups()
    return float(number) * (10.0 ** int(exponent) if exponent else _UNITS[unit or ""])


def written(number: float, *, is_bytes: bool = False) -> str:
    """A number as people write a quantity: bytes in twos, parts of one in thousandths."""
    if is_bytes:
        for unit in ("Ei", "Pi", "Ti", "Gi", "Mi", "Ki"):
            if number >= _UNITS[unit]:
                return f"{round(number / _UNITS[unit], 1):g}{unit}"
    if 0 < number < 1 or number != int(number):
        return f"{round(number * 1000)}m"
    return f"{int(number)}"
