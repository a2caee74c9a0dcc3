"""A change in a large family costs what changed."""

from collections import Counter
from typing import Any

import msgspec
import pytest

from modelsweb.clock import SystemClock
from modelsweb.kinds import CHILDREN, EVENT, INFERENCE_SERVICE, POD
from modelsweb.kube import follow
from modelsweb.kube.item import Item, slim
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.ref import ObjectRef
from modelsweb.store.child_reader import ChildReader
from modelsweb.store.events import events_of, make_stores
from modelsweb.store.owners import Owners
from modelsweb.store.store import Store, decode

IRIS = ObjectRef(INFERENCE_SERVICE.full_name, "ns", "iris")


def _item(kind: Kind, name: str, version: int = 1, **more: Any) -> Item:
    metadata = {
        "name": name,
        "namespace": "ns",
        "uid": f"{kind.kind}-{name}",
        "resourceVersion": str(version),
        "labels": {"serving.kserve.io/inferenceservice": "iris"},
    }
    return slim(msgspec.json.encode({"metadata": metadata, **more}), kind)


def _event(name: str, pod: int, version: int = 1) -> Item:
    return _item(
        EVENT, name, version, involvedObject={"kind": "Pod", "name": f"p{pod}", "uid": f"Pod-p{pod}"}
    )


def _stores(pods: int, events: list[Item]) -> dict[Kind, Store]:
    stores = make_stores((INFERENCE_SERVICE, *CHILDREN), SystemClock())
    Owners(stores)
    stores[INFERENCE_SERVICE].apply(follow.Replaced([_item(INFERENCE_SERVICE, "iris")]))
    stores[POD].apply(follow.Replaced([_item(POD, f"p{number}") for number in range(pods)]))
    stores[EVENT].apply(follow.Replaced(events))
    return stores


def test_of_a_large_family_only_what_changed_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: Counter[str] = Counter()

    def counted(item: Item) -> Obj:
        decoded[item.name] += 1
        return decode(item)

    monkeypatch.setattr("modelsweb.store.child_reader.decode", counted)
    stores = _stores(500, [])
    families = ChildReader(stores)
    families.children(IRIS, (POD, EVENT))
    assert sum(decoded.values()) == 500
    decoded.clear()
    stores[POD].apply(follow.Put(_item(POD, "p7", 2, status={"phase": "Failed"})))
    stores[POD].apply(follow.Removed(_item(POD, "p8")))
    found = families.children(IRIS, (POD, EVENT)).by_kind[POD]
    assert decoded == {"p7": 1}
    assert len(found) == 499
    assert next(pod for pod in found if pod.name == "p7").string("status", "phase") == "Failed"


def test_only_so_many_large_families_are_kept() -> None:
    families = ChildReader(_stores(60, []))
    families.children(IRIS, (POD,))
    for number in range(20):
        families._decoded(
            IRIS._replace(name=f"other-{number}"), {POD: tuple(_item(POD, f"p{n}") for n in range(60))}
        )
    assert len(families._kept) == 8


def test_ten_thousand_events_are_read_like_some_hundred() -> None:
    stores = _stores(3, [_event(f"e{number}", number % 3) for number in range(10_000)])
    families = ChildReader(stores)
    recent = families.children(IRIS, (EVENT,))
    assert len(recent.by_kind[EVENT]) == 90
    assert recent.left_out == 9_910
    whole = families.children(IRIS, (EVENT,), all_events=True)
    assert len(whole.by_kind[EVENT]) == 10_000
    assert whole.left_out == 0


def test_the_newest_about_each_object_are_among_them() -> None:
    stores = _stores(300, [_event(f"e{number}", number % 300) for number in range(6_000)])
    told_again = _event("e0", 0, 2)
    stores[EVENT].apply(follow.Put(told_again))
    found = ChildReader(stores).children(IRIS, (EVENT,)).by_kind[EVENT]
    assert found[0].name == "e0"
    assert len(found) <= 530


def test_an_event_that_is_forgotten_is_not_counted() -> None:
    stores = _stores(1, [_event("a", 0), _event("b", 0)])
    stores[EVENT].apply(follow.Removed(_event("a", 0)))
    assert [one.name for one in ChildReader(stores).children(IRIS, (EVENT,)).by_kind[EVENT]] == ["b"]
    stores[EVENT].apply(follow.Removed(_event("b", 0)))
    assert events_of(stores).recent(IRIS) == ((), 0)
    assert events_of(stores)._about == {}
