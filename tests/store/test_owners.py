"""Whose an event is, whatever objects are called and in whatever order they come."""

import itertools
from typing import Any

import msgspec
import pytest

from modelsweb.clock import SystemClock
from modelsweb.kinds import (
    CHILDREN,
    CLUSTER_SERVING_RUNTIME,
    DEPLOYMENT,
    EVENT,
    HTTP_ROUTE,
    INFERENCE_GRAPH,
    INFERENCE_SERVICE,
    LLM_INFERENCE_SERVICE,
    NAMESPACE,
    POD,
    REPLICA_SET,
    REVISION,
    ROOTS,
)
from modelsweb.kube import follow
from modelsweb.kube.item import Item, slim
from modelsweb.objects.kind import Kind
from modelsweb.objects.ref import ObjectRef
from modelsweb.store.events import events_of, make_stores
from modelsweb.store.owners import Owners
from modelsweb.store.recently_deleted import RecentlyDeleted

NAMES = (
    "fraud",
    "fraud-predictor",
    "fraud-predictor-predictor",
    "aix-explainer",
    "torch-transformer",
    "a-predictor-b",
)


_OF: dict[Kind, dict[str, str]] = {
    INFERENCE_SERVICE: {"serving.kserve.io/inferenceservice": "chat"},
    LLM_INFERENCE_SERVICE: {
        "app.kubernetes.io/name": "chat",
        "app.kubernetes.io/part-of": "llminferenceservice",
    },
    INFERENCE_GRAPH: {"serving.kserve.io/inferencegraph": "chat"},
}
"""The labels of a pod that belongs to the root of that kind that is called chat."""


class World:
    """Stores that are told what happens, as the app has them."""

    def __init__(self) -> None:
        self.stores = make_stores((*ROOTS, NAMESPACE, *CHILDREN), SystemClock())
        self.told = events_of(self.stores)
        self.gone = RecentlyDeleted(self.stores, INFERENCE_SERVICE, clock=SystemClock())
        Owners(self.stores)

    def put(self, kind: Kind, name: str, uid: str = "", *, created: str = "10:00", **more: Any) -> None:
        """An object that is there; ``created`` is the time of day."""
        self.stores[kind].apply(follow.Put(_item(kind, name, uid, created, **more)))

    def remove(self, kind: Kind, name: str, uid: str = "", **more: Any) -> None:
        """An object that is gone."""
        self.stores[kind].apply(follow.Removed(_item(kind, name, uid, "10:00", **more)))

    def event(
        self, name: str, kind: str, about: str, uid: str | None = None, *, created: str = "11:00"
    ) -> None:
        """An event about an object; None takes the uid that ``put`` gives by default."""
        involved = {"kind": kind, "name": about, "uid": f"{kind}-{about}" if uid is None else uid}
        self.put(EVENT, name, created=created, involvedObject=involved)

    def events(self, service: str) -> set[str]:
        """The names of a service's events."""
        return {
            item.name
            for item in self.stores[EVENT].children(ObjectRef(INFERENCE_SERVICE.full_name, "ns", service))
        }


def _item(kind: Kind, name: str, uid: str, created: str, **more: Any) -> Any:
    metadata: dict[str, Any] = {
        "name": name,
        "uid": uid or f"{kind.kind}-{name}",
        "creationTimestamp": f"2026-11-23T{created}:00Z",
    }
    if kind.namespaced:
        metadata["namespace"] = "ns"
    if service := more.pop("of", ""):
        metadata["labels"] = {"serving.kserve.io/inferenceservice": service}
    if labels := more.pop("labels", None):
        metadata["labels"] = labels
    if owner := more.pop("owner", None):
        metadata["ownerReferences"] = [
            {"kind": owner[0], "name": owner[2] if len(owner) > 2 else "x", "uid": owner[1]}
        ]
    return slim(msgspec.json.encode({"metadata": metadata, **more}), kind)


