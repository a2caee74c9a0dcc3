"""What every controller stands on: cached objects, a work queue, events, and a pace.

Each kind is followed once and its objects are kept decoded. A change is offered to every controller, which names the
keys to look at; a key waits at most once in a controller's queue, and one worker takes keys in turn. ``reconcile`` is
level-triggered: it looks at the caches and writes what is missing, so it may be called at any time and any number of
times. A conflict means that the cache was behind: the key is tried again a moment later.
"""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from modelsweb import errors
from modelsweb.clock import Clock, format_time
from modelsweb.demo.simulator import kinds
from modelsweb.kube import follow
from modelsweb.kube.client import KubeClient
from modelsweb.objects.kind import Kind

Object = dict[str, Any]
Key = tuple[str, str]

log = logging.getLogger(__name__)
_decode = msgspec.json.Decoder(Object).decode
_HASH_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_RETRY_SECONDS = 1.0
_CONFLICT_SECONDS = 0.05


class Pace:
    """How fast simulated things happen: 1 is real time, 0.1 ten times as fast."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale

    async def sleep(self, seconds: float) -> None:
        """Waits for a simulated duration."""
        await asyncio.sleep(seconds * self.scale)


class Cluster:
    """One API server as the controllers see it."""

    def __init__(self, client: KubeClient, clock: Clock, *, pace: Pace) -> None:
        self.client = client
        self.clock = clock
        self.pace = pace
        self._objects: dict[Kind, dict[Key, Object]] = {}
        self._events: dict[tuple[str, str, str], Object] = {}

    def get(self, kind: Kind, namespace: str, name: str) -> Object | None:
        """The cached object. Copy it before changing anything."""
        return self._objects[kind].get((namespace, name))

    def all(self, kind: Kind, namespace: str | None = None) -> Iterator[Object]:
        """The cached objects, of one namespace or of all."""
        for (place, _), obj in self._objects[kind].items():
            if namespace is None or place == namespace:
                yield obj

    def owned(self, kind: Kind, owner: Object) -> list[Object]:
        """The cached objects whose controller is the owner, oldest first."""
        uid, namespace = owner["metadata"]["uid"], owner["metadata"].get("namespace", "")
        found = [obj for obj in self.all(kind, namespace) if controller_uid(obj) == uid]
        return sorted(found, key=lambda obj: int(obj["metadata"]["resourceVersion"]))

    def now(self) -> str:
        """The time as objects carry it."""
        return format_time(self.clock.now())

    async def create(self, kind: Kind, obj: Object) -> Object | None:
        """Creates and caches; None where it is there already or its namespace is going."""
        namespace = obj["metadata"].get("namespace") or None
        try:
            created = await self.client.create(kind, obj, namespace=namespace)
        except (errors.AlreadyExistsError, errors.ForbiddenError, errors.NotFoundError) as error:
            log.debug("not created: %s", error)
            return None
        self._remember(kind, created)
        return created

    async def ensure(self, kind: Kind, wanted: Object) -> None:
        """Creates the object, or changes it so that it holds what is wanted."""
        metadata = wanted["metadata"]
        found = self.get(kind, metadata.get("namespace", ""), name=metadata["name"])
        if found is None:
            await self.create(kind, wanted)
        elif not contains(found, wanted) and "deletionTimestamp" not in found["metadata"]:
            body = {**found, **wanted, "metadata": {**found["metadata"], **metadata}}
            if "status" in found:
                body["status"] = found["status"]
            self._remember(
                kind,
                await self.client.replace(
                    kind, body, namespace=metadata.get("namespace") or None, name=metadata["name"]
                ),
            )

    async def write_status(self, kind: Kind, obj: Object, *, status: Mapping[str, Any]) -> bool:
        """Writes the status where it differs; True if it did."""
        if obj.get("status") == status:
            return False
        metadata = obj["metadata"]
        body = {**obj, "status": dict(status)}
        written = await self.client.replace(
            kind,
            body,
            namespace=metadata.get("namespace") or None,
            name=metadata["name"],
            subresource="status",
        )
        self._remember(kind, written)
        return True

    async def patch(self, kind: Kind, obj: Object, *, change: Mapping[str, Any]) -> None:
        """A merge patch."""
        metadata = obj["metadata"]
        namespace = metadata.get("namespace") or None
        self._remember(
            kind, await self.client.patch(kind, change, namespace=namespace, name=metadata["name"])
        )

    async def delete(self, kind: Kind, obj: Object) -> None:
        """Deletes, if it is still there."""
        metadata = obj["metadata"]
        try:
            await self.client.delete(
                kind, namespace=metadata.get("namespace") or None, name=metadata["name"], uid=metadata["uid"]
            )
        except (errors.NotFoundError, errors.ConflictError):
            log.debug("%s %s was gone already", kind.kind, metadata["name"])

    async def event(
        self,
        about: Object,
        type_: str,
        *,
        reason: str,
        message: str,
        component: str,
        host: str = "",
        field_path: str = "",
        is_scheduler: bool = False,
    ) -> None:
        """Reports something about an object; the same thing again only raises the count."""
        key = (about["metadata"]["uid"] + field_path, reason, message)
        known = self._events.get(key)
        try:
            if known is not None and not is_scheduler:
                change = {"count": known.get("count", 1) + 1, "lastTimestamp": self.now()}
                namespace, name = known["metadata"]["namespace"], known["metadata"]["name"]
                self._events[key] = await self.client.patch(
                    kinds.EVENT, change, namespace=namespace, name=name
                )
                return
            body = self._event(
                about,
                type_,
                reason=reason,
                message=message,
                component=component,
                host=host,
                field_path=field_path,
                is_scheduler=is_scheduler,
            )
            namespace = about["metadata"].get("namespace") or "default"
            self._events[key] = await self.client.create(kinds.EVENT, body, namespace=namespace)
        except (errors.NotFoundError, errors.ForbiddenError, errors.ConflictError):
            self._events.pop(key, None)

    async def say_ready(self, about: Object, *, component: str) -> None:
        """Reports that an object is ready, as KServe's controllers do."""
        kind, name = about["kind"], about["metadata"]["name"]
        await self.event(
            about, "Normal", reason=f"{kind}Ready", message=f"{kind} [{name}] is Ready", component=component
        )

    def _event(
        self,
        about: Object,
        type_: str,
        *,
        reason: str,
        message: str,
        component: str,
        host: str,
        field_path: str,
        is_scheduler: bool,
    ) -> Object:
        metadata = about["metadata"]
        involved = {
            "kind": about["kind"],
            "namespace": metadata.get("namespace", ""),
            "name": metadata["name"],
            "uid": metadata["uid"],
            "apiVersion": about["apiVersion"],
            "resourceVersion": metadata["resourceVersion"],
        }
        if field_path:
            involved["fieldPath"] = field_path
        event: Object = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {
                "name": f"{metadata['name']}.{secrets.token_hex(8)}",
                "namespace": metadata.get("namespace") or "default",
            },
            "involvedObject": involved,
            "reason": reason,
            "message": message,
            "type": type_,
            "reportingComponent": component,
            "reportingInstance": host,
        }
        if is_scheduler:
            stamp = self.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            action = "Binding" if reason == "Scheduled" else "Scheduling"
            return event | {
                "source": {},
                "eventTime": stamp,
                "firstTimestamp": None,
                "lastTimestamp": None,
                "action": action,
                "reportingInstance": f"{component}-demo",
            }
        source = {"component": component} | ({"host": host} if host else {})
        now = self.now()
        return event | {
            "source": source,
            "eventTime": None,
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
        }

    def _remember(self, kind: Kind, obj: Object) -> None:
        metadata = obj["metadata"]
        metadata.pop("managedFields", None)
        known = self._objects.get(kind)
        key = (metadata.get("namespace", ""), metadata["name"])
        if known is not None and (key not in known or _version(known[key]) <= _version(obj)):
            known[key] = obj

    def watched(self, kind: Kind) -> dict[Key, Object]:
        """The cache of a kind, to be filled by the one who follows it."""
        return self._objects.setdefault(kind, {})


