"""The time that charts show, and the instants at which they have a value."""

from dataclasses import dataclass

_MOST_POINTS = 240


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` to ``end``, both in seconds since 1970 and multiples of ``step`` seconds, both with a value."""

    start: int
    end: int
    step: int

    @property
    def times(self) -> range:
        """The instants."""
        return range(self.start, self.end + 1, self.step)


def span(start: float, end: float, *, least_step: int) -> Span:
    """At most 241 instants that cover the time from start to end; multiples of the step, so that answers can be shared."""
    step = max(least_step, -int(-(end - start) // _MOST_POINTS))
    first = int(start // step) * step
    last = max(first + step, int(end // step) * step)
    return Span(first, last, step)