@pytest.mark.parametrize("order", list(itertools.permutations(("service", "pod", "event"))))
@pytest.mark.parametrize("name", NAMES)
def test_an_event_is_its_objects_services_in_any_order(name: str, order: tuple[str, ...]) -> None:
    world = World()
    for other in NAMES:
        if other != name:
            world.put(INFERENCE_SERVICE, other)
    pod = f"{name}-predictor-5d8c6b7f9-4kq2n"
    steps = {
        "service": lambda: world.put(INFERENCE_SERVICE, name),
        "pod": lambda: world.put(POD, pod, of=name),
        "event": lambda: world.event("e", "Pod", pod),
    }
    for step in order:
        steps[step]()
    assert {one: world.events(one) for one in NAMES} == {
        one: {"e"} if one == name else set() for one in NAMES
    }
    refs = {one: ObjectRef(INFERENCE_SERVICE.full_name, "ns", one) for one in NAMES}
    assert {one: [item.name for item in world.stores[POD].children(ref)] for one, ref in refs.items()} == {
        one: [pod] if one == name else [] for one in NAMES
    }


def test_the_pod_of_a_canary_of_any_name_is_its_labels() -> None:
    world = World()
    world.put(INFERENCE_SERVICE, "iris")
    world.put(POD, "whatever-it-is-called", of="iris")
    world.event("e", "Pod", "whatever-it-is-called")
    assert world.events("iris") == {"e"}


def test_what_went_keeps_its_owner_while_the_service_is_there() -> None:
    world = World()
    world.put(INFERENCE_SERVICE, "iris")
    world.put(POD, "p", of="iris")
    world.remove(POD, "p", of="iris")
    world.event("after", "Pod", "p")
    assert world.events("iris") == {"after"}


def test_the_next_service_of_a_name_has_none_of_the_formers_events() -> None:
    world = World()
    world.stores[NAMESPACE].apply(follow.Put(_item(NAMESPACE, "ns", "ns-uid", "08:00")))
    world.put(INFERENCE_SERVICE, "iris", "first", created="09:00")
    world.put(POD, "p", created="09:00", of="iris")
    world.put(DEPLOYMENT, "d", created="09:00", of="iris", owner=("InferenceService", "first"))
    world.put(POD, "q", created="09:00", of="iris", owner=("Deployment", "Deployment-d"))
    world.event("of-p", "Pod", "p", created="09:01")
    world.event("of-iris", "InferenceService", "iris", "first", created="09:01")
    world.remove(POD, "p", of="iris")
    world.remove(INFERENCE_SERVICE, "iris", "first")
    kept = world.gone.find("ns", "iris", place="ns-uid")
    assert kept is not None
    assert {item.name for item in kept.children[EVENT]} == {"of-p", "of-iris"}

    world.put(INFERENCE_SERVICE, "iris", "second", created="09:30")
    world.event("late-of-p", "Pod", "p", created="09:31")
    world.event("late-of-q", "Pod", "q", created="09:31")  # it is there still, with the label of the name
    world.event("late-of-first", "InferenceService", "iris", "first", created="09:31")
    assert world.events("iris") == set()
    world.event("of-second", "InferenceService", "iris", "second", created="09:00")  # a clock that is behind
    assert world.events("iris") == {"of-second"}