class Controller:
    """Base of the controllers. ``watches`` are the kinds whose changes are offered to ``interested``."""

    watches: Sequence[Kind] = ()

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._queue: asyncio.Queue[Key] = asyncio.Queue()
        self._queued: set[Key] = set()

    def interested(self, kind: Kind, obj: Object, *, before: Object | None) -> Iterable[Key]:
        """The keys to look at because of this change; ``before`` is None for a new object."""
        raise NotImplementedError

    async def reconcile(self, key: Key) -> float | None:
        """Brings one object's world in order; returns seconds (simulated) after which to look again, or None."""
        raise NotImplementedError

    def enqueue(self, key: Key) -> None:
        """Puts a key in the queue, unless it waits there already."""
        if key not in self._queued:
            self._queued.add(key)
            self._queue.put_nowait(key)

    async def run(self) -> None:
        """Takes keys in turn, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            key = await self._queue.get()
            self._queued.discard(key)
            try:
                again = await self.reconcile(key)
                delay = again * self.cluster.pace.scale if again is not None else None
            except errors.ConflictError:
                delay = _CONFLICT_SECONDS
            except errors.NotFoundError:
                delay = None
            except errors.ModelswebError as error:
                log.warning("%s %s: %s", type(self).__name__, key, error)
                delay = _RETRY_SECONDS
            except Exception:  # one object that nobody foresaw waits for its next change; the others go on
                log.exception("%s %s", type(self).__name__, key)
                delay = None
            if delay is not None:
                loop.call_later(delay, self.enqueue, key)


async def run(cluster: Cluster, controllers: Sequence[Controller]) -> None:
    """Runs controllers until cancelled."""
    watched = dict.fromkeys(kind for controller in controllers for kind in controller.watches)
    for kind in watched:
        cluster.watched(kind)
    async with asyncio.TaskGroup() as group:
        for kind in watched:
            group.create_task(
                _follow(cluster, kind, controllers=[c for c in controllers if kind in c.watches])
            )
        for controller in controllers:
            group.create_task(controller.run())


async def _follow(cluster: Cluster, kind: Kind, *, controllers: Sequence[Controller]) -> None:
    known = cluster.watched(kind)
    seen: dict[Key, Object] = {}
    async for change in follow.follow(cluster.client, kind, clock=cluster.clock):
        match change:
            case follow.Replaced(items):
                fresh = {item.key: _decode(item.raw) for item in items}
                # What we created ourselves may be cached without having been seen: the watch will bring it.
                for key in [key for key in seen if key not in fresh]:
                    gone = seen.pop(key)
                    known.pop(key, None)
                    _offer(controllers, kind, obj=gone, before=gone)
                for key, obj in fresh.items():
                    if key not in known or _version(known[key]) <= _version(obj):
                        known[key] = obj
                    _offer(controllers, kind, obj=obj, before=seen.get(key))
                    seen[key] = obj
            case follow.Put(item):
                obj = _decode(item.raw)
                cached = known.get(item.key)
                if cached is None or _version(cached) <= _version(obj):
                    known[item.key] = obj
                _offer(controllers, kind, obj=obj, before=seen.get(item.key))
                seen[item.key] = obj
            case follow.Removed(item):
                known.pop(item.key, None)
                gone = seen.pop(item.key) if item.key in seen else _decode(item.raw)
                _offer(controllers, kind, obj=gone, before=gone)
            case follow.Broken(error):
                log.info("watch of %s broke: %s", kind.full_name, error)


def _offer(controllers: Sequence[Controller], kind: Kind, *, obj: Object, before: Object | None) -> None:
    for controller in controllers:
        for key in controller.interested(kind, obj, before=before):
            controller.enqueue(key)


def _version(obj: Object) -> int:
    return int(obj["metadata"]["resourceVersion"])


# -- objects ------------------------------------------------------------------------------------------------------


def owner_reference(owner: Object) -> dict[str, Any]:
    """The reference that makes ``owner`` the controller of an object."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def key_of_owner(obj: Object, kind: Kind) -> Iterator[Key]:
    """The object of a kind that made another one; none where something else did."""
    owner = controller_reference(obj)
    if owner and owner["kind"] == kind.kind:
        yield obj["metadata"]["namespace"], owner["name"]


