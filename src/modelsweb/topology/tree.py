"""Everything that a service owns, as a tree: by owner references, and by name where an owner cannot be read.

Knative puts objects between that we do not read (PodAutoscaler, ServerlessService), and a user may lack the right to
see a kind in the middle. What has no owner here hangs below the object whose name its own begins with, else below the
service itself, so nothing is lost.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from modelsweb.kinds import DEPLOYMENT, EVENT, KINDS, KNATIVE_SERVICE, REPLICA_SET, REVISION
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj, dig
from modelsweb.topology.health import Health, health
from modelsweb.topology.pod import MODEL_MESH

_NAMED_AFTER = (REPLICA_SET, DEPLOYMENT, REVISION, KNATIVE_SERVICE)
"""The kinds after which children are named, the deepest first."""
_ORDER = {kind: index for index, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An object and what it owns."""

    kind: Kind
    obj: Obj
    health: Health
    children: tuple["Node", ...] = ()

    def walk(self, depth: int = 0) -> Iterator[tuple[int, "Node"]]:
        """This node and all below, each with its depth, parents first."""
        yield depth, self
        for child in self.children:
            yield from child.walk(depth + 1)


def kind_word(kind: Kind) -> str:
    """The kind's name; where two are called the same, with its group's."""
    return f"Knative {kind.kind}" if kind is KNATIVE_SERVICE else kind.kind


def tree(service: Obj, kind: Kind, *, children: Mapping[Kind, Iterable[Obj]]) -> Node:
    """The service with all its children; events are none, and the pods of a runtime that it shares."""
    members = [
        (one, obj)
        for one, objs in children.items()
        if one is not EVENT
        for obj in objs
        if MODEL_MESH not in obj.labels
    ]
    known = {obj.uid for _, obj in members} | {service.uid}
    below: dict[str, list[tuple[Kind, Obj]]] = {}
    for member in members:
        below.setdefault(_parent(member, members, known=known, service=service), []).append(member)
    return _node(kind, service, below=below, seen=set())


def _parent(
    member: tuple[Kind, Obj], members: list[tuple[Kind, Obj]], *, known: set[str], service: Obj
) -> str:
    kind, obj = member
    owners = [dig(owner, "uid") for owner in obj.items("metadata", "ownerReferences")]
    for uid in owners:
        if isinstance(uid, str) and uid in known and uid != obj.uid:
            return uid
    for above in _NAMED_AFTER:
        if above is kind or (above in {REPLICA_SET, DEPLOYMENT} and kind in {REVISION, KNATIVE_SERVICE}):
            continue
        if kind is DEPLOYMENT and above is REPLICA_SET:
            continue
        fitting = [one for its, one in members if its is above and _is_named_after(obj.name, one.name)]
        if fitting:
            return max(fitting, key=lambda one: len(one.name)).uid
    return service.uid


def _is_named_after(name: str, above: str) -> bool:
    return name == above or name.startswith(f"{above}-")


def _node(kind: Kind, obj: Obj, *, below: Mapping[str, list[tuple[Kind, Obj]]], seen: set[str]) -> Node:
    seen = seen | {obj.uid}
    children = sorted(
        (child for child in below.get(obj.uid, ()) if child[1].uid not in seen),
        key=lambda child: (_ORDER.get(child[0], 0), child[1].name),
    )
    return Node(
        kind=kind,
        obj=obj,
        health=health(obj),
        children=tuple(_node(one, child, below=below, seen=seen) for one, child in children),
    )
