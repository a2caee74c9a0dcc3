"""One rendering for all who may see the same: the same page, rights, language and query.

A channel holds the HTML of a screen's fragments and rows. It renders anew when something changed and only while
somebody looks, and gives each viewer what differs between the state that this viewer has and the newest. A slow viewer
therefore gets fewer, larger messages; no queue grows, the watch never waits, and nothing is lost, because a message is
made from two states and not from a chain of changes. For viewers that are equally far it is made once.

States are numbered, and the number is the id of the message: a viewer who returns after a break names the last one. One
that the channel no longer keeps gets everything.
"""

import asyncio
import logging
import secrets
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from modelsweb import errors
from modelsweb.clock import Clock
from modelsweb.gateway.access import User
from modelsweb.gateway.rate_limit import RateLimit
from modelsweb.web import sse

logger = logging.getLogger(__name__)

_REMEMBERED = 32
_TICK_SECONDS = 20.0
_FIRST_TICK_SECONDS = 1.0
"""The second rendering is the costly one (``kept_index.py``): it need not wait for a change, which would wait for it."""
_IDLE_SECONDS = 60.0
_MAX_IDLE = 200
_LONGEST_PAUSE = 10.0
_LEFT_TO_PAGES = 0.5
"""Of what a user may cost at once, what streams do not touch."""
_LONGEST_NUMBER = 18
_PAUSE_PER_WORK = 3.0
"""After a rendering that took n seconds the next one waits three times that: rendering takes a quarter of a core."""
_JUDGED = 3
"""The pause follows the quickest of so many renderings: the others may have waited for a core or a collector."""


class Changes(Protocol):
    """Waits until something changed; a gateway's subscription."""

    async def wait(self) -> None:
        """Returns as soon as anything has changed since the last return."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A screen as one moment shows it: blocks by name, and the rows of its table by key, in order.

    ``error`` is why there is nothing to show.
    """

    number: int
    model: Any
    fragments: Mapping[str, str]
    rows: Mapping[str, str]
    error: errors.ModelswebError | None = None


class Source(Protocol):
    """What a channel shows: made by a screen for one audience in one language."""

    @property
    def pause_seconds(self) -> float:
        """At least so many seconds lie between two renderings."""
        ...

    def changes(self) -> AbstractContextManager[Changes]:
        """A subscription to what may change it."""
        ...

    def model(self) -> Any:
        """The view model. Raises ModelswebError."""
        ...

    def frame(self, model: Any) -> object:
        """What the fragments show: equal frames look the same."""
        ...

    def fragments(self, model: Any) -> dict[str, str]:
        """The blocks that change, by name."""
        ...

    def rows(self, model: Any) -> Iterable[tuple[str, Any]]:
        """Key and view of each row; equal views look the same."""
        ...

    def row(self, model: Any, view: Any) -> str:
        """A row's HTML."""
        ...