def controller_reference(obj: Object) -> dict[str, Any] | None:
    """The reference to the object's controller, or None."""
    for reference in obj["metadata"].get("ownerReferences") or ():
        if reference.get("controller"):
            return dict(reference)
    return None


def controller_uid(obj: Object) -> str | None:
    """The uid of the object's controller."""
    reference = controller_reference(obj)
    return reference["uid"] if reference else None


def contains(actual: Any, wanted: Any) -> bool:
    """Whether everything that is wanted is there; more may be there, such as defaults."""
    if isinstance(wanted, Mapping):
        return isinstance(actual, Mapping) and all(
            key in actual and contains(actual[key], wanted[key]) for key in wanted
        )
    if isinstance(wanted, list):
        return (
            isinstance(actual, list)
            and len(actual) == len(wanted)
            and all(contains(one, other) for one, other in zip(actual, wanted, strict=True))
        )
    return bool(actual == wanted)


def template_hash(template: Mapping[str, Any]) -> str:
    """A pod-template-hash: ten characters that depend on the template only."""
    digest = hashlib.sha256(msgspec.json.encode(template, order="sorted")).digest()
    return "".join(_HASH_ALPHABET[byte % len(_HASH_ALPHABET)] for byte in digest[:10])


def conditions_of(obj: Object | None) -> dict[str, dict[str, Any]]:
    """``status.conditions`` by type."""
    status = (obj or {}).get("status") or {}
    return {condition["type"]: condition for condition in status.get("conditions") or ()}


def is_ready(obj: Object | None) -> bool:
    """Its condition ``Ready`` is True."""
    return conditions_of(obj).get("Ready", {}).get("status") == "True"
