"""What changed of some kinds a short while ago, so that who was away can be told what they missed.

Changes are numbered through all kinds. What objects were before is kept until too much of it has come together; the numbers are
those of one run of the app, which ``run`` tells from others.
"""

import secrets
from collections import deque
from collections.abc import Iterable
from itertools import islice

from modelsweb.kube.item import Item
from modelsweb.objects.ref import ObjectRef
from modelsweb.store.changes import Change
from modelsweb.store.store import Store

_MAX_CHANGES = 5_000
_MAX_BYTES = 8 * 1024 * 1024


class History:
    """The last changes of some stores."""

    def __init__(self, stores: Iterable[Store]) -> None:
        self.run = secrets.token_hex(4)
        self.number = 0
        """That of the last change."""
        self._before: deque[tuple[ObjectRef, Item | None]] = deque()
        self._size = 0
        for store in stores:
            store.listen(self._saw)

    def _saw(self, change: Change) -> None:
        self.number += 1
        self._before.append((change.ref, change.before))
        self._size += _size(change.before)
        while len(self._before) > _MAX_CHANGES or self._size > _MAX_BYTES:
            self._size -= _size(self._before.popleft()[1])

    def before(self, number: int) -> dict[ObjectRef, Item | None] | None:
        """What the objects that changed after a number were then, None for those that were not there. None where that is too long
        ago, or no number of this run."""
        missed = self.number - number
        if not 0 <= missed <= len(self._before):
            return None
        found: dict[ObjectRef, Item | None] = {}
        for ref, before in islice(self._before, len(self._before) - missed, None):
            found.setdefault(ref, before)
        return found


def _size(item: Item | None) -> int:
    return len(item.raw) if item is not None else 0
