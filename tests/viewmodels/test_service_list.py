"""The list's view model: order, counts, filters, facets, pages, columns, and objects with holes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.diagnosis.snapshots import seen

from modelsweb.diagnosis.verdict import Status
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.objects.freshness import Freshness, Health
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.demand import Replicas
from modelsweb.viewmodels import service_list
from modelsweb.viewmodels.components import list_query
from modelsweb.viewmodels.components.service_row import ServiceRow, row
from modelsweb.viewmodels.components.service_table import SERVICES, is_fault
from modelsweb.viewmodels.service_list import Rights, ServiceList

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BARE = row(seen(Obj({}), {}, at=NOW))[0]


def _row(name: str, status: Status = Status.READY, **rest: Any) -> ServiceRow:
    usual: dict[str, Any] = {
        "namespace": "ns",
        "uid": f"uid-{name}",
        "mode": "Standard",
        "created": NOW,
        "effect": None,
    }
    return replace(BARE, name=name, status=status, **{**usual, **rest})


ROWS = [
    _row("b", labels=(("tier", "prod"),), model_format="sklearn", runtime="sklearnserver"),
    _row("a", mode="Knative", model_format="xgboost", namespace="other"),
    _row(
        "z", Status.FAILED, cause=text("Bucket {message}", message="ＦＲＡＵＤ gone"), model_format="sklearn"
    ),
    _row("q", Status.QUEUED, since=NOW - timedelta(minutes=5), gpus=8),
]


def _built(
    found: list[ServiceRow], query: str = "", namespaces: tuple[str, ...] | None = ("ns",)
) -> ServiceList:
    pairs = [(key, value) for key, _, value in (pair.partition("=") for pair in query.split("&") if pair)]
    wanted = list_query.parse(pairs, SERVICES)
    index = service_list.index(wanted)
    index.load((((row.namespace, row.name), row) for row in found), NOW)
    return service_list.build(
        index,
        healths=((INFERENCE_SERVICE, Health(Freshness.LIVE, NOW)),),
        namespaces=namespaces,
        query=wanted,
        rights=Rights(),
        hidden=0,
    )


def _names(query: str) -> list[str]:
    return [row.name for row in _built(ROWS, query).rows]


def test_what_needs_attention_comes_first_then_the_name() -> None:
    assert _names("") == ["z", "q", "a", "b"]


def test_every_service_is_counted_once() -> None:
    model = _built(ROWS)
    assert [(part.status, part.count) for part in model.counts] == [
        (Status.FAILED, 1),
        (Status.QUEUED, 1),
        (Status.READY, 2),
    ]
    assert (model.total, model.pages.matching, model.faults) == (4, 4, 1)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("status=failed,queued", ["z", "q"]),
        ("mode=Knative", ["a"]),
        ("format=sklearn&status=ready", ["b"]),
        ("fmt=sklearn&status=ready", ["b"]),
        ("label=tier=prod", ["b"]),
        ("namespace=other,ns", ["z", "q", "a", "b"]),
        ("nsf=other,ns", ["z", "q", "a", "b"]),
        ("namespace=nowhere", []),
        ("faults=1", ["z"]),
        ("sort=name", ["a", "b", "q", "z"]),
        ("sort=-name", ["z", "q", "b", "a"]),
        ("sort=gpu", ["q", "a", "b", "z"]),
        ("sort=nonsense", ["z", "q", "a", "b"]),
        ("status=nonsense", ["z", "q", "a", "b"]),
        ("q=fraud", ["z"]),
        ("q=ｆｒａｕｄ", ["z"]),
        ("q=!sklearn", ["q", "a"]),
        ("q=format:sklearn !status:failed", ["b"]),
        ("q=label:tier", ["b"]),
        ("q=/^z$|^q$/", []),
        ("q=/fra.d/", ["z"]),
        ("q=!/fra.d/ ns:other", ["a"]),
        ("q=namespace:other", ["a"]),
        ("q=(unclosed", []),
        ("per=20&page=9", ["z", "q", "a", "b"]),
        ("page=-3&per=7", ["z", "q", "a", "b"]),
        ("q=first&q=second", []),
    ],
)
def test_filters_search_and_order(query: str, names: list[str]) -> None:
    assert _names(query) == names


@pytest.mark.parametrize(
    "pattern", ["/(/", "/(?=x)/", "/[/", r"/\/", "/(a+)+$/", "/" + "(" * 400 + "/", "!/*/"]
)
def test_a_bad_pattern_is_told_and_hides_nothing(pattern: str) -> None:
    model = _built(ROWS, f"q={pattern}")
    if model.problems:
        assert model.pages.matching == 4
    else:
        assert all(row.name for row in model.rows)


def test_a_key_that_is_none_is_told_and_looked_for_as_a_word_or_label() -> None:
    model = _built(ROWS, "q=tier:prod")
    assert [row.name for row in model.rows] == [row.name for row in ROWS if ("tier", "prod") in row.labels]
    (problem,) = model.problems
    assert problem.values["key"] == "tier"
    assert "gpu" in str(problem.values["keys"])
    assert _built(ROWS, "q=https://example.com").problems == ()


def test_patterns_that_are_no_regular_expressions_are_told() -> None:
    (problem,) = _built(ROWS, "q=/(/").problems
    assert "/(/" in str(problem)
    assert _names("q=/(/ b") == _names("q=b")


def test_a_facet_counts_what_fits_all_filters_but_its_own() -> None:
    model = _built(ROWS, "format=sklearn&status=ready")
    found = {facet.key: {choice.value: choice.count for choice in facet.choices} for facet in model.facets}
    assert found["status"] == {"failed": 1, "ready": 1}
    assert found["format"] == {"sklearn": 1, "xgboost": 1}
    assert found["mode"] == {"Standard": 1}


def test_a_chosen_value_that_fits_nothing_stays_visible() -> None:
    model = _built(ROWS, "mode=ModelMesh")
    (mode,) = (facet for facet in model.facets if facet.key == "mode")
    assert ("ModelMesh", 0, True) in [(c.value, c.count, c.is_chosen) for c in mode.choices]


def test_pages() -> None:
    many = [_row(f"s{number:03}") for number in range(45)]
    model = _built(many, "per=20&page=3")
    assert [row.name for row in model.rows] == ["s040", "s041", "s042", "s043", "s044"]
    assert (model.pages.first, model.pages.last, model.pages.count, model.pages.matching) == (41, 45, 3, 45)


def test_a_queue_longer_than_ten_minutes_is_a_fault() -> None:
    row = ROWS[3]
    assert not is_fault(row, NOW)
    assert is_fault(row, NOW + timedelta(minutes=6))


def test_several_namespaces_show_their_column() -> None:
    assert "namespace" in _built(ROWS, "", None).shown
    assert "namespace" not in _built(ROWS).shown
    assert _built(ROWS, "cols=age,label:tier,nonsense,label:").shown == ("age", "label:tier")
    assert _built(ROWS, "cols=none").shown == ()


def test_what_is_not_known_is_empty() -> None:
    assert (BARE.model_format, BARE.runtime, BARE.storage_uri, BARE.url, BARE.replicas) == (
        "",
        "",
        "",
        "",
        None,
    )


def test_a_namespace_without_services_has_neither_rows_nor_counts() -> None:
    model = _built([])
    assert (model.rows, model.counts, model.total, model.pages.first, model.pages.last) == (
        (),
        (),
        0,
        0,
        0,
    )


@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=a%20b&status=failed,ready&label=tier=prod&faults=1&sort=-age&cols=age,label:x/y&page=2&per=100",
        "format=my%20format,a%26b",
        "q=&status=&page=3",
    ],
)
def test_a_query_survives_the_way_through_the_url(query: str) -> None:
    from urllib.parse import parse_qsl

    parsed = list_query.parse(parse_qsl(query, keep_blank_values=True), SERVICES)
    again = list_query.parse(parse_qsl(parsed.encode(), keep_blank_values=True), SERVICES)
    assert again == parsed
    assert again.encode() == parsed.encode()
    by_form = list_query.parse(parsed.pairs().items(), SERVICES)  # the search sends them as they are
    assert by_form == parsed


def test_the_dashboards_stale_parameters_do_not_come_back() -> None:
    cleared = list_query.parse([("q", "foo"), ("status", "failed")], SERVICES).without_filters()
    assert cleared.encode() == "q=&status="
    after_reload = list_query.parse(
        [("q", ""), ("status", ""), ("q", "foo"), ("status", "failed"), ("ns", "x")], SERVICES
    )
    assert not after_reload.is_filtered


def test_columns_toggle_back_to_the_usual_ones() -> None:
    default = tuple(column.key for column in SERVICES.columns if column.is_default)
    with_owner = list_query.parse([], SERVICES).with_column("owner", default)
    assert with_owner.columns == (
        "format",
        "mode",
        "replicas",
        "gpu",
        "load",
        "traffic",
        "owner",
        "uri",
        "age",
    )
    assert with_owner.with_column("owner", default).columns == ()


def test_rows_of_one_cause_are_together_counted_and_chosen() -> None:
    sick: list[ServiceRow] = [
        _row("a", Status.FAILED, rule="download-failed", cause=text("no bucket")),
        _row(
            "b", Status.QUEUED, rule="unschedulable", cause=text("no node"), gpus=2, replicas=Replicas(0, 3)
        ),
        _row("c", Status.DEGRADED, rule="download-failed", cause=text("no access")),
        _row("d"),
    ]
    grouped = _built(sick, "sort=why")
    assert [row.name for row in grouped.rows] == ["a", "c", "b", "d"]
    assert (grouped.query.grouped().sort, _built(sick).query.grouped().sort) == ("status", "why")
    [causes] = [facet for facet in grouped.facets if facet.key == "why"]
    assert [(one.value, one.count) for one in causes.choices] == [
        ("download-failed", 2),
        ("unschedulable", 1),
    ]
    assert str(causes.choices[0].words).startswith("The model cannot be downloaded")
    assert [row.name for row in _built(sick, "why=download-failed").rows] == ["a", "c"]
    any_gpu = _built(sick, "gpu=any")
    assert ([row.name for row in any_gpu.rows], any_gpu.gpus) == (["b"], 6)
    [gpus] = [facet for facet in any_gpu.facets if facet.key == "gpu"]
    assert [one.value for one in gpus.choices] == ["any", "2"]
