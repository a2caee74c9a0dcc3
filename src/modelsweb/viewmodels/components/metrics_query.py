"""Which metrics of a service are shown, as the page's URL says it.

``range`` is one of RANGES, or ``from`` and ``to`` say the time in seconds since 1970, as a drag on a chart writes it;
``refresh`` is one of REFRESHES in seconds; ``comp`` and ``rev`` narrow to one component or one revision.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

RANGES = {"15m": 900, "1h": 3_600, "6h": 21_600, "24h": 86_400, "7d": 604_800}
"""What may be chosen, in seconds up to now."""
USUAL_RANGE = "1h"
REFRESHES = (0, 15, 60, 300)
USUAL_REFRESH = 15
_LONGEST = 90 * 86_400
_SHORTEST = 60
_LAST = 4_102_444_800
"""The year 2100: later times are typing errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsQuery:
    """A choice of time and of what is measured. ``start`` and ``end`` are 0 where ``range`` counts."""

    range: str = USUAL_RANGE
    start: int = 0
    end: int = 0
    refresh: int = USUAL_REFRESH
    component: str = ""
    revision: str = ""

    def times(self, now: float) -> tuple[float, float]:
        """Start and end, in seconds since 1970."""
        if self.start:
            return self.start, self.end
        return now - RANGES[self.range], now

    def encode(self, **other: str) -> str:
        """As a query string, what is as usual left out; ``other`` keys replace what is there, empty ones take it away."""
        pairs = {
            "range": "" if self.start or self.range == USUAL_RANGE else self.range,
            "from": str(self.start or ""),
            "to": str(self.end or ""),
            "refresh": "" if self.refresh == USUAL_REFRESH else str(self.refresh),
            "comp": self.component,
            "rev": self.revision,
            **other,
        }
        return urlencode({key: value for key, value in pairs.items() if value})


def parse(items: Iterable[tuple[str, str]]) -> MetricsQuery:
    """Never fails: what makes no sense is as if it were not there."""
    first = dict(reversed(list(items)))  # of each key the first counts
    start, end = _seconds(first.get("from", "")), _seconds(first.get("to", ""))
    if not (start and _SHORTEST <= end - start <= _LONGEST):
        start = end = 0
    range_, refresh = first.get("range", ""), first.get("refresh", "")
    return MetricsQuery(
        range=range_ if range_ in RANGES else USUAL_RANGE,
        start=start,
        end=end,
        refresh=int(refresh) if refresh in {str(one) for one in REFRESHES} else USUAL_REFRESH,
        component=first.get("comp", "")[:63],
        revision=first.get("rev", "")[:253],
    )


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) < _LAST else 0
