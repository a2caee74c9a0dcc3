"""The rights behind an open stream, reviewed by a task of their own.

Whoever reads more slowly than there is to say holds up the writing of a stream, never the review of its user's rights:
where these are lost, or nobody can say within ``AuthConfig.review_seconds``, nothing more is sent from then on. So what
became of a right is known after the life of a remembered answer, the time between two reviews and that of one review,
which is what ``SECURITY.md`` promises.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

from modelsweb import errors
from modelsweb.clock import Clock
from modelsweb.web.middleware import identity
from modelsweb.web.site import RequestContext

Audience = TypeVar("Audience", bound=Hashable)

_UNSURE_SECONDS = 1.0


class ReauthorizationTimes:
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

    def reviewed(self, *, is_sure: bool = True) -> None:
        """A review was made; ``is_sure`` is False where it got no answer."""
        self._due = self._clock.monotonic() + (
            self._seconds if is_sure else min(_UNSURE_SECONDS, self._seconds)
        )


class Rights(Generic[Audience]):
    """What the user of one open stream may see, kept up to date by ``run``; see the module's text."""

    def __init__(
        self,
        context: RequestContext,
        audience: Audience,
        *,
        admit: Callable[[RequestContext], Awaitable[Audience]],
    ) -> None:
        """``admit`` gives the audience of a request again, and raises what refuses it."""
        self.audience = audience
        self.problem: errors.ModelswebError | None = None
        """Why nothing may be sent now: the rights are lost, or could not be reviewed."""
        self.is_lost = False
        self._context = context
        self._admit = admit
        self._has_turned = asyncio.Event()
        self._wait: asyncio.Timeout | None = None

    async def run(self) -> None:
        """Reviews until the rights are lost."""
        seconds = self._context.site.config.auth.review_seconds
        times = ReauthorizationTimes(self._context.site.clock, seconds)
        while not self.is_lost:
            await asyncio.sleep(times.seconds_left)
            await self._review(seconds)
            times.reviewed(is_sure=self.problem is None)

    async def _review(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._context.site.rate_limit.solvent(self._context.user)  # a review is work too
                await identity.confirm(self._context)
                audience = await self._admit(self._context)
        except (errors.ForbiddenError, errors.UnauthenticatedError, errors.NotFoundError) as error:
            self.is_lost = True
            self._turn(self.audience, error)
        except TimeoutError:
            self._turn(self.audience, errors.UnavailableError("Your rights could not be reviewed in time."))
        except errors.ModelswebError as error:
            self._turn(self.audience, error)
        else:
            self._turn(audience, None)

    def _turn(self, audience: Audience, problem: errors.ModelswebError | None) -> None:
        was = (self.audience, self.problem is None)
        self.audience, self.problem = audience, errors.bare(problem) if problem else None
        if self.is_lost or was != (audience, problem is None):
            self._has_turned.set()
            if self._wait is not None:
                self._wait.reschedule(asyncio.get_running_loop().time())

    async def wait(self, something: Awaitable[object]) -> None:
        """Returns once something has happened, or the rights have become others since the last return."""
        try:
            async with asyncio.timeout(0 if self._has_turned.is_set() else None) as self._wait:
                await something
        except TimeoutError:
            pass
        finally:
            self._wait = None
        self._has_turned.clear()

    async def hold(self, audience: Audience) -> bool:
        """Whether the next message may be sent to an audience; while nobody can say, it waits."""
        while self.problem is not None and not self.is_lost:
            await self._has_turned.wait()
            self._has_turned.clear()
        if self.is_lost or self.audience != audience:
            self._has_turned.set()  # whoever waits next must not sleep over it
            return False
        return True

    async def paid(self, audience: Audience) -> bool:
        """The same, once the user has paid for all messages so far: may the next one be made?"""
        limit, user = self._context.site.rate_limit, self._context.user
        while await self.hold(audience):
            if not limit.debt((user,)):
                return True
            await self.wait(limit.solvent(user))
        return False
