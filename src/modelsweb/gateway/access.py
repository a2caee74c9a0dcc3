"""May this user do that? A SubjectAccessReview, cached for some seconds.

Equal questions that are asked at the same time share one review (single flight). Answers are kept for
``cache_seconds`` (0 asks each time), so a right that was taken away still works that long, and one that was given
takes that long to be noticed. A review that fails counts as no answer: it raises, and is not cached.

Where the app is confined to some namespaces, nobody may do anything elsewhere, whatever the cluster would say, and nobody
has a right in all namespaces at once. That holds without reviews too.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from modelsweb import errors
from modelsweb.clock import Clock
from modelsweb.errors import Attributes
from modelsweb.gateway import audit
from modelsweb.gateway.single_flight import SingleFlight
from modelsweb.kinds import NAMESPACE
from modelsweb.kube.client import KubeClient
from modelsweb.objects.kind import Kind

_MAX_ANSWERS = 20_000
REVIEW_SECONDS = 0.001
"""What an access review costs; an API server answers some hundreds of them a second on each of its cores."""


@dataclass(frozen=True, slots=True)
class User:
    """Who asks. ``is_reviewed`` is False only where authorization is switched off (APP_DISABLE_AUTH)."""

    name: str
    groups: tuple[str, ...] = ()
    is_reviewed: bool = True


def attributes(
    kind: Kind, verb: str, *, namespace: str | None, name: str = "", subresource: str = ""
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


def _free(user: User, seconds: float) -> None:
    """Nobody counts."""


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
        spend: Callable[[User, float], None] = _free,
    ) -> None:
        """``spend`` is called with who made the cluster review something, and what that costs in seconds."""

        self.namespaces = namespaces
        """Those to which the app is confined; None for all."""
        self.asked = 0
        """Reviews that the cluster was asked for."""
        self._client = client
        self._spend = spend
        self._answers = SingleFlight[_Question, bool](clock, seconds=cache_seconds, maximum=_MAX_ANSWERS)
        self._tokens = SingleFlight[bytes, User | None](clock, seconds=cache_seconds, maximum=_MAX_ANSWERS)

    async def allows(self, user: User, question: Attributes) -> bool:
        """Whether the user may. Raises UnavailableError where the cluster cannot be asked."""
        if not self._is_within(question):
            return False
        if not user.is_reviewed:
            return True

        async def ask() -> bool:
            self.asked += 1
            self._spend(user, REVIEW_SECONDS)
            return await self._client.review(user.name, user.groups, attributes=question)

        if question.name and self._knows_of_all(user, question):
            return True
        return await self._answers.get((user.name, user.groups, question), ask)

    def _knows_of_all(self, user: User, question: Attributes) -> bool:
        """Whether the user is known to have the right to all objects of the kind, so that each need not be asked about."""
        return self._answers.known((user.name, user.groups, replace(question, name=""))) is True

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

        async def ask() -> User | None:
            found = await self._client.review_token(token)
            return User(found[0], found[1]) if found else None

        return await self._tokens.get(hashlib.sha256(token.encode()).digest(), ask)
