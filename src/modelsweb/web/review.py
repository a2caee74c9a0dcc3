"""When an open stream reviews its user's rights again."""

import random

from modelsweb.clock import Clock

_UNSURE_SECONDS = 1.0


class ReviewTimes:
    """Every so many seconds, and every second while the cluster gives no answer.

    The first one comes at some time before that, so that hundreds of pages that were opened together, as after a
    restart, do not all review at once and hold up what changes meanwhile.
    """

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._due = clock.monotonic() + seconds * random.random()

    @property
    def seconds_left(self) -> float:
        """Until the next review; 0 where it is due."""
        return max(0.0, self._due - self._clock.monotonic())

    @property
    def is_due(self) -> bool:
        """It is time."""
        return self.seconds_left == 0

    def reviewed(self, *, is_sure: bool = True) -> None:
        """A review was made; ``is_sure`` is False where it got no answer."""
        self._due = self._clock.monotonic() + (
            self._seconds if is_sure else min(_UNSURE_SECONDS, self._seconds)
        )
