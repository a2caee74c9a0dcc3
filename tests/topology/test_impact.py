"""What goes with a service."""

from typing import Any

from tests.sample_objects import service

from modelsweb.kinds import POD
from modelsweb.objects.freshness import Gap
from modelsweb.objects.obj import Obj
from modelsweb.topology.impact import impact
from modelsweb.topology.service_snapshot import service_snapshot

GRAPH = Obj(
    {
        "kind": "InferenceGraph",
        "metadata": {"name": "g"},
        "spec": {"nodes": {"root": {"routerType": "Sequence", "steps": [{"serviceName": "iris"}]}}},
    }
)


def _pod(name: str, gpus: int) -> Obj:
    limits = {"nvidia.com/gpu": str(gpus), "cpu": "1"} if gpus else {}
    raw: dict[str, Any] = {
        "kind": "Pod",
        "metadata": {
            "name": name,
            "labels": {"serving.kserve.io/inferenceservice": "iris", "component": "predictor"},
        },
        "spec": {"containers": [{"name": "kserve-container", "resources": {"limits": limits}}]},
        "status": {"phase": "Running"},
    }
    return Obj(raw)


def test_pods_end_and_devices_become_free() -> None:
    pods = [_pod("a", 2), _pod("b", 1), _pod("c", 0)]
    found = impact(service_snapshot(Obj(service("iris")), {POD: pods}), graphs=[GRAPH], models=[])
    assert found.pods == 3
    assert found.devices == {"nvidia.com/gpu": 3}
    assert (found.cpu_written, found.memory_written) == ("2", "")
    assert found.leaning is not None
    assert [one.name for one in found.leaning] == ["g"]


def test_what_could_not_be_read_is_not_none() -> None:
    seen = service_snapshot(Obj(service("iris")), {}, gaps={POD: Gap.FORBIDDEN})
    found = impact(seen, graphs=None, models=[])
    assert found.pods is None
    assert found.leaning is None


def test_only_what_is_known_to_be_unused_is_harmless() -> None:
    seen = service_snapshot(Obj(service("iris")), {POD: [_pod("a", 0)]})
    assert impact(seen, graphs=[], models=[], requests=0).is_harmless
    assert not impact(seen, graphs=[], models=[], requests=None).is_harmless
    assert not impact(seen, graphs=[], models=[], requests=3).is_harmless
    assert not impact(seen, graphs=[GRAPH], models=[], requests=0).is_harmless
    assert not impact(seen, graphs=None, models=[], requests=0).is_harmless
