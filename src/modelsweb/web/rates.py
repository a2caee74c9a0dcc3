"""How often one user may ask: a bucket of requests that fills at a steady rate, so that pages with many parts pass and a
loop does not."""

from modelsweb import errors
from modelsweb.clock import Clock
from modelsweb.gateway.access import User

_SECONDS = 10.0
"""A bucket holds the requests of so long."""
_MOST_USERS = 10_000


class Rates:
    """The buckets of all users; ``per_second`` 0 means no limit."""

    def __init__(self, clock: Clock, *, per_second: float) -> None:
        self._clock = clock
        self._per_second = per_second
        self._buckets: dict[str, tuple[float, float]] = {}

    def take(self, user: User) -> None:
        """One request more. Raises TooManyRequestsError; where nobody is named, nobody is counted."""
        if not self._per_second or not user.is_reviewed:
            return
        most, now = self._per_second * _SECONDS, self._clock.monotonic()
        held, since = self._buckets.get(user.name, (most, now))
        held = min(most, held + (now - since) * self._per_second)
        if held < 1:
            raise errors.TooManyRequestsError(
                f"{user.name} asks more than {self._per_second:g} times a second.", retry_after=1.0
            )
        if len(self._buckets) >= _MOST_USERS:
            self._buckets.clear()
        self._buckets[user.name] = (held - 1, now)