class Channel:
    """One source and its viewers; see the module's text."""

    def __init__(self, source: Source, clock: Clock, *, rate_limit: RateLimit) -> None:
        self.viewers: Counter[User] = Counter()
        self.renderings = 0
        self._source = source
        self._clock = clock
        self._rate_limit = rate_limit
        self._token = secrets.token_hex(4)
        self._states: OrderedDict[int, State] = OrderedDict()
        self._messages: dict[int | None, bytes] = {}
        self._views: dict[str, tuple[Any, str]] = {}
        self._frame: object = None
        self._took: deque[float] = deque(maxlen=_JUDGED)
        self._is_current = False
        self._is_open = False
        self._newer = asyncio.Event()
        self._used = clock.monotonic()

    @property
    def is_idle(self) -> bool:
        """Nobody looks."""
        return not self.viewers

    @property
    def used(self) -> float:
        """When somebody last asked for a state, in seconds of the monotonic clock."""
        return self._used

    def state(self) -> State:
        """The newest state, rendered now where that is out of date."""
        self._used = self._clock.monotonic()
        if not (self._is_current and self._is_open):
            self._render()
        return next(reversed(self._states.values()))

    def id_of(self, state: State) -> str:
        """The name of a state, as a viewer gives it back."""
        return f"{self._token}-{state.number}"

    def recall(self, name: str) -> State | None:
        """The state of that name; None where it is not kept."""
        token, _, number = name.partition("-")
        if token != self._token or not number.isdecimal() or len(number) > _LONGEST_NUMBER:
            return None
        return self._states.get(int(number))

    def message(self, seen: State | None, state: State) -> bytes:
        """What a viewer who has ``seen`` lacks; empty where that is nothing."""
        key = seen.number if seen is not None else None
        if state is not next(reversed(self._states.values())):
            return self._encode(seen, state)
        if (known := self._messages.get(key)) is None:
            known = self._messages[key] = self._encode(seen, state)
        return known

    async def newer(self, state: State) -> None:
        """Returns when there is a newer state than this one."""
        if state is next(reversed(self._states.values())):
            await self._newer.wait()

    async def run(self) -> None:
        """Follows the source until nobody has looked for a while."""
        with self._source.changes() as changes:
            self._is_open = True
            if self.viewers:
                self._render()
            try:
                while not (self.is_idle and self._clock.monotonic() - self._used > _IDLE_SECONDS):
                    with suppress(TimeoutError):  # nothing changed but the time: ages are written anew
                        async with asyncio.timeout(_TICK_SECONDS if self._took else _FIRST_TICK_SECONDS):
                            await changes.wait()
                    self._is_current = False
                    if self.viewers:
                        await asyncio.sleep(self._refresh())
            finally:
                self._is_open = False

    def _refresh(self) -> float:
        started, cpu = self._clock.monotonic(), self._rate_limit.cpu()
        self._render()
        self._took.append(self._clock.monotonic() - started)
        cost = (self._rate_limit.cpu() - cpu) / max(1, len(self.viewers))
        for user in self.viewers:
            self._rate_limit.spend(user, cost)
        # Who opens many different pages waits for them; those that somebody else looks at too go on.
        debt = min(_LONGEST_PAUSE, self._rate_limit.debt(self.viewers, reserve=_LEFT_TO_PAGES))
        return max(self._source.pause_seconds, _PAUSE_PER_WORK * min(self._took), debt)

    def _render(self) -> None:
        self._is_current = True
        self.renderings += 1
        before = next(reversed(self._states.values()), None)
        number = before.number + 1 if before else 1
        try:
            model = self._source.model()
            after = State(
                number=number, model=model, fragments=self._fragments(model, before), rows=self._rows(model)
            )
        except errors.ModelswebError as error:
            after = State(number=number, model=None, fragments={}, rows={}, error=errors.bare(error))
        except Exception:  # what one cluster object made of one page must not end the others
            logger.exception("rendering a page")
            problem = errors.ModelswebError("An unexpected error; the app's log has the details.")
            after = State(number=number, model=None, fragments={}, rows={}, error=problem)
        is_same = before is not None and before.error is after.error is None
        if is_same and before and before.fragments == after.fragments and _equal(before.rows, after.rows):
            return
        self._states[number] = after
        while len(self._states) > _REMEMBERED:
            self._states.popitem(last=False)
        self._messages.clear()
        self._newer.set()
        self._newer = asyncio.Event()

    def _fragments(self, model: Any, before: State | None) -> Mapping[str, str]:
        frame = self._source.frame(model)
        if before is None or before.error is not None or frame != self._frame:
            self._frame = frame
            return self._source.fragments(model)
        return before.fragments

    def _rows(self, model: Any) -> dict[str, str]:
        rows = {}
        views = {}
        for key, view in self._source.rows(model):
            known = self._views.get(key)
            html = known[1] if known and known[0] == view else self._source.row(model, view)
            views[key] = (view, html)
            rows[key] = html
        self._views = views
        return rows

    def _encode(self, seen: State | None, state: State) -> bytes:
        before, rows_before = (seen.fragments, seen.rows) if seen else ({}, {})
        changed = {name: html for name, html in state.fragments.items() if before.get(name) != html}
        rows = {key: html for key, html in state.rows.items() if rows_before.get(key) != html}
        # Who has seen no state may show rows of another one: that there are none is said too.
        order = list(state.rows) if seen is None or list(state.rows) != list(rows_before) else None
        name = self.id_of(state)
        body = (
            msgspec.json.encode({"order": order, "rows": rows}).decode() if rows or order is not None else ""
        )
        parts = []
        # Only the last part bears the id: who is cut off between the parts has not seen this state.
        if changed:
            html = "".join(partial(key, fragment) for key, fragment in changed.items())
            parts.append(sse.encode(html, id_="" if body else name))
        if body:
            parts.append(sse.encode(body, event="rows", id_=name))
        return b"".join(parts)


def _equal(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    return before == after and list(before) == list(after)


def partial(name: str, html: str) -> str:
    """A fragment as the front end swaps it in: the element of that id is morphed."""
    return f'<hx-partial hx-target="#{name}" hx-swap="outerMorph">{html}</hx-partial>'


class Channels:
    """The channels of one app by what they show."""

    def __init__(self, clock: Clock, rate_limit: RateLimit) -> None:
        self._clock = clock
        self._rate_limit = rate_limit
        self._channels: dict[Hashable, Channel] = {}
        self._tasks: dict[Hashable, asyncio.Task[None]] = {}
        self._group: asyncio.TaskGroup | None = None

    def __len__(self) -> int:
        return len(self._channels)

    async def run(self) -> None:
        """Keeps the channels going until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            await asyncio.Event().wait()

    def channel(self, key: Hashable, source: Callable[[], Source]) -> Channel:
        """The channel of a key, opened where there is none."""
        if (known := self._channels.get(key)) is not None:
            return known
        channel = self._channels[key] = Channel(source(), self._clock, rate_limit=self._rate_limit)
        if self._group is not None:
            self._tasks[key] = self._group.create_task(self._follow(key, channel))
        self._close_idle()
        return channel

    @contextmanager
    def joined(self, key: Hashable, source: Callable[[], Source], *, user: User) -> Iterator[Channel]:
        """The channel of a key, with one viewer more for as long as the context lasts."""
        channel = self.channel(key, source)
        channel.viewers[user] += 1
        try:
            yield channel
        finally:
            channel.viewers[user] -= 1
            if not channel.viewers[user]:
                del channel.viewers[user]

    async def _follow(self, key: Hashable, channel: Channel) -> None:
        try:
            await channel.run()
        finally:
            if self._channels.get(key) is channel:
                del self._channels[key]
                self._tasks.pop(key, None)

    def _close_idle(self) -> None:
        """Whoever types a search opens many; those that nobody looks at are soon forgotten."""
        if len(self._channels) <= _MAX_IDLE:
            return
        idle = sorted(
            (channel.used, index, key)
            for index, (key, channel) in enumerate(self._channels.items())
            if channel.is_idle
        )
        for _, _, key in idle[:-_MAX_IDLE]:
            del self._channels[key]
            if (task := self._tasks.pop(key, None)) is not None:
                task.cancel()
