"""May this user do that? A SubjectAccessReview, remembered for some seconds.

Equal questions that are asked at the same time share one review (single flight). Answers are kept for
``cache_seconds`` (0 asks each time), so a right that was taken away still works that long, and one that was given
takes that long to be noticed. A review that fails counts as no answer: it raises, and is not remembered.
"""

import asyncio
from dataclasses import dataclass

from modelsweb import errors
from modelsweb.clock import Clock
from modelsweb.errors import Attributes
from modelsweb.kube.client import KubeClient
from modelsweb.objects.kind import Kind

_MOST_ANSWERS = 20_000


@dataclass(frozen=True, slots=True)
class User:
    """Who asks. ``is_reviewed`` is False only where authorization is switched off (APP_DISABLE_AUTH)."""

    name: str
    groups: tuple[str, ...] = ()
    is_reviewed: bool = True


def attributes(
    kind: Kind, verb: str, namespace: str | None, *, name: str = "", subresource: str = ""
) -> Attributes:
    """The question in the terms of RBAC."""
    return Attributes(
        verb=verb,
        group=kind.group,
        resource=kind.plural,
        namespace=(namespace or "") if kind.namespaced else "",
        name=name,
        subresource=subresource,
    )


_Question = tuple[str, tuple[str, ...], Attributes]


class Access:
    """Reviews, and remembers the answers."""

    def __init__(self, client: KubeClient, clock: Clock, *, cache_seconds: float) -> None:
        self._client = client
        self._clock = clock
        self._cache_seconds = cache_seconds
        self._answers: dict[_Question, tuple[float, bool]] = {}
        self._in_flight: dict[_Question, asyncio.Future[bool]] = {}

    async def allows(self, user: User, question: Attributes) -> bool:
        """Whether the user may. Raises UnavailableError where the cluster can not be asked."""
        if not user.is_reviewed:
            return True
        key = (user.name, user.groups, question)
        while True:
            answer = self._answers.get(key)
            if answer and self._clock.monotonic() - answer[0] < self._cache_seconds:
                return answer[1]
            waiting = self._in_flight.get(key)
            if waiting is None:
                return await self._ask(key)
            await asyncio.wait({waiting})
            if not waiting.cancelled():  # else the one who asked went away: ask ourselves
                return waiting.result()

    async def require(self, user: User, question: Attributes) -> None:
        """Raises AccessDeniedError where the user may not."""
        if not await self.allows(user, question):
            raise errors.AccessDeniedError(user.name, question)

    async def _ask(self, key: _Question) -> bool:
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._in_flight[key] = future
        try:
            allowed = await self._client.review(*key)
        except errors.ModelswebError as error:
            future.set_exception(error)
            future.exception()  # nobody else may be waiting, and that is no fault
            raise
        except BaseException:
            future.cancel()
            raise
        finally:
            del self._in_flight[key]
        future.set_result(allowed)
        if len(self._answers) >= _MOST_ANSWERS:
            self._answers.clear()
        self._answers[key] = (self._clock.monotonic(), allowed)
        return allowed
