"""How requests are split, by whoever splits them."""

from typing import Any

import pytest
from tests.diagnosis.snapshots import of, service

from modelsweb.kinds import HTTP_ROUTE
from modelsweb.objects.obj import Obj
from modelsweb.topology import traffic
from modelsweb.topology.service_snapshot import service_snapshot


def _knative(*entries: dict[str, Any]) -> list[tuple[str, int, bool]]:
    snapshot = of(service(mode="Knative", components={"predictor": {"traffic": list(entries)}}))
    return [(part.revision, part.percent, part.is_latest) for part in traffic.split(snapshot)]


def test_entries_of_one_revision_are_added_up() -> None:
    assert _knative(
        {"revisionName": "a-1", "percent": 30},
        {"revisionName": "a-2", "percent": 60, "latestRevision": True},
        {"revisionName": "a-1", "percent": 10},
    ) == [("a-2", 60, True), ("a-1", 40, False)]


@pytest.mark.parametrize(
    "entry",
    [{}, {"revisionName": "a"}, {"revisionName": 1, "percent": 5}, {"revisionName": "a", "percent": 0}],
)
def test_what_says_no_share_is_passed_over(entry: dict[str, Any]) -> None:
    assert _knative(entry) == []


def test_a_canary_without_a_route_gets_nothing_and_is_told_as_idle() -> None:
    asks = service(canaryStatuses=[{"name": "iris-canary", "trafficPercent": 20, "ready": True}])
    unread = service_snapshot(asks, {})
    assert traffic.canaries(asks) == {"iris-canary": 20}
    assert traffic.idle_canaries(unread) == ()  # nobody knows
    assert traffic.idle_canaries(service_snapshot(asks, {HTTP_ROUTE: []})) == ("iris-canary",)
    there = Obj({"metadata": {"name": "iris"}})
    assert traffic.idle_canaries(service_snapshot(asks, {HTTP_ROUTE: [there]})) == ()
