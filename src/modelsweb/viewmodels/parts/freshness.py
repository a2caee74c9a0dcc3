"""Whether what is shown is live, and what to say where it is not."""

from dataclasses import dataclass
from datetime import datetime

from modelsweb.objects.snapshot import Freshness, Health
from modelsweb.text import Text, text


@dataclass(frozen=True, slots=True)
class Live:
    """The state of the data on a page. ``notice`` is empty while all is well."""

    freshness: Freshness
    since: datetime
    notice: Text | None
    problem: str


def live(health: Health) -> Live:
    """What a page says about the health of its data."""
    clock = health.since.strftime("%H:%M:%S")
    notice = {
        Freshness.LIVE: None,
        Freshness.LOADING: text(
            "The cluster has not been read yet. This page fills by itself as soon as it answers."
        ),
        Freshness.STALE: text(
            "The cluster does not answer. You see the state of {time} UTC; trying again.", time=clock
        ),
        Freshness.DENIED: text(
            "This app itself may not watch these objects; its administrator must grant that."
        ),
        Freshness.ABSENT: text("This cluster does not have the kind InferenceService. Is KServe installed?"),
    }[health.freshness]
    return Live(health.freshness, health.since, notice, health.problem)
