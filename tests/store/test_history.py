"""What changed a short while ago: what objects were at a moment."""

from typing import Any

import msgspec
import pytest

from modelsweb.clock import SystemClock
from modelsweb.kinds import INFERENCE_GRAPH, INFERENCE_SERVICE
from modelsweb.kube import follow
from modelsweb.kube.item import Item, slim
from modelsweb.objects.ref import ObjectRef
from modelsweb.store import history
from modelsweb.store.history import History
from modelsweb.store.store import Store


def _item(name: str, *, version: str = "1", uid: str = "1", size: int = 0) -> Item:
    metadata: dict[str, Any] = {"namespace": "ns", "name": name, "uid": uid, "resourceVersion": version}
    spec = {"text": "x" * size}
    return slim(msgspec.json.encode({"metadata": metadata, "spec": spec}), INFERENCE_SERVICE)


def _ref(name: str) -> ObjectRef:
    return ObjectRef(INFERENCE_SERVICE.full_name, "ns", name)


def test_what_an_object_was_is_its_state_before_the_first_change_since() -> None:
    store = Store(INFERENCE_SERVICE, SystemClock())
    kept = History([store])
    first = _item("a")
    store.apply(follow.Put(first))
    moment = kept.number
    assert kept.before(moment) == {}
    store.apply(follow.Put(_item("a", version="2")))
    store.apply(follow.Put(_item("a", version="3")))
    store.apply(follow.Put(_item("b")))
    store.apply(follow.Removed(_item("a", version="3")))
    assert kept.before(moment) == {_ref("a"): first, _ref("b"): None}
    assert kept.before(kept.number) == {}


def test_several_stores_have_one_order() -> None:
    services, graphs = Store(INFERENCE_SERVICE, SystemClock()), Store(INFERENCE_GRAPH, SystemClock())
    kept = History([services, graphs])
    services.apply(follow.Put(_item("a")))
    raw = {"metadata": {"namespace": "ns", "name": "a", "uid": "9", "resourceVersion": "1"}}
    graphs.apply(follow.Put(slim(msgspec.json.encode(raw), INFERENCE_GRAPH)))
    assert kept.number == 2
    assert kept.before(0) == {_ref("a"): None, ObjectRef(INFERENCE_GRAPH.full_name, "ns", "a"): None}


def test_a_moment_that_is_not_known_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "_MAX_CHANGES", 3)
    store = Store(INFERENCE_SERVICE, SystemClock())
    kept = History([store])
    for name in "abcde":
        store.apply(follow.Put(_item(name)))
    assert kept.before(1) is None
    assert kept.before(2) == {_ref("c"): None, _ref("d"): None, _ref("e"): None}
    assert kept.before(6) is None
    assert kept.before(-1) is None
    assert History([store]).run != kept.run


def test_no_more_than_so_many_bytes_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "_MAX_BYTES", 10_000)
    store = Store(INFERENCE_SERVICE, SystemClock())
    kept = History([store])
    for version in range(20):
        store.apply(follow.Put(_item("a", version=str(version), size=2_000)))
    assert kept.before(kept.number - 3) is not None
    assert kept.before(kept.number - 6) is None


def test_a_revision_is_another_after_each_change() -> None:
    store = Store(INFERENCE_SERVICE, SystemClock())
    seen = [store.revision("ns")]
    for change in (follow.Put(_item("a")), follow.Put(_item("a", version="2")), follow.Removed(_item("a"))):
        store.apply(change)
        seen.append(store.revision("ns"))
    assert len(set(seen)) == 4
    assert (store.revision("other"), store.revision()) == (0, 3)
    store.apply(follow.Replaced([]))
    assert store.revision() == 3
