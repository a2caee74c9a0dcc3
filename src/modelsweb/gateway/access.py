"""May this user do that? A SubjectAccessReview, remembered for some seconds.

Equal questions that are asked at the same time share one review (single flight). Answers are kept for
``cache_seconds`` (0 asks each time), so a right that was taken away still works that long, and one that was given
takes that long to be noticed. A review that fails counts as no answer: it raises, and is not remembered.

Where the app is confined to some namespaces, nobody may do anything elsewhere, whatever the cluster would say, and nobody
has a right in all namespaces at once. That holds without reviews too.
"""

import asyncio
import hashlib
from dataclasses import dataclass

from modelsweb import errors
from modelsweb.clock import Clock
from modelsweb.errors import Attributes
from modelsweb.gateway import audit
from modelsweb.kinds import NAMESPACE
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

    def __init__(
        self,
        client: KubeClient,
        clock: Clock,
        *,
        cache_seconds: float,
        namespaces: frozenset[str] | None = None,
    ) -> None:
        self.namespaces = namespaces
        """Those to which the app is confined; None for all."""
        self.asked = 0
        """Reviews that the cluster was asked for."""
        self._client = client
        self._clock = clock
        self._cache_seconds = cache_seconds
        self._answers: dict[_Question, tuple[float, bool]] = {}
        self._tokens: dict[bytes, tuple[float, User | None]] = {}
        self._in_flight: dict[_Question, asyncio.Future[bool]] = {}

    async def allows(self, user: User, question: Attributes) -> bool:
        """Whether the user may. Raises UnavailableError where the cluster can not be asked."""
        if not self._is_within(question):
            return False
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
            audit.refused(user.name, question)
            raise errors.AccessDeniedError(user.name, question)

    def _is_within(self, question: Attributes) -> bool:
        if self.namespaces is None:
            return True
        if question.namespace:
            return question.namespace in self.namespaces
        return question.resource == NAMESPACE.plural  # their names alone, and these are filtered

    async def user_of(self, token: str) -> User | None:
        """Whom a bearer token stands for by the cluster's word; None where it is not good."""
        key = hashlib.sha256(token.encode()).digest()
        known = self._tokens.get(key)
        if known and self._clock.monotonic() - known[0] < self._cache_seconds:
            return known[1]
        found = await self._client.review_token(token)
        user = User(found[0], found[1]) if found else None
        while len(self._tokens) >= _MOST_ANSWERS:
            del self._tokens[next(iter(self._tokens))]
        self._tokens[key] = (self._clock.monotonic(), user)
        return user

    async def _ask(self, key: _Question) -> bool:
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._in_flight[key] = future
        self.asked += 1
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
        while len(self._answers) >= _MOST_ANSWERS:
            del self._answers[next(iter(self._answers))]
        self._answers[key] = (self._clock.monotonic(), allowed)
        return allowed
