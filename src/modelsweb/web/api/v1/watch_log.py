"""The log of a container as server-sent events: its last lines, then each as it comes.

The id of a message is the place of its last line, the kubelet's own (``store/container_log.py``): it means the same to every replica of the app
and after a restart. The log is read once for all who look, on pages too.
"""

import re
from collections.abc import AsyncGenerator, Iterator
from typing import Annotated, Any

from msgspec import Meta

from modelsweb import errors
from modelsweb.gateway.logs import Batch, ContainerLog, LogKey, LogState, Position, Subscription, owner_of
from modelsweb.gateway.reader import ObjectGrant
from modelsweb.kinds import POD
from modelsweb.web.api.v1.logs import LogPlace, container_of, pod_of
from modelsweb.web.api.v1.place import WITH_PODS, admitted, judged, kind_in
from modelsweb.web.api.v1.watch import LastEventId, Timeout, error_message, limited, stream
from modelsweb.web.reauthorization import Rights
from modelsweb.web.site import RequestContext

_MAX_LINES = 10_000
"""So many are kept of a log."""
_ID = re.compile(r"([0-9TZ:.+-]{20,40})~([0-9]{1,9})")
_GAP = b'data: {"type":"GAP"}\n\n'
_END = b'data: {"type":"END"}\n\n'


class LogWatch(LogPlace, frozen=True, kw_only=True):
    """Whose log, from where on, and for how long."""

    tail_lines: Annotated[
        int, Meta(ge=1, le=_MAX_LINES, description="Begin with so many of the last lines.")
    ] = 100
    timeout_seconds: Timeout = 3_600
    last_event_id: LastEventId = ""


async def lines(context: RequestContext, query: LogWatch) -> Any:
    """The lines, until the container is over. Raises AccessDeniedError for who may not read logs, NotFoundError."""
    kind = kind_in(context, WITH_PODS)

    async def admit(context: RequestContext) -> ObjectGrant:
        await context.site.logs.require(context.user, context.namespace)
        return await admitted(context, kind)

    grant = await admit(context)
    seen = await judged(context, kind)
    pod = pod_of(seen.snapshot.children.get(POD), query.pod)
    key = LogKey(
        namespace=context.namespace,
        service=context.name,
        pod=pod.name,
        uid=pod.uid,
        container=container_of(pod, query.container),
        owner=owner_of(grant, seen.seen.root.uid),
    )
    rights = Rights(context, grant, admit=admit)
    given = query.last_event_id or context.request.headers.get("last-event-id", "")
    source = _lines(context, rights, key=key, tail=query.tail_lines, place=_position(given))
    return stream(context, limited(source, query.timeout_seconds), rights=rights)


def _position(given: str) -> Position | None:
    found = _ID.fullmatch(given)
    return (found[1], int(found[2])) if found is not None else None


async def _lines(
    context: RequestContext, rights: Rights[ObjectGrant], *, key: LogKey, tail: int, place: Position | None
) -> AsyncGenerator[bytes, None]:
    woken, grant = Subscription(), rights.audience
    try:
        with context.site.logs.joined(grant, key, subscription=woken) as log:
            reader = _Reading(log, tail=tail, place=place)
            while await rights.hold(grant):
                for message in reader.news():
                    if not await rights.hold(grant):
                        break
                    yield message
                if reader.is_over:
                    yield _END
                    return
                await rights.wait(woken.wait())
    except errors.TooManyRequestsError as error:
        yield error_message(error)
        return
    if rights.is_lost:
        yield error_message(rights.problem)


class _Reading:
    """How far somebody has a log."""

    def __init__(self, log: ContainerLog, *, tail: int, place: Position | None) -> None:
        self._log = log
        self._tail = tail
        self._place = place
        self._number: int | None = None

    @property
    def is_over(self) -> bool:
        """All of it was sent, and nothing more comes."""
        return self._log.state in {LogState.ENDED, LogState.DENIED} and self._number == self._log.next_number

    def news(self) -> Iterator[bytes]:
        """What they lack."""
        log = self._log
        if self._number is None:
            if not log.has_history:
                return
            if self._place is None:
                batches, _ = log.last_lines(self._tail)
                self._number = log.next_number
                yield from self._sent(batches)
            else:
                self._number, is_cut = log.number_after(self._place)
                if is_cut:
                    yield _GAP
        while self._number < log.next_number:
            batches, self._number, is_cut = log.batches(self._number)
            if is_cut:
                yield _GAP
            yield from self._sent(batches)

    def _sent(self, batches: list[Batch]) -> Iterator[bytes]:
        for batch in batches:
            rest: Batch | None = batch
            if self._place is not None:  # what they brought along is not sent again
                rest = batch.after(self._place)
            if rest is None:
                continue
            if rest.count:
                stamp, number = rest.last
                head = f'id: {stamp}~{number}\ndata: {{"type":"LINES","lines":['
                yield head.encode() + rest.data + b"]}\n\n"
            else:
                yield _GAP
