"""What KServe's controller reports of all services: whether it works is seen by what it says of others."""

from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.objects.obj import Obj


class Reports:
    """The newest sign of the controller's work that any service holds."""

    def __init__(self) -> None:
        self.newest: datetime | None = None

    def saw(self, service: Obj, now: datetime) -> None:
        """A service as it is: one that has a status was reported on after it was made, and when a condition changed.

        What was written with a time that is still to come says nothing.
        """
        conditions = service.conditions()
        times = [one.since for one in conditions if one.since is not None]
        if conditions and service.created is not None:
            times.append(service.created)
        if self.newest is not None:
            times.append(self.newest)
        self.newest = max((time for time in times if time <= now + limits.CLOCKS), default=None)
