"""The matchers of a service take in its pods, all of them, and nobody else's."""

import re

import pytest

from modelsweb.metrics import CHARTS
from modelsweb.metrics.chart import Query
from modelsweb.metrics.target import Target, literal, quoted, target
from modelsweb.metrics.time_range import time_range


@pytest.mark.parametrize(
    ("pod", "is_ours"),
    [
        ("fraud-predictor-00001-deployment-7f9c8d6b5-x2x4z", True),
        ("fraud-transformer-00012-deployment-7f9c8d6b5-x2x4z", True),
        ("fraud-predictor-7f9c8d6b5-x2x4z", True),
        ("fraud-predictor-worker-7f9c8d6b5-x2x4z", True),
        ("fraud-predictor-predictor-7f9c8d6b5-x2x4z", False),
        ("fraud-predictor-predictor-00001-deployment-7f9c8d6b5-x2x4z", False),
        ("fraud-2-predictor-7f9c8d6b5-x2x4z", False),
        ("my-fraud-predictor-7f9c8d6b5-x2x4z", False),
        ("fraud-predictor-7f9c8d6b5-x2x4z-more", False),
    ],
)
def test_a_pod_belongs_by_its_whole_name(pod: str, is_ours: bool) -> None:
    assert (re.fullmatch(target("risk", "fraud").pod_pattern, pod) is not None) is is_ours


@pytest.mark.parametrize(
    ("length", "middle"),
    [(length, "-00001-deployment-7f9c8d6b5f") for length in (5, 19, 20, 26, 30)]
    + [(length, "-7f9c8d6b5f") for length in (5, 36, 37, 40, 47)],
)
def test_pods_of_long_names_belong_too(length: int, middle: str) -> None:
    """Kubernetes cuts what it generates names from to 58 characters, and with the end goes the last dash."""
    name = "m" * length
    pod = f"{name}-predictor{middle}-"[:58] + "x2x4z"
    assert re.fullmatch(target("risk", name).pod_pattern, pod), pod


def test_requests_are_counted_where_they_come_in() -> None:
    whole = target("risk", "fraud", entry="transformer")
    assert not re.fullmatch(whole.at_entry.pod_pattern, "fraud-predictor-7f9c8d6b5-x2x4z")
    assert re.fullmatch(whole.at_entry.pod_pattern, "fraud-transformer-7f9c8d6b5-x2x4z")
    chosen = target("risk", "fraud", component="predictor", entry="transformer")
    assert re.fullmatch(chosen.at_entry.pod_pattern, "fraud-predictor-7f9c8d6b5-x2x4z")


def test_a_component_and_a_revision_narrow() -> None:
    one = target("risk", "fraud", component="predictor")
    assert re.fullmatch(one.pod_pattern, "fraud-predictor-7f9c8d6b5-x2x4z")
    assert not re.fullmatch(one.pod_pattern, "fraud-transformer-7f9c8d6b5-x2x4z")
    other = target("risk", "fraud", revision="fraud-predictor-00002")
    assert re.fullmatch(other.pod_pattern, "fraud-predictor-00002-deployment-7f9c8d6b5-x2x4z")
    assert not re.fullmatch(other.pod_pattern, "fraud-predictor-00001-deployment-7f9c8d6b5-x2x4z")
    assert 'revision_name="fraud-predictor-00002"' in other.revisions


@pytest.mark.parametrize(
    "revision", ["other-predictor-00001", ".*", "fraud-predictor-00001|.*", 'x"} or up{y="']
)
def test_a_revision_of_somebody_else_is_not_asked_for(revision: str) -> None:
    assert target("risk", "fraud", revision=revision) == Target(namespace="risk", name="fraud")


def test_of_another_kind_the_pods_are_those_of_what_it_owns() -> None:
    found = Target(
        namespace="risk",
        name="talk",
        owners=("talk-kserve", "talk-kserve-mn"),
        at_entry_owners=("talk-kserve",),
    )
    for pod in ("talk-kserve-6b8c9d7f5-x2x4z", "talk-kserve-mn-0", "talk-kserve-mn-0-1"):
        assert re.fullmatch(found.pod_pattern, pod)
    for pod in ("talk-kserve-prefill-6b8c9d7f5-x2x4z", "talk-kserve-kserve-6b8c9d7f5-x2x4z", "talk", ""):
        assert not re.fullmatch(found.pod_pattern, pod)
    assert not re.fullmatch(found.at_entry.pod_pattern, "talk-kserve-mn-0")
    nobody = Target(namespace="risk", name="talk", owners=())
    assert not re.fullmatch(nobody.pod_pattern, "")
    assert nobody.owner == nobody.pod_pattern


def test_whatever_stands_in_a_name_stays_a_string() -> None:
    found = Target(namespace='a"} or up{b="', name="n.*").write(Query("sum(x{$pods})"), window=60)
    assert found.startswith('sum(x{namespace="a\\"} or up{b=\\"",pod=~"n\\\\.\\\\*-(')
    assert quoted("a\\b\nc") == '"a\\\\b\\nc"'
    assert re.fullmatch(literal("a.b*c"), "a.b*c")
    assert not re.fullmatch(literal("a.b*c"), "aXb*c")


def test_every_query_is_confined_and_whole() -> None:
    for chart in CHARTS:
        assert chart.sources
        for source in chart.sources:
            for query in source.queries:
                assert bool(query.name) != bool(query.label), chart.id
                written = target("risk", "fraud").write(query, window=60)
                assert "$" not in re.sub(r'"\$(1|\{1\}xx)"', "", written), written
                vectors = written.count("{") - written.count("{5}") - written.count("${1}")
                confined = written.count('namespace="risk"') + written.count('namespace_name="risk"')
                assert vectors == confined, written


def test_a_span_has_instants_that_many_share() -> None:
    one, other = time_range(1_000_006, 1_003_606, min_step=15), time_range(1_000_011, 1_003_611, min_step=15)
    assert one == other
    assert one.step == 15
    assert len(one.times) == 241
    assert time_range(0, 604_800, min_step=15).step == 2_520
    assert len(time_range(0, 1, min_step=15).times) == 2
