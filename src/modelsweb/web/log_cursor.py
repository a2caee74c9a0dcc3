"""How far somebody who looks at a log has it, and what they lack."""

from collections.abc import Iterator
from dataclasses import dataclass

from modelsweb.gateway.logs import Batch, ContainerLog, Position


@dataclass(frozen=True, slots=True)
class Cut:
    """Lines that are not sent: ``missed`` ones were there after what the viewer has, a ``gap`` is one in the log itself; else they are
    older than what was asked for."""

    missed: bool = False
    gap: bool = False


class LogCursor:
    """One viewer's place in a log: behind a position that they bring along, else before the last lines."""

    def __init__(
        self, log: ContainerLog, *, tail: int, since: str = "", place: Position | None = None
    ) -> None:
        self._log = log
        self._tail = tail
        self._since = since
        self._place = place
        self._number: int | None = None

    @property
    def has_begun(self) -> bool:
        """What there was at first has been looked at."""
        return self._number is not None

    @property
    def is_at_end(self) -> bool:
        """There is nothing more of it just now."""
        return self._number == self._log.next_number

    def news(self) -> Iterator[Batch | Cut]:
        """What the viewer lacks."""
        log = self._log
        if self._number is None:
            if not log.has_history:
                return
            if self._place is None:
                batches, is_cut = log.last_lines(self._tail, self._since)
                self._number = log.next_number
                if is_cut:
                    yield Cut()
                for batch in batches:
                    yield from self._rest(batch)
            else:
                self._number, is_cut = log.number_after(self._place)
                if is_cut:
                    yield Cut(missed=True)
        while self._number < log.next_number:
            batches, self._number, is_cut = log.batches(self._number)
            if is_cut:
                yield Cut(missed=True)
            for batch in batches:
                yield from self._rest(batch)

    def _rest(self, batch: Batch) -> Iterator[Batch | Cut]:
        """A batch, without the lines that the viewer brought along."""
        if self._place is not None:
            if batch.last < self._place or (batch.last == self._place and batch.count):
                return
            batch = batch.after(self._place) or batch
            self._place = None
        yield batch if batch.count else Cut(gap=True)
