"""Resources in one short text."""

from collections.abc import Mapping

_UNITS = {"cpu": "CPU", "memory": ""}


def amounts(found: Mapping[str, str]) -> str:
    """Such as ``1 CPU · 2Gi · 1 nvidia.com/gpu``."""
    return " · ".join(f"{value} {_UNITS.get(key, key)}".strip() for key, value in found.items())
