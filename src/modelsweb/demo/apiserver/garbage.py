"""Deletion: finalizers, graceful pods, and what happens to the objects that a deleted one owns.

Owner references are followed as the real garbage collector does it: background deletion removes dependants once
the last owner is gone; foreground deletion keeps the owner, marked, until all dependants that block it are gone;
orphaning takes the references away. Each change is followed at once, so the end state is reached before the next
request is read.
"""

import copy
from collections import defaultdict

from modelsweb.demo.apiserver.resource import Resource
from modelsweb.demo.apiserver.storage import Event, Key, Object, Storage

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"
_POD_GRACE_SECONDS = 30

_Place = tuple[Resource, Key]


class Collector:
    """Follows every change of the storage; see the module's text."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._places: dict[str, _Place] = {}
        """Where each living object is, by uid."""
        self._dependants: defaultdict[str, set[str]] = defaultdict(set)
        """The uids of the objects that name a uid as an owner."""
        self._work: list[tuple[Resource, Event]] = []
        self._is_working = False
        storage.listeners.append(self._noticed)

    def delete(
        self, resource: Resource, key: Key, *, policy: str | None, grace_seconds: int | None = None
    ) -> Object:
        """Marks or removes the object; answers it as it is then."""
        obj = self._storage.shelf(resource).objects[key]
        finalizers = list(obj["metadata"].get("finalizers") or ())
        for name, wanted in ((FOREGROUND, policy == "Foreground"), (ORPHAN, policy == "Orphan")):
            if wanted and name not in finalizers:
                finalizers.append(name)
        grace = _grace(resource, obj, asked=grace_seconds)
        if not finalizers and not grace:
            return self._storage.remove(resource, key)
        changed = copy.deepcopy(obj)
        metadata = changed["metadata"]
        metadata.setdefault("deletionTimestamp", self._storage.timestamp())
        metadata["deletionGracePeriodSeconds"] = grace
        if finalizers:
            metadata["finalizers"] = finalizers
        return self._storage.update(resource, changed, before=obj)

    def _noticed(self, resource: Resource, event: Event) -> None:
        self._work.append((resource, event))
        if self._is_working:
            return
        self._is_working = True
        try:
            while self._work:
                self._follow(*self._work.pop(0))
        finally:
            self._is_working = False

    def _follow(self, resource: Resource, event: Event) -> None:
        metadata = event.object["metadata"]
        uid, key = metadata["uid"], (metadata.get("namespace", ""), metadata["name"])
        for owner in _owners(event.before):
            self._dependants[owner].discard(uid)
        if event.type == "DELETED":
            self._places.pop(uid, None)
            for dependant in sorted(self._dependants.pop(uid, ())):
                self._delete_if_ownerless(dependant)
            for owner in _owners(event.before):
                self._finish(owner)
            return
        self._places[uid] = (resource, key)
        for owner in _owners(event.object):
            self._dependants[owner].add(uid)
        if "deletionTimestamp" in metadata:
            self._finish(uid)
        else:
            self._delete_if_ownerless(uid)

    def _delete_if_ownerless(self, uid: str) -> None:
        place = self._places.get(uid)
        obj = place and self._storage.get(*place)
        if place and obj and "deletionTimestamp" not in obj["metadata"]:
            owners = _owners(obj)
            if owners and not any(owner in self._places for owner in owners):
                self.delete(*place, policy="Background")

    def _finish(self, uid: str) -> None:
        """Takes our own finalizers off an object that is being deleted, as soon as their work is done."""
        place = self._places.get(uid)
        obj = place and self._storage.get(*place)
        if not place or not obj or "deletionTimestamp" not in obj["metadata"]:
            return
        finalizers = obj["metadata"].get("finalizers") or []
        if FOREGROUND in finalizers and not self._delete_dependants(uid):
            self._drop_finalizer(place, FOREGROUND)
        elif ORPHAN in finalizers:
            self._orphan_dependants(uid)
            self._drop_finalizer(place, ORPHAN)
        elif not finalizers and not obj["metadata"].get("deletionGracePeriodSeconds"):
            self._storage.remove(*place)

    def _delete_dependants(self, owner: str) -> bool:
        """Deletes what the owner owns; True while anything that blocks the owner is left."""
        blocked = False
        for uid in sorted(self._dependants.get(owner, ())):
            place = self._places[uid]
            obj = self._storage.get(*place)
            if obj is None:
                continue
            reference = next(ref for ref in obj["metadata"]["ownerReferences"] if ref["uid"] == owner)
            blocks = bool(reference.get("blockOwnerDeletion"))
            if "deletionTimestamp" not in obj["metadata"]:
                self.delete(
                    *place, policy="Foreground" if blocks and self._dependants.get(uid) else "Background"
                )
            blocked = blocked or (blocks and self._storage.get(*place) is not None)
        return blocked

    def _orphan_dependants(self, owner: str) -> None:
        for uid in sorted(self._dependants.get(owner, ())):
            place = self._places[uid]
            obj = self._storage.get(*place)
            if obj is not None:
                changed = copy.deepcopy(obj)
                kept = [ref for ref in changed["metadata"]["ownerReferences"] if ref["uid"] != owner]
                changed["metadata"]["ownerReferences"] = kept
                self._storage.update(place[0], changed, before=obj)

    def _drop_finalizer(self, place: _Place, name: str) -> None:
        obj = self._storage.get(*place)
        if obj is None:
            return
        changed = copy.deepcopy(obj)
        kept = [item for item in changed["metadata"].get("finalizers") or () if item != name]
        if kept:
            changed["metadata"]["finalizers"] = kept
        else:
            changed["metadata"].pop("finalizers", None)
        self._storage.update(place[0], changed, before=obj)


def _owners(obj: Object | None) -> list[str]:
    if obj is None:
        return []
    return [reference["uid"] for reference in obj["metadata"].get("ownerReferences") or ()]


def _grace(resource: Resource, obj: Object, *, asked: int | None) -> int:
    if resource.full_name != "pods" or asked == 0 or not (obj.get("spec") or {}).get("nodeName"):
        return 0
    return asked if asked is not None else _POD_GRACE_SECONDS
