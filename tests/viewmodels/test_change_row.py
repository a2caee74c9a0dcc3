"""Who wants a change: the user, the cluster, or both."""

import pytest

from modelsweb.manifests.merge import differences
from modelsweb.viewmodels.components.change_row import SetBy, change_rows

BEFORE = {"spec": {"model": {"uri": "a"}}}


@pytest.mark.parametrize(
    ("asked", "stored", "expected"),
    [
        ({"model": {"uri": "b"}}, {"model": {"uri": "b"}}, {"spec.model.uri": SetBy.USER}),
        (
            {"model": {"uri": "b"}},
            {"model": {"uri": "b", "name": "n"}},
            {"spec.model.uri": SetBy.USER, "spec.model.name": SetBy.CLUSTER},
        ),
        (
            {"model": {"uri": "a"}, "resources": {"cpu": "1"}},
            {"model": {"uri": "a"}, "resources": {"cpu": "1", "memory": "2Gi"}},
            {"spec.resources": SetBy.BOTH},
        ),
        ({"model": {"uri": "b"}}, {"model": {"uri": "c"}}, {"spec.model.uri": SetBy.BOTH}),
    ],
    ids=["mine alone", "a default beside it", "a default within it", "another value"],
)
def test_each_change_says_who_wants_it(
    asked: dict[str, object], stored: dict[str, object], expected: dict[str, SetBy]
) -> None:
    sent = tuple(differences(BEFORE, {"spec": asked}))
    rows = change_rows(differences(BEFORE, {"spec": stored}), asked=sent)
    assert {row.field: row.set_by for row in rows} == expected


def test_values_are_shown_as_yaml_and_nothing_as_a_dash() -> None:
    [row] = change_rows(differences({"a": None}, {"a": {"b": "1"}}))
    assert (row.before, row.after) == ("–", "b: '1'")
