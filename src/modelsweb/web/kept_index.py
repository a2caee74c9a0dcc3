"""The index of a list that is open somewhere, kept from one rendering to the next."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from modelsweb.gateway.reader import ListGrant
from modelsweb.objects.freshness import Health
from modelsweb.viewmodels.components.table import Index
from modelsweb.web.site import Site

Row = TypeVar("Row")


class KeptIndex(Generic[Row]):
    """The rows of a grant that a query wants.

    Who opens a page once pays for one index and keeps none; from the second rendering on a change costs what changed.
    """

    def __init__(self, site: Site, grant: ListGrant, *, make: Callable[[], Index[Row]]) -> None:
        self.is_nowhere = False
        """None of the namespaces that were asked for exists."""
        self._site = site
        self._grant = grant
        self._make = make
        self._index: Index[Row] | None = None
        self._revision = -1

    def current(self) -> tuple[Index[Row], Health]:
        """The index as it is now, and how fresh it is."""
        reader, now = self._site.reader, self._site.clock.now()
        if self._index is not None and (found := reader.updates(self._grant, self._revision)) is not None:
            self._index.update(found.changes, now)
            self._revision = found.revision
            self.is_nowhere = found.is_nowhere
            return self._index, found.health
        listing = reader.objects(self._grant)
        index: Index[Any] = self._make()
        index.load(listing.entries, now)
        is_first = self._revision < 0
        self._revision, self.is_nowhere = listing.revision, listing.is_nowhere
        self._index = None if is_first else index
        return index, listing.health
