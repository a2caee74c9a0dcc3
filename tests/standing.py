"""A clock for tests."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass
class Time:
    """A clock that stands still until it is moved."""

    seconds: float = 0.0

    def now(self) -> datetime:
        """A day of no meaning."""
        return datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        """As it was moved."""
        return self.seconds
