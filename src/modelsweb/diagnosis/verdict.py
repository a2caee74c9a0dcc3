"""One status and one sentence for a root object, whatever its kind."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from modelsweb.diagnosis.engine import Unchecked
from modelsweb.diagnosis.finding import Finding
from modelsweb.text import Text


class Status(StrEnum):
    """What a service can be, in the order in which people want to see it."""

    FAILED = "failed"
    """Serves nothing, and will not heal by itself."""
    DEGRADED = "degraded"
    """Serves, but something is broken."""
    QUEUED = "queued"
    """Waits for quota or hardware."""
    STARTING = "starting"
    """The first start is in progress."""
    UPDATING = "updating"
    """A new version comes up while the old one serves, or takes a part of the traffic."""
    STOPPING = "stopping"
    DELETING = "deleting"
    UNKNOWN = "unknown"
    """The controller has not reported, or nothing that can be read proves what it reports."""
    SCALED_TO_ZERO = "scaled-to-zero"
    """Healthy, and starts on the next request."""
    STOPPED = "stopped"
    """Stopped on purpose."""
    READY = "ready"
    """Serves everything that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A status and the cause where there is something to say; ``effect`` is what it means for those who call it.

    ``finding`` is the evidence behind the cause, ``since`` when that began. ``due`` is when the verdict may change
    though no object does.
    """

    status: Status
    cause: Text | None = None
    effect: Text | None = None
    finding: Finding | None = None
    due: datetime | None = None
    unchecked: tuple[Unchecked, ...] = ()
    """The rules that could not look."""
    findings: tuple[Finding, ...] = ()
    """All that rules found, the likeliest cause first."""

    @property
    def since(self) -> datetime | None:
        """When what the finding tells began."""
        return self.finding.since if self.finding else None
