"""YAML is read as kubectl reads it; kubectl itself says how that is."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.waiting import LIMIT

from modelsweb.errors import Code
from modelsweb.manifests import document as manifest

KUBECTL = Path(sys.executable).parent / "kubectl"
VALUES = [
    "yes", "no", "on", "off", "y", "n", "Y", "NO", "true", "False", "TRUE", "~", "null", "", "1", "-7", "+3", "0777",
    "0o14", "0x1F", "1_000", "1e3", "1.5", ".5", "12:30:45", "2024-01-01", "2024-01-01T10:00:00Z", "1.2.3", "1Gi",
    "100m", "'1e3'", '"yes"', "08", "1.0", "-0", "nulll", "yesterday", "0b11", "=", "12e03", "1e-2", "!!str 1",
]  # fmt: skip
KEYS = ["on", "y", "5", "true", "1.5", "'on'", "~", "plain"]


def _as_kubectl_reads(text: str, tmp_path: Path) -> Any:
    file = tmp_path / "object.yaml"
    file.write_text(f"apiVersion: example.com/v1\nkind: Odd\nmetadata: {{name: x}}\n{text}")
    command = [str(KUBECTL), "annotate", "--local", "-f", str(file), "a=b", "-o", "json"]
    return json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=LIMIT).stdout
    )


def test_values_are_what_kubectl_makes_of_them(tmp_path: Path) -> None:
    text = "values:\n" + "".join(f"- {value}\n" for value in VALUES)
    (ours,) = manifest.parse(text)
    theirs = _as_kubectl_reads(text, tmp_path)["values"]
    assert dict(zip(VALUES, ours.value["values"], strict=True)) == dict(zip(VALUES, theirs, strict=True))


@pytest.mark.parametrize("key", KEYS)
def test_keys_are_text_as_in_kubectl(key: str, tmp_path: Path) -> None:
    text = f"map: {{{key}: 1}}\n"
    (ours,) = manifest.parse(text)
    if key == "~":
        assert ours.value["map"] == {"null": 1}
    else:
        assert ours.value["map"] == _as_kubectl_reads(text, tmp_path)["map"]


def test_what_we_write_kubectl_reads_back(tmp_path: Path) -> None:
    texts = [
        *VALUES,
        "模型",
        "a: b",
        "#x",
        "line\nbreak\n",
        " indented\n",
        "tab\t",
        "\u0085",
        "-",
        "{}",
        "*a",
        "&a",
    ]
    written = manifest.dump({"values": [str(text) for text in texts]})
    assert _as_kubectl_reads(written, tmp_path)["values"] == texts
    (ours,) = manifest.parse(written)
    assert ours.value["values"] == texts


def test_documents_know_their_lines() -> None:
    documents = manifest.parse("a: 1\n---\n---\n# a comment\nb: 2\n")
    assert [(document.value, document.line) for document in documents] == [({"a": 1}, 1), ({"b": 2}, 5)]


@pytest.mark.parametrize(
    ("text", "line", "column", "code"),
    [
        ("a: [1\nb: 2", 2, 2, Code.UNREADABLE_YAML),
        ("a: 1\na: 2", 2, 1, Code.DUPLICATE_KEY),
        ("a: 1\n\tb: 2", 2, 1, Code.TAB),
        ("a:\n\tb: 2", 2, 1, Code.TAB),
        ("a: &x {b: *x}", 1, 4, Code.ALIAS_OF_ITSELF),
        ("a: .inf", 1, 4, Code.NUMBER_NOT_FINITE),
        ("a: 1e999", 1, 4, Code.NUMBER_NOT_FINITE),
        ("? [1, 2]\n: 3", 1, 3, Code.KEY_NOT_SCALAR),
        ("a: *nobody", 1, 4, Code.UNREADABLE_YAML),
        ("a: b\u2028c: d\u2028: [\t", None, None, Code.UNREADABLE_YAML),
        ("apiVersion: v1\x85kind: {", None, None, Code.UNREADABLE_YAML),
        ("a: \x00", None, None, Code.UNREADABLE_YAML),
        ("a: !!int x", 1, 4, Code.UNREADABLE_VALUE),
        ("a: !!bool maybe", 1, 4, Code.UNREADABLE_VALUE),
        ("a: !!float NAN", 1, 4, Code.NUMBER_NOT_FINITE),
        ("a: 0x_", 1, 4, Code.UNREADABLE_VALUE),
        pytest.param("a: " + "9" * 5000, 1, 4, Code.UNREADABLE_VALUE, id="5000 digits"),
        pytest.param("- b: c\n" * 60_000, None, None, Code.TOO_MANY_VALUES, id="60000 values"),
        pytest.param("--- 1\n" * 300, 201, 1, Code.TOO_MANY_DOCUMENTS, id="300 documents"),
    ],
)
def test_what_can_not_be_used_says_where(text: str, line: int | None, column: int | None, code: Code) -> None:
    with pytest.raises(manifest.ManifestError) as caught:
        list(manifest.parse(text))
    problem = caught.value.problem
    assert problem.code is code
    assert (problem.line, problem.column) == (line, column) or line is None


def test_merged_mappings_are_followed() -> None:
    (document,) = manifest.parse("base: &b {cpu: 1, memory: 2}\nmine: {<<: *b, memory: 3}")
    assert document.value["mine"] == {"cpu": 1, "memory": 3}


@pytest.mark.parametrize(
    "deep",
    [
        "[" * 3000 + "]" * 3000,
        "{a: " * 3000 + "1" + "}" * 3000,
        "[" * 100_000 + "]" * 100_000,
        "- " * 100_000,
    ],
    ids=["lists", "mappings", "deeper than the C composer can go", "blocks"],
)
def test_deep_nesting_is_refused(deep: str) -> None:
    with pytest.raises(manifest.ManifestError):
        list(manifest.parse(deep))


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("metadata.name", (2, 3)),
        ("metadata.annotations[a.b/c]", (3, 3)),
        ("spec.list[1].b", (7, 5)),
        ("spec.list[9].b", (5, 3)),
        ("spec.nothing.below", (4, 1)),
        ("nothing", None),
    ],
)
def test_a_field_has_a_place(path: str, place: tuple[int, int] | None) -> None:
    source = "metadata:\n  name: x\n  annotations: {a.b/c: d}\nspec:\n  list:\n  - a: 1\n  - b: 2\n"
    (document,) = manifest.parse(source)
    assert document.position(path) == place


def test_the_items_of_a_list_have_places_of_their_own() -> None:
    (document,) = manifest.parse("kind: List\nitems:\n- kind: A\n  spec: {b: 1}\n- kind: B\n")
    first, second = manifest.expanded(document)
    assert (first.line, second.line) == (3, 5)
    assert first.position("spec.b") == (4, 10)


def test_items_behind_a_merge_key_stand_where_the_list_does() -> None:
    *_, document = manifest.parse("base: &b {items: [{kind: A}]}\n---\nkind: List\nitems: [{kind: B}]\n")
    assert [item.value["kind"] for item in manifest.expanded(document)] == ["B"]
    (merged,) = manifest.parse("x: &b {items: [{kind: A}]}\nkind: List\n<<: *b\n")
    (item,) = manifest.expanded(merged)
    assert (item.line, item.position("kind")) == (1, None)
