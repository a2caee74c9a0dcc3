"""How fresh what is known of a kind is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Freshness(StrEnum):
    """How far the store can be trusted."""

    LOADING = "loading"
    """Nothing has been read from the cluster yet."""
    LIVE = "live"
    """The watch is open."""
    STALE = "stale"
    """The watch is broken; what is shown was true at ``Health.since``."""
    DENIED = "denied"
    """The app itself may not watch this kind."""
    ABSENT = "absent"
    """The cluster does not have this kind."""


@dataclass(frozen=True, slots=True)
class Health:
    """The state of one kind's watch. ``since`` is when this state began, ``problem`` why, in English."""

    freshness: Freshness
    since: datetime
    problem: str = ""


_WORST_FIRST = (Freshness.DENIED, Freshness.LOADING, Freshness.ABSENT, Freshness.STALE, Freshness.LIVE)


def worst(healths: Iterable[Health]) -> Health:
    """What is put together from several is as fresh as the worst of them; there is one at least."""
    return min(healths, key=lambda health: _WORST_FIRST.index(health.freshness))


class Gap(StrEnum):
    """Why objects of a kind are not among what a service owns."""

    FORBIDDEN = "forbidden"
    """The user may not list them."""
    DENIED = "denied"
    """The app itself may not."""
    ABSENT = "absent"
    """The cluster does not have the kind."""
    LOADING = "loading"
    """They have not been read yet."""
    DUMP = "dump"
    """They are not in the dump that is judged."""


_GAPS = {
    Freshness.DENIED: Gap.DENIED,
    Freshness.ABSENT: Gap.ABSENT,
    Freshness.LOADING: Gap.LOADING,
}


def gap_of(health: Health) -> Gap | None:
    """Why nobody sees objects of a kind that is watched so; None where they are read."""
    return _GAPS.get(health.freshness)
