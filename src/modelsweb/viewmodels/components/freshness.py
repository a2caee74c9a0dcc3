"""Whether what is shown is live, and what to say where it is not."""

from dataclasses import dataclass
from datetime import datetime

from modelsweb.objects.freshness import Freshness, Health
from modelsweb.text import Text, text


@dataclass(frozen=True, slots=True, kw_only=True)
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
            "Cluster data has not been loaded yet. This page updates automatically once the cluster responds."
        ),
        Freshness.STALE: text(
            "The cluster is not responding. Showing the state as of {time} UTC; retrying.", time=clock
        ),
        Freshness.DENIED: text(
            "This app does not have permission to watch these objects; its administrator must grant it."
        ),
        Freshness.ABSENT: text(
            "This cluster does not have the InferenceService kind. Check that KServe is installed."
        ),
    }[health.freshness]
    return Live(freshness=health.freshness, since=health.since, notice=notice, problem=health.problem)
