"""What a store announces: what was there, what is there now, and whose both are."""

from typing import Any

import msgspec

from modelsweb.clock import SystemClock
from modelsweb.kinds import INFERENCE_SERVICE, POD
from modelsweb.kube import follow
from modelsweb.kube.item import Item, slim
from modelsweb.objects.kind import Kind
from modelsweb.objects.ref import ObjectRef
from modelsweb.store.changes import Change
from modelsweb.store.store import Store


def _item(kind: Kind, name: str, *, uid: str = "1", version: str = "1", of: str = "") -> Item:
    metadata: dict[str, Any] = {"namespace": "ns", "name": name, "uid": uid, "resourceVersion": version}
    if of:
        metadata["labels"] = {"serving.kserve.io/inferenceservice": of}
    return slim(msgspec.json.encode({"metadata": metadata}), kind)


def _watched(kind: Kind) -> tuple[Store, list[Change]]:
    store, told = Store(kind, SystemClock()), list[Change]()
    store.listen(told.append)
    return store, told


def test_an_object_comes_changes_and_goes() -> None:
    store, told = _watched(INFERENCE_SERVICE)
    first, second = _item(INFERENCE_SERVICE, "iris"), _item(INFERENCE_SERVICE, "iris", version="2")
    store.apply(follow.Put(first))
    store.apply(follow.Put(second))
    store.apply(follow.Removed(second))
    assert [(change.before, change.after) for change in told] == [
        (None, first),
        (first, second),
        (second, None),
    ]
    assert {change.ref for change in told} == {ObjectRef(INFERENCE_SERVICE.full_name, "ns", "iris")}
    assert [change.is_of_another for change in told] == [False, False, True]


def test_a_child_that_changes_its_root_is_told_to_both() -> None:
    store, told = _watched(POD)
    store.apply(follow.Put(_item(POD, "p", of="a")))
    store.apply(follow.Put(_item(POD, "p", version="2", of="b")))
    assert [root.name for root in told[-1].roots] == ["a", "b"]


def test_a_child_that_loses_its_root_is_told_to_the_one_it_had_and_nobodys_to_nobody() -> None:
    store, told = _watched(POD)
    store.apply(follow.Put(_item(POD, "other")))
    assert not told
    store.apply(follow.Put(_item(POD, "p", of="a")))
    store.apply(follow.Put(_item(POD, "p", version="2")))
    assert (told[-1].after, [root.name for root in told[-1].roots]) == (None, ["a"])
    assert not store.items()


def test_a_list_that_is_read_again_tells_what_differs() -> None:
    store, told = _watched(INFERENCE_SERVICE)
    store.apply(follow.Replaced([_item(INFERENCE_SERVICE, name) for name in ("same", "another", "gone")]))
    told.clear()
    store.apply(
        follow.Replaced([_item(INFERENCE_SERVICE, "same"), _item(INFERENCE_SERVICE, "another", uid="2")])
    )
    assert [(change.ref.name, change.is_of_another) for change in told] == [
        ("another", True),
        ("gone", True),
    ]