@pytest.mark.parametrize(
    ("maker", "made_by", "kind", "about"),
    [
        (REPLICA_SET, "iris-predictor-5d8c6b7f9", "Pod", "iris-predictor-5d8c6b7f9-4kq2n"),
        (DEPLOYMENT, "iris-predictor", "Pod", "iris-predictor-5d8c6b7f9-4kq2n"),
        (DEPLOYMENT, "iris-predictor", "ReplicaSet", "iris-predictor-5d8c6b7f9"),
        (
            DEPLOYMENT,
            "iris-predictor-00001-deployment",
            "Pod",
            "iris-predictor-00001-deployment-64d5c6b7f8-v5v5v",
        ),
        (REVISION, "iris-predictor-00001", "PodAutoscaler", "iris-predictor-00001"),
    ],
)
def test_of_an_object_that_nobody_saw_its_maker_tells(
    maker: Kind, made_by: str, kind: str, about: str
) -> None:
    world = World()
    world.event("e", kind, about, "unknown")
    world.event("before", kind, about, "unknown", created="09:49")
    world.put(INFERENCE_SERVICE, "iris")
    world.put(maker, made_by, of="iris")
    world.told.settle_all()
    assert world.events("iris") == {"e"}


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("Pod", "iris-predictor-extra-5d8c6b7f9-4kq2n"),
        ("Pod", "iris-predictor"),
        ("Pod", "iris-predictor-house-price"),
        ("Ingress", "iris"),
        ("InferenceService", "iris"),
    ],
)
def test_a_name_that_only_begins_alike_is_nobodys(kind: str, about: str) -> None:
    world = World()
    world.put(INFERENCE_SERVICE, "iris")
    world.put(DEPLOYMENT, "iris-predictor", of="iris")
    world.event("e", kind, about, "unknown")
    world.told.settle_all()
    assert world.events("iris") == set()


def test_a_list_that_is_read_anew_keeps_owners_and_those_who_wait() -> None:
    world = World()
    world.put(INFERENCE_SERVICE, "iris")
    world.put(POD, "p", of="iris")
    told: list[tuple[str, str]] = []
    world.stores[EVENT].listen(
        lambda change: told.extend((change.ref.name, root.name) for root in change.roots)
    )
    events = [
        _item(EVENT, f"of-{name}", "", "11:00", involvedObject={"kind": "Pod", "name": name, "uid": uid})
        for name, uid in (("p", "Pod-p"), ("q", "Pod-q"), ("r", "Pod-r"))
    ]
    world.stores[EVENT].apply(follow.Replaced(events))
    assert world.events("iris") == {"of-p"}
    world.stores[EVENT].apply(follow.Replaced(events[:2]))
    world.put(POD, "q", of="iris")
    world.put(POD, "r", of="iris")
    assert world.events("iris") == {"of-p", "of-q"}  # that of r is no longer there
    assert told.count(("of-q", "iris")) == 1


def test_pods_that_outlive_their_service_leave_nothing_to_the_next() -> None:
    world = World()
    world.stores[INFERENCE_SERVICE].apply(follow.Replaced([]))
    world.put(INFERENCE_SERVICE, "m", "first")
    world.put(POD, "p", of="m")
    world.remove(INFERENCE_SERVICE, "m", "first")
    world.event("killing", "Pod", "p")
    world.remove(POD, "p", of="m")
    world.event("later", "Pod", "p")
    world.put(INFERENCE_SERVICE, "m", "second")
    assert world.events("m") == set()


def test_an_object_that_changes_its_service_breaks_nothing() -> None:
    world = World()
    for name in ("a", "b"):
        world.put(INFERENCE_SERVICE, name)
    world.put(POD, "p", of="a")
    world.stores[POD].apply(follow.Replaced([]))
    world.put(POD, "p", of="b")
    world.remove(POD, "p", of="b")
    for name in ("a", "b"):
        world.remove(INFERENCE_SERVICE, name)


def test_an_event_that_is_told_of_another_object_stands_once() -> None:
    world = World()
    world.put(INFERENCE_SERVICE, "iris")
    for name in ("p", "q"):
        world.put(POD, name, of="iris")
        world.event("e", "Pod", name)
    assert world.told.recent(ObjectRef(INFERENCE_SERVICE.full_name, "ns", "iris"))[1] == 0
    assert len(world.told.recent(ObjectRef(INFERENCE_SERVICE.full_name, "ns", "iris"))[0]) == 1


