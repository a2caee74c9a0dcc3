"""The Pods tab stays usable, however many pods have ended."""

from datetime import timedelta

from tests.diagnosis.snapshots import NOW, pod, seen, service

from modelsweb.kinds import POD
from modelsweb.objects.freshness import Freshness, Health
from modelsweb.objects.obj import Obj
from modelsweb.viewmodels import service_pods
from modelsweb.viewmodels.components.judged import judged_service


def test_pods_that_have_ended_are_one_line_that_opens() -> None:
    refused = [
        pod(
            f"old-{number}",
            containers=[],
            phase="Failed",
            reason="UnexpectedAdmissionError",
            message="no device",
        )
        for number in range(300)
    ]
    children = {POD: [Obj({"kind": "Pod", **one}) for one in (*refused, pod("alive", ready=True))]}
    health = Health(Freshness.LIVE, NOW - timedelta(hours=1))
    of = judged_service(seen(service(ready="True"), children, health=health))
    page = service_pods.build(of)
    assert [row.name for group in page.groups for row in group.pods] == ["alive"]
    assert page.over_count == 300
    assert len(page.over) == 50
    assert (page.over[0].word, page.over[0].message) == ("UnexpectedAdmissionError", "no device")
    assert page.empty is None


def test_where_every_pod_has_ended_they_are_all_there_is() -> None:
    children = {POD: [Obj(pod("old", phase="Failed", reason="Evicted"))]}
    page = service_pods.build(judged_service(seen(service(ready="False"), children)))
    assert page.groups == ()
    assert page.over_count == 1
