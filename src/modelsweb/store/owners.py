"""Whose an event is: the service of the object that it is about, found by that object's uid.

Events come by a watch of their own, often before their object does, and stay for an hour after it went. One whose object
is not there yet waits in its store; what went keeps its owner for a while, but not longer than its service is there.

Of an object that nobody here has seen, since it went before the app was started, the maker that is still there tells:
Kubernetes calls a pod after its ReplicaSet and a ReplicaSet after its Deployment, with letters of its own at the end
(https://github.com/kubernetes/apimachinery/blob/master/pkg/util/rand/rand.go), and Knative calls what it puts between
by the Revision's name. Such an event is not much older than its maker: an earlier service of the name had objects of the
same names, and nothing else tells them apart.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial

from modelsweb.clock import parse_time
from modelsweb.kinds import CHILDREN, DEPLOYMENT, EVENT, INFERENCE_SERVICE, REPLICA_SET, REVISION
from modelsweb.kube.item import Item, Reference, created, owners
from modelsweb.objects.kind import Kind
from modelsweb.store.store import Store

_MOST_GONE = 20_000
_CLOCKS = timedelta(minutes=10)
"""Clocks of one cluster differ by less."""
_LETTERS = "[bcdfghjklmnpqrstvwxz2456789]"
_POD = re.compile(rf"((.+)-{_LETTERS}{{1,10}})-{_LETTERS}{{5}}")
_REPLICA_SET = re.compile(rf"(.+)-{_LETTERS}{{1,10}}")
_NAMED_AS_REVISION = {"PodAutoscaler", "ServerlessService", "Metric", "Image"}


class Owners:
    """The objects that are there by uid, and for a while those that went; see the module's text."""

    def __init__(self, stores: Mapping[Kind, Store]) -> None:
        """What must see a service's events when the service goes has to listen to its store before this does."""
        self._stores = stores
        self._events = stores[EVENT]
        self._there: dict[str, Item] = {}
        self._gone: dict[str, tuple[str, str]] = {}
        self._gone_of: dict[tuple[str, str], set[str]] = {}
        self._events.belong(self.service_of)
        for kind in (INFERENCE_SERVICE, *CHILDREN):
            if kind is not EVENT:
                stores[kind].listen(partial(self._changed, kind))
                stores[kind].listen_health(self._events.settle_all)

    def service_of(self, event: Item) -> str:
        """The service that an event belongs to; empty where it is nobody's, or nobody's yet."""
        about = event.about
        if about is None:
            return ""
        if (there := self._there.get(about.uid)) is not None:
            return (
                _service(there) if self._is_of_present(there) and there.namespace == event.namespace else ""
            )
        if (gone := self._gone.get(about.uid)) is not None:
            return gone[1] if gone[0] == event.namespace else ""
        for kind, name in _makers(about):
            maker = self._stores[kind].item(event.namespace, name)
            if maker is not None and self._is_of_present(maker) and not _is_before(event, maker):
                return _service(maker)
        return ""

    def _is_of_present(self, item: Item) -> bool:
        """It is not what is left of an earlier service of the same name, as far as its owners can be followed."""
        service = self._stores[INFERENCE_SERVICE].item(item.namespace, _service(item))
        seen = {item.uid}
        above = [item]
        while service is not None and above:
            for owner in owners(above.pop()):
                if owner.kind == INFERENCE_SERVICE.kind:
                    return owner.uid == service.uid
                if (there := self._there.get(owner.uid)) is not None and owner.uid not in seen:
                    seen.add(owner.uid)
                    above.append(there)
        return True

    def _changed(self, kind: Kind, item: Item) -> None:
        there = self._stores[kind].item(item.namespace, item.name)
        if there is not None and there.uid == item.uid:
            is_new = item.uid not in self._there
            self._there[item.uid] = there
            if is_new:
                self._events.settle(item.uid)
            return
        self._there.pop(item.uid, None)
        if kind is INFERENCE_SERVICE:
            for uid in self._gone_of.pop(item.key, ()):
                del self._gone[uid]
            self._events.disown(*item.key)
        elif item.service and self._is_of_present(item):
            self._remember(item)

    def _remember(self, item: Item) -> None:
        while len(self._gone) >= _MOST_GONE:
            uid, key = next(iter(self._gone.items()))
            del self._gone[uid]
            self._gone_of[key].discard(uid)
        key = (item.namespace, item.service)
        self._gone[item.uid] = key
        self._gone_of.setdefault(key, set()).add(item.uid)


def _is_before(event: Item, maker: Item) -> bool:
    """An event was written long before an object was made, however wrong the clocks of its reporters are."""
    told, made = parse_time(created(event)), parse_time(created(maker))
    return told is not None and made is not None and told < made - _CLOCKS


def _service(item: Item) -> str:
    return item.service or item.name


def _makers(about: Reference) -> Iterator[tuple[Kind, str]]:
    """What an object that is not there may have been made by; of one without a uid, itself."""
    match about.kind:
        case "InferenceService" if not about.uid:
            yield INFERENCE_SERVICE, about.name
        case "Pod" if found := _POD.fullmatch(about.name):
            yield REPLICA_SET, found[1]
            yield DEPLOYMENT, found[2]
        case "ReplicaSet" if found := _REPLICA_SET.fullmatch(about.name):
            yield DEPLOYMENT, found[1]
        case "Revision":
            yield REVISION, about.name
        case "Deployment":
            yield DEPLOYMENT, about.name
        case kind if kind in _NAMED_AS_REVISION:
            yield REVISION, about.name
