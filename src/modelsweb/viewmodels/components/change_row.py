"""The fields in which an object differs from what it was, or from what was asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from textwrap import dedent
from typing import Any

from modelsweb.manifests.document import dump, scalar
from modelsweb.manifests.merge import FieldDifference

_NOTHING = "–"


class SetBy(StrEnum):
    """Who wants a change: the user, the cluster's defaults and webhooks, or both."""

    USER = "user"
    BOTH = "both"
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One field before and after, as YAML."""

    field: str
    before: str
    after: str
    set_by: SetBy


def change_rows(
    changes: Iterable[FieldDifference], *, asked: tuple[FieldDifference, ...] = ()
) -> tuple[ChangeRow, ...]:
    """What changes, with who wants it; ``asked`` is what the user sent."""
    return tuple(
        ChangeRow(
            field=one.field, before=shown(one.before), after=shown(one.after), set_by=_set_by(one, asked)
        )
        for one in changes
    )


def shown(value: Any) -> str:
    """A value as YAML; a dash where there is none."""
    if value is None:
        return _NOTHING
    if isinstance(value, dict | list):
        return dedent(dump({"": value}).partition("\n")[2]).rstrip("\n") if value else scalar(value)
    return scalar(value)


def _set_by(one: FieldDifference, asked: tuple[FieldDifference, ...]) -> SetBy:
    """The cluster may set a part of what the user sets, or the whole of what they set a part of."""
    around = [
        other for other in asked if one.path[: len(other.path)] == other.path[: len(one.path)]
    ]  # above it, below it, or itself
    by_both = SetBy.BOTH if around else SetBy.CLUSTER
    return SetBy.USER if one in around else by_both
