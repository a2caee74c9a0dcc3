"""What a text asks for: documents in order, or all that is wrong with each."""

import pytest

from modelsweb.errors import Code
from modelsweb.manifests.plan import plan

GOOD = "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: %s}\n"


def test_documents_go_into_the_namespace_that_was_asked_for() -> None:
    found = plan(GOOD % "one" + "---\n" + GOOD % "two, namespace: other", "team")
    assert not found.problems
    assert [(one.number, one.name, one.moved_from) for one in found.documents] == [
        (1, "one", ""),
        (2, "two", "other"),
    ]
    assert all(one.manifest["metadata"]["namespace"] == "team" for one in found.documents)


def test_what_only_the_cluster_sets_is_left_out_and_named() -> None:
    source = GOOD % "one, uid: x, annotations: {kubectl.kubernetes.io/last-applied-configuration: y, a: b}"
    (one,) = plan(source + "status: {}\n", "team").documents
    assert one.omitted == (
        "metadata.uid",
        "metadata.annotations[kubectl.kubernetes.io/last-applied-configuration]",
        "status",
    )
    assert one.manifest["metadata"] == {"name": "one", "namespace": "team", "annotations": {"a": "b"}}
    assert "status" not in one.manifest


@pytest.mark.parametrize(
    ("source", "code", "field", "line"),
    [
        ("", Code.NOTHING_TO_CREATE, "", None),
        ("- a\n", Code.NOT_A_MAPPING, "", 1),
        ("# none\nkind: InferenceService\n", Code.FIELD_MISSING, "apiVersion", 2),
        ("apiVersion: v1\nkind: Pod\n", Code.KIND_NOT_SUPPORTED, "kind", 2),
        (
            (GOOD % "x").replace("name: x", "generateName: x-"),
            Code.NAME_NOT_FIXED,
            "metadata.generateName",
            3,
        ),
        (GOOD % "x" + "---\n" + GOOD % "x", Code.DESCRIBED_TWICE, "metadata.name", 7),
        (
            "apiVersion: serving.kserve.io/v1\nkind: InferenceService\n",
            Code.VERSION_NOT_SUPPORTED,
            "apiVersion",
            1,
        ),
        (GOOD % "''", Code.FIELD_MISSING, "metadata.name", 3),
        (GOOD % "yes", Code.MUST_BE_TEXT, "metadata.name", 3),
        ((GOOD % "x").replace("{name: x}", "[]"), Code.METADATA_NOT_A_MAPPING, "metadata", 3),
        ("kind: List\nitems: [" + "{}, " * 201 + "]", Code.TOO_MANY_DOCUMENTS, "", None),
    ],
)
def test_what_is_wrong_is_named_at_its_line(source: str, code: Code, field: str, line: int | None) -> None:
    found = plan(source, "team")
    assert not found.documents
    (problem,) = found.problems
    assert (problem.code, problem.field, problem.line) == (code, field, line)


def test_what_others_lean_on_goes_first() -> None:
    graph = "apiVersion: serving.kserve.io/v1alpha1\nkind: InferenceGraph\nmetadata: {name: g}\n"
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"
    found = plan("---\n".join((graph, GOOD % "one", secret)), "team")
    assert [(one.number, one.kind.kind) for one in found.documents] == [
        (3, "Secret"),
        (2, "InferenceService"),
        (1, "InferenceGraph"),
    ]


def test_all_documents_are_looked_at_before_anything_is_planned() -> None:
    found = plan("---\n".join([GOOD % "1", GOOD % "fine", GOOD % "2"]), "team")
    assert [problem.line for problem in found.problems] == [3, 11]
