"""Edits of a text: what is not meant keeps every byte."""

import pytest

from modelsweb.manifests.check import Change
from modelsweb.manifests.service_document import Path
from modelsweb.manifests.text_edit import CannotEditError, edited

TEXT = """\
# 模型 first
kind: InferenceService   # what it is
metadata:
    name: x
    annotations:
        a: "1"      # one
        b: '2'

    # of labels
    labels: {a: b}
    empty: {}
spec:
  list:
  - name: first
    value: 1
  - name: second
  words: |
    keep
  last: end"""


def _edited(path: Path, value: object) -> str:
    return edited(TEXT, 1, changes=[Change(path, value)])


@pytest.mark.parametrize(
    ("path", "value", "before", "after"),
    [
        (("metadata", "name"), "z", "name: x", "name: z"),
        (("metadata", "name"), "yes", "name: x", "name: 'yes'"),
        (("metadata", "annotations", "a"), "3", '"1"      # one', '"3"      # one'),
        (("metadata", "annotations", "b"), None, "        b: '2'\n", ""),
        (("metadata", "annotations", "c/d"), "x", '        a: "1"', '        c/d: x\n        a: "1"'),
        (("metadata", "labels", "c"), "d", "{a: b}", '{"c": "d", a: b}'),
        (("metadata", "empty", "c"), 1, "empty: {}", "empty:\n      c: 1"),
        (("spec", "list", 1, "name"), "third", "second", "third"),
        (("spec", "list", 0, "value"), None, "    value: 1\n", ""),
        (("spec", "new", "deep"), True, "spec:\n  list", "spec:\n  new:\n    deep: true\n  list"),
        (("spec", "words"), None, "  words: |\n    keep\n", ""),
        (("spec", "last"), None, "  last: end", ""),
        (("spec", "list", 0), None, "  - name: first\n    value: 1\n", ""),
        (("spec", "list", 1), None, "  - name: second\n", ""),
        (("spec", "list", 2), {"name": "third"}, "  words", "  - name: third\n  words"),
        (("spec", "list", 2), {"a": {"b": ["1"]}}, "  words", "  - a:\n      b:\n      - '1'\n  words"),
        (("spec", "env"), [{"name": "A"}], "spec:\n  list", "spec:\n  env:\n  - name: A\n  list"),
    ],
)
def test_one_field_is_edited(path: Path, value: object, before: str, after: str) -> None:
    assert TEXT.count(before) == 1
    assert _edited(path, value) == TEXT.replace(before, after)


def test_what_holds_nothing_else_goes_too() -> None:
    source = "metadata:\n  name: x\n  annotations:\n    a: b\n# the end\n"
    change = Change(("metadata", "annotations", "a"), None)
    assert edited(source, 1, changes=[change]) == "metadata:\n  name: x\n# the end\n"


@pytest.mark.parametrize(
    ("source", "path", "value", "result"),
    [
        ("a:\nb: 1\n", ("a",), "x", "a: x\nb: 1\n"),
        ("a:  # none yet\nb: 1\n", ("a", "c"), 2, "a:\n  c: 2  # none yet\nb: 1\n"),
        ("a: [1, 2] # two\n", ("a", 2), 3, "a: [1, 2, 3] # two\n"),
        ("a:\n- b\n- c", ("a", 2), "d", "a:\n- b\n- c\n- d"),
        ("a:\n- b\nd: 1\n", ("a", 0), None, "d: 1\n"),
    ],
)
def test_what_is_empty_or_a_list_is_edited(source: str, path: Path, value: object, result: str) -> None:
    assert edited(source, 1, changes=[Change(path, value)]) == result


@pytest.mark.parametrize(
    ("source", "path", "value"),
    [
        ("a:\n- - 1\n  - 2\n", ("a", 0, 0), None),
        ("a: [1, 2]\n", ("a", 0), None),
        ("a:\n- 1\n", ("a", 3), 2),
        ("a: {b: 1, c: 2}\n", ("a", "b"), None),
        ("a: &x 1\nb: *x\n", ("b",), 2),
        ("a: &x {c: 1}\nb: *x\n", ("b", "c"), None),
        ("a:\n- b: 1\n  c: 2\n", ("a", 0, "b"), None),
        ("a: 1\n", ("a", "b"), 2),
        ("a: 1\n", ("c",), None),
        ("a: [1]\n", ("a", 3, "b"), 2),
        ("a: 1\n", ("b", 0, "c"), 2),
        ("a: &n x\nb: *n\n", ("a",), "y"),
        ("a: &n\n  b: 1\nc: *n\n", ("a", "d"), 2),
        ("a:\n- &b x\nc:\n- *b\n", ("c", 0), "y"),
        ('{"a": {"b": {}}}', ("a", "b", "c"), 1),
    ],
)
def test_what_cannot_be_edited_is_left(source: str, path: Path, value: object) -> None:
    with pytest.raises(CannotEditError):
        edited(source, 1, changes=[Change(path, value)])


def test_each_document_of_a_text_has_its_own_places() -> None:
    source = "a: 1\n---\na: 2\n"
    assert edited(source, 2, changes=[Change(("a",), 3)]) == "a: 1\n---\na: 3\n"


def test_changes_are_made_one_after_the_other() -> None:
    source = "metadata:\n  name: x\n  labels:\n    old: a\nspec: {}\n"
    changes = [Change(("metadata", "labels", "old"), None), Change(("metadata", "labels", "new"), "a")]
    found = edited(source, 1, changes=changes)
    assert found == "metadata:\n  labels:\n    new: a\n  name: x\nspec: {}\n"


def test_an_empty_value_is_filled() -> None:
    assert (
        edited("a:\n  mode:\n  b: 1\n", 1, changes=[Change(("a", "mode"), "all")])
        == "a:\n  mode: all\n  b: 1\n"
    )
