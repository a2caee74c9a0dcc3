"""What the user may do with the object of a page and its parts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """Each as RBAC gives it, whether or not there is anything to do."""

    create: bool = False
    """An object like it, in its namespace."""
    delete: bool = False
    logs: bool = False
    metrics: bool = False
    patch: bool = False
