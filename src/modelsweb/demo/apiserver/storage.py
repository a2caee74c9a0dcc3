"""The objects, their versions, and the history that watches read.

One counter gives resourceVersions, as etcd does. Each resource keeps a bounded ring of its latest events; a watch
reads the ring from its version on and then waits, so a slow reader costs nothing but an index. When the ring has
rolled past a reader's version, the reader gets 410 and must list again. ``compact`` forces that.
"""

import asyncio
import copy
import secrets
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from modelsweb.clock import Clock, format_time
from modelsweb.demo.apiserver.patching import Ownership
from modelsweb.demo.apiserver.resource import Resource

Object = dict[str, Any]
Key = tuple[str, str]
"""Namespace (empty for cluster-scoped objects) and name."""

_RING = 4096
_FIRST_VERSION = 1000
_SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One change: the object after it, and before it where there was one. Both must not be changed."""

    version: int
    type: str
    object: Object
    before: Object | None


class Shelf:
    """All objects of one resource, in all its versions."""

    def __init__(self, oldest: int) -> None:
        self.objects: dict[Key, Object] = {}
        self.ring: deque[Event] = deque()
        self.oldest = oldest
        """Watches from versions below this one cannot be served."""
        self.changed = asyncio.Event()
        """Set by the next change; take it before reading the ring, wait for it after."""

    def record(self, event: Event) -> None:
        """Adds to the history and wakes the watches."""
        self.ring.append(event)
        while len(self.ring) > _RING:
            self.oldest = self.ring.popleft().version
        self.wake()

    def wake(self) -> None:
        """Makes every waiting watch look again."""
        self.changed.set()
        self.changed = asyncio.Event()


class Storage:
    """Objects by resource. Callers check and default objects; here they are only kept."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.version = _FIRST_VERSION
        self.listeners: list[Callable[[Resource, Event], None]] = []
        """Called after each change: the garbage collector, the registry of CRDs."""
        self._shelves: dict[str, Shelf] = {}
        self._ownership: dict[str, Ownership] = {}

    def shelf(self, resource: Resource) -> Shelf:
        """The shelf of a resource; all versions of it share one."""
        shelf = self._shelves.get(resource.full_name)
        if shelf is None:
            shelf = self._shelves[resource.full_name] = Shelf(_FIRST_VERSION)
        return shelf

    def get(self, resource: Resource, key: Key) -> Object | None:
        """The stored object itself: do not change it."""
        return self.shelf(resource).objects.get(key)

    def list(self, resource: Resource, namespace: str | None) -> Iterator[Object]:
        """The stored objects in the order of etcd: by namespace, then name."""
        objects = self.shelf(resource).objects
        for key in sorted(objects):
            if namespace is None or key[0] == namespace:
                yield objects[key]

    def insert(self, resource: Resource, obj: Object) -> Object:
        """Stores a new object, with its metadata filled in."""
        metadata = obj["metadata"]
        metadata["uid"] = str(uuid.uuid4())
        metadata["creationTimestamp"] = self.timestamp()
        if resource.has_generation:
            metadata["generation"] = 1
        return self._put(resource, "ADDED", obj=obj, before=None)

    def update(self, resource: Resource, obj: Object, *, before: Object) -> Object:
        """Stores a changed object; where nothing changed, no version is spent."""
        if _same(obj, before):
            return before
        if resource.has_generation and _generation_relevant(obj) != _generation_relevant(before):
            obj["metadata"]["generation"] = before["metadata"].get("generation", 0) + 1
        if _is_over(obj["metadata"]):
            self.remove(resource, _key(obj))
            return obj
        return self._put(resource, "MODIFIED", obj=obj, before=before)

    def remove(self, resource: Resource, key: Key) -> Object:
        """Takes an object away; watches see its last state with a new version."""
        before = self.shelf(resource).objects.pop(key)
        self._ownership.pop(before["metadata"]["uid"], None)
        last = copy.deepcopy(before)
        self.version += 1
        last["metadata"]["resourceVersion"] = str(self.version)
        self._record(resource, Event(version=self.version, type="DELETED", object=last, before=before))
        return last

    def ownership(self, obj: Object) -> Ownership:
        """Who owns which field of the object."""
        return self._ownership.setdefault(obj["metadata"]["uid"], Ownership())

    def compact(self) -> None:
        """Forgets all history: every watch from an older version gets 410."""
        for shelf in self._shelves.values():
            shelf.ring.clear()
            shelf.oldest = self.version + 1
            shelf.wake()
        self.version += 1

    def timestamp(self) -> str:
        """Now, as metadata has it."""
        return format_time(self.clock.now())

    def micro_timestamp(self) -> str:
        """Now with microseconds, as events have it."""
        return self.clock.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def _put(self, resource: Resource, type_: str, *, obj: Object, before: Object | None) -> Object:
        self.version += 1
        metadata = obj["metadata"]
        metadata["resourceVersion"] = str(self.version)
        self.shelf(resource).objects[_key(obj)] = obj
        self._record(resource, Event(version=self.version, type=type_, object=obj, before=before))
        return obj

    def _record(self, resource: Resource, event: Event) -> None:
        self.shelf(resource).record(event)
        for listener in self.listeners:
            listener(resource, event)


def random_suffix() -> str:
    """The five characters that generateName adds."""
    return "".join(secrets.choice(_SUFFIX_ALPHABET) for _ in range(5))


def _key(obj: Object) -> Key:
    return obj["metadata"].get("namespace", ""), obj["metadata"]["name"]


def _is_over(metadata: Object) -> bool:
    """Nothing holds a deleted object any more: it goes with the change that released it."""
    held = metadata.get("finalizers") or metadata.get("deletionGracePeriodSeconds")
    return "deletionTimestamp" in metadata and not held


_IGNORED = ("resourceVersion", "managedFields", "generation")


def _same(one: Object, other: Object) -> bool:
    return _without_bookkeeping(one) == _without_bookkeeping(other)


def _without_bookkeeping(obj: Object) -> Object:
    return obj | {"metadata": {key: value for key, value in obj["metadata"].items() if key not in _IGNORED}}


def _generation_relevant(obj: Object) -> Object:
    deleted = obj["metadata"].get("deletionTimestamp")
    return {key: value for key, value in obj.items() if key not in {"metadata", "status"}} | {
        "deleted": deleted
    }
