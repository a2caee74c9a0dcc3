"""The logs that somebody looks at, each read once.

A log is opened by its first viewer and closed some seconds after its last one, so that reloading a page does not read it
again. The log of a pod that is gone cannot be read again: what was read is kept for some minutes, for those who look.
The number of logs, and with it the memory, is bounded; beyond that nobody's log is closed, but a new one is refused.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from modelsweb import errors
from modelsweb.clock import Clock
from modelsweb.kube.client import KubeClient
from modelsweb.store.container_log import ContainerLog, LogKey
from modelsweb.store.feed import Subscription
from modelsweb.store.store import Store

logger = logging.getLogger(__name__)

_MAX_OPEN = 200
_IDLE_SECONDS = 30.0
_KEPT_SECONDS = 600.0
_SWEEP_SECONDS = 5.0
_AGAIN_SECONDS = 30.0
_LAST_WORDS_SECONDS = 10.0
"""How long a log is still read after its pod went: the kubelet may be sending."""


class Logs:
    """All open logs of the app; see the module's text."""

    def __init__(self, client: KubeClient, pods: Sequence[Store], *, clock: Clock) -> None:
        """``pods`` are the stores that pods are sought in."""
        self._client = client
        self._pods = pods
        self._clock = clock
        self._logs: dict[LogKey, ContainerLog] = {}
        self._tasks: dict[LogKey, asyncio.Task[None]] = {}
        self._left: dict[LogKey, float] = {}
        self._gone: dict[LogKey, float] = {}
        self._group: asyncio.TaskGroup | None = None

    def __len__(self) -> int:
        return len(self._logs)

    async def run(self) -> None:
        """Keeps the logs going until cancelled, and closes those that nobody looks at."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            while True:
                await asyncio.sleep(_SWEEP_SECONDS)
                self._sweep(idle_seconds=_IDLE_SECONDS, kept_seconds=_KEPT_SECONDS)

    @contextmanager
    def joined(self, key: LogKey, subscription: Subscription) -> Iterator[ContainerLog]:
        """A log, with one viewer more for as long as the context lasts. Raises TooManyRequestsError."""
        log = self._log(key)
        log.viewers += 1
        log.listen(subscription)
        try:
            yield log
        finally:
            log.unlisten(subscription)
            log.viewers -= 1
            if not log.viewers:
                self._left[key] = self._clock.monotonic()

    def kept(self, namespace: str, service: str, *, owner: str) -> list[LogKey]:
        """The logs of a service that were read, of pods that are gone."""
        wanted = (namespace, service, owner)
        return [
            key
            for key in self._logs
            if owner and (key.namespace, key.service, key.owner) == wanted and self._is_gone(key)
        ]

    def _is_gone(self, key: LogKey) -> bool:
        item = self._store_of(key).item(key.namespace, key.pod)
        return item is None or item.uid != key.uid

    def _store_of(self, key: LogKey) -> Store:
        """The store that has the pod, or may have it again."""
        having = (store for store in self._pods if store.item(key.namespace, key.pod) is not None)
        return next(having, self._pods[0])

    def _log(self, key: LogKey) -> ContainerLog:
        if (known := self._logs.get(key)) is not None:
            return known
        if len(self._logs) >= _MAX_OPEN:
            self._sweep(idle_seconds=0, kept_seconds=0)
        if len(self._logs) >= _MAX_OPEN:
            raise errors.TooManyRequestsError(
                f"{_MAX_OPEN} logs are open already; close some pages.", retry_after=5.0
            )
        log = self._logs[key] = ContainerLog(self._client, key, pods=self._store_of(key), clock=self._clock)
        if self._group is not None:
            self._tasks[key] = self._group.create_task(self._read(log))
        return log

    @staticmethod
    async def _read(log: ContainerLog) -> None:
        """One log that cannot be read must not end the others."""
        while True:
            try:
                return await log.run()
            except Exception:
                logger.exception("reading the log of %s", log.key)
                log.end("An unexpected error; the app's log has the details.")
            await asyncio.sleep(_AGAIN_SECONDS)

    def _sweep(self, *, idle_seconds: float, kept_seconds: float) -> None:
        now = self._clock.monotonic()
        for key, log in list(self._logs.items()):
            is_gone = self._is_gone(key)
            if not is_gone:
                self._gone.pop(key, None)
            elif now - self._gone.setdefault(key, now) >= _LAST_WORDS_SECONDS:
                self._stop(key)
                log.end()
            if not log.viewers and now - self._left.get(key, now) >= (
                kept_seconds if is_gone else idle_seconds
            ):
                self._stop(key)
                del self._logs[key]
                self._left.pop(key, None)
                self._gone.pop(key, None)

    def _stop(self, key: LogKey) -> None:
        if (task := self._tasks.pop(key, None)) is not None:
            task.cancel()