def test_what_has_no_uid_is_found_by_kind_and_name() -> None:
    world = World()
    for name in ("a", "b"):
        world.put(INFERENCE_SERVICE, name)
    world.event("e", "InferenceService", "a", "")
    world.event("n", "Node", "b", "")
    assert world.events("a") == {"e"}
    assert world.events("b") == set()


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_roots_of_one_name_keep_their_own_children_and_events(order: tuple[int, ...]) -> None:
    world = World()
    roots = (INFERENCE_SERVICE, LLM_INFERENCE_SERVICE, INFERENCE_GRAPH)
    for number in order:
        kind = roots[number]
        world.event(f"of-route-of-{kind.kind}", "HTTPRoute", f"route-of-{kind.kind}")
        world.put(HTTP_ROUTE, f"route-of-{kind.kind}", owner=(kind.kind, f"{kind.kind}-chat", "chat"))
        world.put(POD, f"pod-of-{kind.kind}", labels=_OF[kind])
        world.event(f"of-pod-of-{kind.kind}", "Pod", f"pod-of-{kind.kind}")
        world.event(f"of-{kind.kind}", kind.kind, "chat")
        world.put(kind, "chat")
    for kind in roots:
        ref = ObjectRef(kind.full_name, "ns", "chat")
        assert {one.name for one in world.stores[HTTP_ROUTE].children(ref)} == {f"route-of-{kind.kind}"}
        assert {one.name for one in world.stores[POD].children(ref)} == {f"pod-of-{kind.kind}"}
        events = {one.name for one in world.stores[EVENT].children(ref)}
        assert events == {f"of-{kind.kind}", f"of-route-of-{kind.kind}", f"of-pod-of-{kind.kind}"}
    world.remove(LLM_INFERENCE_SERVICE, "chat")
    gone, left = (
        ObjectRef(kind.full_name, "ns", "chat") for kind in (LLM_INFERENCE_SERVICE, INFERENCE_SERVICE)
    )
    assert not list(world.stores[EVENT].children(gone))
    assert len(list(world.stores[EVENT].children(left))) == 3


@pytest.mark.parametrize("uid", ["ClusterServingRuntime-sk", ""])
def test_of_the_whole_cluster_s_objects_only_events_in_their_own_place_tell(uid: str) -> None:
    def event(namespace: str) -> Any:
        metadata = {"name": "told", "uid": f"e-{namespace}", "namespace": namespace}
        involved = {"kind": "ClusterServingRuntime", "name": "sk", "uid": uid}
        return slim(msgspec.json.encode({"metadata": metadata, "involvedObject": involved}), EVENT)

    world = World()
    world.put(CLUSTER_SERVING_RUNTIME, "sk")
    ref = ObjectRef(CLUSTER_SERVING_RUNTIME.full_name, "", "sk")
    for namespace in ("team-a", "default", "team-b"):
        world.stores[EVENT].apply(follow.Put(event(namespace)))
    assert [one.namespace for one in world.stores[EVENT].children(ref)] == ["default"]
    world.stores[EVENT].apply(follow.Removed(event("team-a")))
    assert [one.namespace for one in world.stores[EVENT].children(ref)] == ["default"]


def test_those_who_wait_are_asked_again_in_their_namespace_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    for kind in (INFERENCE_SERVICE, CLUSTER_SERVING_RUNTIME):
        world.stores[kind].apply(follow.Replaced([]))
    for number in range(100):
        metadata = {"name": f"e{number}", "uid": f"e{number}", "namespace": "elsewhere"}
        involved = {"kind": "Pod", "name": "p", "uid": f"unknown-{number}"}
        event = slim(msgspec.json.encode({"metadata": metadata, "involvedObject": involved}), EVENT)
        world.stores[EVENT].apply(follow.Put(event))
    asked: list[str] = []
    find = world.told._find_root

    def counted(item: Item) -> ObjectRef | None:
        asked.append(item.name)
        return find(item)

    monkeypatch.setattr(world.told, "_find_root", counted)
    world.put(INFERENCE_SERVICE, "iris")
    world.put(CLUSTER_SERVING_RUNTIME, "sk")
    assert not asked
    world.stores[EVENT].apply(follow.Replaced([]))
    assert not world.told._waiting_in
