"""What a user changed, merged with what others changed meanwhile."""

from dataclasses import replace
from typing import Any

import pytest

from modelsweb.manifests.merge import differences, editable, merged


def env(**values: str) -> dict[str, Any]:
    return {"env": [{"name": name, "value": value} for name, value in values.items()]}


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "result"),
    [
        ({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 3}, {"a": 2, "b": 3}),
        ({"a": 1}, {}, {"a": 1, "b": 2}, {"b": 2}),
        ({"a": 1}, {"a": 1, "c": 3}, {}, {"c": 3}),
        ({"a": 1}, {"a": 2}, {"a": 2}, {"a": 2}),
        ({}, {"a": {"x": 1}}, {"a": {"y": 2}}, {"a": {"x": 1, "y": 2}}),
        (env(A="1", B="1"), env(A="2", B="1"), env(A="1", B="3"), env(A="2", B="3")),
        (env(A="1", B="1"), env(B="1"), env(A="1", B="1", C="1"), env(B="1", C="1")),
        (env(A="1", B="1"), env(B="1", A="1"), env(A="1", B="1", C="1"), env(B="1", A="1", C="1")),
        (env(A="1"), env(A="1", D="1"), env(A="1", C="1"), env(A="1", C="1", D="1")),
    ],
)
def test_what_does_not_overlap_is_merged(base: Any, mine: Any, theirs: Any, result: Any) -> None:
    found = merged(base, mine, theirs=theirs)
    assert (found.conflicts, found.result) == ([], result)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "field"),
    [
        ({"a": 1}, {"a": 2}, {"a": 3}, "a"),
        ({"a": 1}, {}, {"a": 3}, "a"),
        ({"a": 1}, {"a": 2}, {}, "a"),
        ({"a": ["x"]}, {"a": ["y"]}, {"a": ["z"]}, "a"),
        (env(A="1"), env(A="2"), env(A="3"), "env.A.value"),
        ({"a": 1}, {"a": True}, {"a": 3}, "a"),
    ],
)
def test_what_both_changed_is_asked_for(base: Any, mine: Any, theirs: Any, field: str) -> None:
    found = merged(base, mine, theirs=theirs)
    assert [one.field for one in found.conflicts] == [field]
    [conflict] = found.conflicts
    for side, value in (("mine", mine), ("theirs", theirs)):
        assert merged(base, mine, theirs=theirs, choices={field: conflict.choice(side)}).result == value
    for stale in ("neither", "mine", "mine:0000", replace(conflict, theirs="newer").choice("mine")):
        assert merged(base, mine, theirs=theirs, choices={field: stale}).conflicts == found.conflicts


def test_differences_name_fields_and_count_a_list_as_one() -> None:
    before = {"a": {"b": 1, "c": [1]}, "d": 1, "e": None}
    after = {"a": {"b": 2, "c": [1, 2]}, "f": {"g": 1}, "d": 1}
    assert [(one.path, one.before, one.after) for one in differences(before, after)] == [
        (("a", "b"), 1, 2),
        (("a", "c"), [1], [1, 2]),
        (("f",), None, {"g": 1}),
    ]


def test_what_only_the_cluster_sets_is_not_edited() -> None:
    raw = {
        "kind": "X",
        "metadata": {
            "name": "a",
            "uid": "u",
            "resourceVersion": "1",
            "finalizers": ["f"],
            "labels": {"a": "b"},
        },
        "spec": {},
        "status": {},
    }
    assert editable(raw) == {"kind": "X", "metadata": {"name": "a", "labels": {"a": "b"}}, "spec": {}}
