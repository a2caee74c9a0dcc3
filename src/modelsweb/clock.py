"""Time, as something that can be handed over, so that ages and back-offs are testable."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

CLOCKS_DIFFER = timedelta(minutes=10)
"""By less than this, within one cluster: what differs by more is older."""


class Clock(Protocol):
    """Wall time for what people read, monotonic time for how long things took."""

    def now(self) -> datetime:
        """The current time in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed point, never going back."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The current time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some fixed point, never going back."""
        return time.monotonic()


def parse_time(value: str | None) -> datetime | None:
    """The time that Kubernetes wrote (RFC 3339), or None where it wrote none or nonsense."""
    if not value:
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def format_time(value: datetime) -> str:
    """The time as Kubernetes writes it in metadata: UTC, seconds, a Z at the end."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
