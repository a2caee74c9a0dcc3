"""Everything that a service owns hangs somewhere, whatever could not be read between."""

from modelsweb.kinds import DEPLOYMENT, EVENT, INFERENCE_SERVICE, POD, REPLICA_SET
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.topology.tree import tree

ROOT = Obj({"metadata": {"name": "iris", "uid": "root"}})


def _obj(name: str, *owners: str) -> Obj:
    references = [{"uid": uid} for uid in owners]
    return Obj({"metadata": {"name": name, "uid": name, "ownerReferences": references}})


def _drawn(children: dict[Kind, list[Obj]]) -> list[str]:
    root = tree(ROOT, INFERENCE_SERVICE, children=children)
    return [f"{'  ' * depth}{node.obj.name}" for depth, node in root.walk()]


def test_owner_references_hang_objects_under_each_other() -> None:
    assert _drawn(
        {
            POD: [_obj("iris-1-a", "iris-1")],
            DEPLOYMENT: [_obj("iris-predictor", "root")],
            REPLICA_SET: [_obj("iris-1", "iris-predictor")],
        }
    ) == ["iris", "  iris-predictor", "    iris-1", "      iris-1-a"]


def test_where_the_owner_cannot_be_read_the_name_tells() -> None:
    children = {
        POD: [_obj("iris-predictor-5d-x", "unread")],
        DEPLOYMENT: [_obj("iris-predictor", "root"), _obj("iris-predictor-canary", "root")],
    }
    assert _drawn(children) == [
        "iris",
        "  iris-predictor",
        "    iris-predictor-5d-x",
        "  iris-predictor-canary",
    ]


def test_nothing_is_lost_and_nothing_hangs_twice() -> None:
    loop = [_obj("a", "b"), _obj("b", "a")]
    drawn = _drawn({POD: [_obj("stray", "nobody")], EVENT: [_obj("told", "root")], DEPLOYMENT: loop})
    assert "  stray" in drawn
    assert all("told" not in line for line in drawn)
    assert len(drawn) == len(set(drawn))
