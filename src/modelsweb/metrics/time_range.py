"""The time that charts show, and the instants at which they have a value."""

from dataclasses import dataclass

_MAX_POINTS = 240


@dataclass(frozen=True, slots=True)
class TimeRange:
    """From ``start`` to ``end``, both in seconds since 1970 and multiples of ``step`` seconds, both with a value."""

    start: int
    end: int
    step: int

    @property
    def times(self) -> range:
        """The instants."""
        return range(self.start, self.end + 1, self.step)


def time_range(start: float, end: float, *, min_step: int) -> TimeRange:
    """At most 241 instants that cover the time from start to end; multiples of the step, so that answers can be shared."""
    step = max(min_step, -int(-(end - start) // _MAX_POINTS))
    first = int(start // step) * step
    last = max(first + step, int(end // step) * step)
    return TimeRange(first, last, step)
