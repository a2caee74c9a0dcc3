"""What KServe's controller reports of all services: whether it works is seen by what it says of others."""

from datetime import datetime

from modelsweb.clock import CLOCKS_DIFFER
from modelsweb.objects.obj import Obj


class Reports:
    """The newest sign of the controller's work that any service holds."""

    def __init__(self) -> None:
        self.newest: datetime | None = None

    def saw(self, service: Obj, now: datetime) -> None:
        """A service as it is: one that has a status was reported on after it was made, and when a condition changed.

        What was written with a time that is still to come says nothing.
        """
        if not (conditions := service.conditions()):
            return
        times = (self.newest, service.created, *(one.since for one in conditions))
        self.newest = max((time for time in times if time and time <= now + CLOCKS_DIFFER), default=None)
