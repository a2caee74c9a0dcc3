"""Tells subscribers that something in their scope changed. It never carries the change itself.

A subscriber that is slow, or asleep, is woken once for any number of changes and then reads the newest state from
the store: it can be late, but it cannot miss anything, block the watch or make a queue grow.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Subscription:
    """One waiting reader. Use ``wait`` in a loop; each return means: read again."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Makes the current or next ``wait`` return."""
        self._changed.set()

    async def wait(self) -> None:
        """Returns as soon as anything has changed since the last return."""
        await self._changed.wait()
        self._changed.clear()


class Feed:
    """The subscribers of one kind, by namespace; None subscribes to all namespaces."""

    def __init__(self) -> None:
        self._subscribers: dict[str | None, set[Subscription]] = {}

    @contextmanager
    def subscribe(self, namespace: str | None) -> Iterator[Subscription]:
        """A subscription that lasts as long as the context."""
        with self.subscribe_all(None if namespace is None else (namespace,)) as subscription:
            yield subscription

    @contextmanager
    def subscribe_all(
        self, namespaces: tuple[str, ...] | None, subscription: Subscription | None = None
    ) -> Iterator[Subscription]:
        """One subscription to several namespaces; None for all. One that is given may have other feeds too."""
        subscription = subscription or Subscription()
        scopes: tuple[str | None, ...] = (None,) if namespaces is None else namespaces
        for scope in scopes:
            self._subscribers.setdefault(scope, set()).add(subscription)
        try:
            yield subscription
        finally:
            for scope in scopes:
                remaining = self._subscribers[scope]
                remaining.discard(subscription)
                if not remaining:
                    del self._subscribers[scope]

    def changed(self, namespace: str) -> None:
        """Something in the namespace changed."""
        for scope in (namespace, None):
            for subscription in self._subscribers.get(scope, ()):
                subscription.wake()

    def changed_everywhere(self) -> None:
        """Anything may have changed, or the health of the watch did."""
        for subscriptions in self._subscribers.values():
            for subscription in subscriptions:
                subscription.wake()
