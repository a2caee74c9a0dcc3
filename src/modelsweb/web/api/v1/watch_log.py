"""The log of a container as server-sent events: its last lines, then each as it comes.

The id of a message is the place of its last line, the kubelet's own (``store/container_log.py``): it means the same to every replica of the app
and after a restart. The log is read once for all who look, on pages too.
"""

import hashlib
import re
from collections.abc import AsyncGenerator
from typing import Annotated, Any

from msgspec import Meta

from modelsweb import errors
from modelsweb.gateway.logs import Batch, LogKey, LogState, Subscription, owner_of
from modelsweb.gateway.reader import ObjectGrant
from modelsweb.kinds import POD
from modelsweb.web.api.v1.logs import LogPlace, container_of, pod_of
from modelsweb.web.api.v1.place import WITH_PODS, admitted, judged, kind_in
from modelsweb.web.api.v1.watch import LastEventId, Timeout, error_message, limited, stream
from modelsweb.web.log_cursor import LogCursor
from modelsweb.web.reauthorization import Rights
from modelsweb.web.site import RequestContext

_MAX_LINES = 10_000
"""So many are kept of a log."""
_ID = re.compile(r"([0-9a-f]{8})~([0-9TZ:.+-]{20,40})~([0-9]{1,9})")
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
    source = _lines(context, rights, key=key, tail=query.tail_lines, given=given)
    return stream(context, limited(source, query.timeout_seconds), rights=rights)


def _mark(key: LogKey) -> str:
    """What no other container's log has."""
    return hashlib.blake2b(f"{key.uid}/{key.container}".encode(), digest_size=4).hexdigest()


async def _lines(
    context: RequestContext, rights: Rights[ObjectGrant], *, key: LogKey, tail: int, given: str
) -> AsyncGenerator[bytes, None]:
    woken, grant, mark = Subscription(), rights.audience, _mark(key)
    had = _ID.fullmatch(given)
    is_same = had is not None and had[1] == mark
    place = (had[2], int(had[3])) if had is not None and is_same else None
    if had is not None and not is_same:
        yield _GAP  # the log of another pod or container: what one has does not say what one lacks of this one
    try:
        with context.site.logs.joined(grant, key, subscription=woken) as log:
            cursor = LogCursor(log, tail=tail, place=place)
            while await rights.hold(grant):
                for one in cursor.news():
                    if not await rights.hold(grant):
                        break
                    if isinstance(one, Batch):
                        yield _message(one, mark)
                    elif one.missed or one.gap:
                        yield _GAP
                else:
                    if log.state in {LogState.ENDED, LogState.DENIED} and cursor.is_at_end:
                        yield _END
                        return
                await rights.wait(woken.wait())
    except errors.TooManyRequestsError as error:
        yield error_message(error)
        return
    if rights.is_lost:
        yield error_message(rights.problem)


def _message(batch: Batch, mark: str) -> bytes:
    stamp, number = batch.last
    head = f'id: {mark}~{stamp}~{number}\ndata: {{"type":"LINES","lines":['
    return head.encode() + batch.data + b"]}\n\n"
