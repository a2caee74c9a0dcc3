"""The index of a list that is open somewhere, kept from one rendering to the next."""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from modelsweb.gateway.reader import ListGrant
from modelsweb.objects.freshness import Health
from modelsweb.viewmodels.components.table import Index, Key
from modelsweb.web.site import Site

Row = TypeVar("Row")


class KeptIndex(Generic[Row]):
    """The rows of some grants, each of another kind, that a query wants.

    Who opens a page once pays for one index and keeps none; from the second rendering on a change costs what changed.
    """

    def __init__(self, site: Site, *grants: ListGrant, make: Callable[[], Index[Row]]) -> None:
        self.is_nowhere = False
        """None of the namespaces that were asked for exists."""
        self._site = site
        self._grants = grants
        self._make = make
        self._index: Index[Row] | None = None
        self._revisions: tuple[int, ...] = ()

    def current(self) -> tuple[Index[Row], tuple[Health, ...]]:
        """The index as it is now, and how fresh what each grant covers is."""
        reader, now = self._site.reader, self._site.clock.now()
        if self._index is not None:
            found = [reader.updates(*pair) for pair in zip(self._grants, self._revisions, strict=True)]
            updates = [one for one in found if one is not None]
            if len(updates) == len(found):
                for grant, one in zip(self._grants, updates, strict=True):
                    self._index.update(self._keyed(grant, one.changes), now)
                self._revisions = tuple(one.revision for one in updates)
                self.is_nowhere = all(one.is_nowhere for one in updates)
                return self._index, tuple(one.health for one in updates)
        listings = [reader.objects(grant) for grant in self._grants]
        index: Index[Any] = self._make()
        index.load(
            (
                entry
                for grant, one in zip(self._grants, listings, strict=True)
                for entry in self._keyed(grant, one.entries)
            ),
            now,
        )
        is_first = not self._revisions
        self._revisions = tuple(one.revision for one in listings)
        self.is_nowhere = all(one.is_nowhere for one in listings)
        self._index = None if is_first else index
        return index, tuple(one.health for one in listings)

    def _keyed(self, grant: ListGrant, rows: Iterable[tuple[Key, Any]]) -> Iterable[tuple[Key, Any]]:
        """Objects of several kinds may have one name."""
        if len(self._grants) == 1:
            return rows
        return (((*key, grant.kind.plural), row) for key, row in rows)
