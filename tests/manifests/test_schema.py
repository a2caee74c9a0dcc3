"""What the cluster's schema says of a place."""

import msgspec
import pytest

from modelsweb.manifests.schema import GroupVersionKind, SchemaField, decode, fields

WANTED = GroupVersionKind("serving.kserve.io", "v1beta1", "InferenceService")
REF = "#/components/schemas/"
DOCUMENT = decode(
    msgspec.json.encode(
        {
            "openapi": "3.0.0",
            "components": {
                "schemas": {
                    "other": {"x-kubernetes-group-version-kind": [{"kind": "Other"}]},
                    "meta": {"properties": {"name": {"type": "string", "description": "Its name."}}},
                    "circle": {"properties": {"again": {"$ref": REF + "circle"}}},
                    "list": {"type": "array", "items": {"$ref": REF + "list"}},
                    "same": {"$ref": REF + "same"},
                    "service": {
                        "x-kubernetes-group-version-kind": [
                            {"group": "serving.kserve.io", "version": "v1beta1", "kind": "InferenceService"}
                        ],
                        "properties": {
                            "metadata": {
                                "default": {},
                                "description": "M",
                                "allOf": [{"$ref": REF + "meta"}],
                            },
                            "broken": {"$ref": REF + "nowhere"},
                            "circle": {"$ref": REF + "circle"},
                            "list": {"$ref": REF + "list"},
                            "same": {"$ref": REF + "same"},
                            "spec": {
                                "required": ["mode"],
                                "properties": {
                                    "anything": {"x-kubernetes-preserve-unknown-fields": True},
                                    "limits": {
                                        "type": "object",
                                        "additionalProperties": {"x-kubernetes-int-or-string": True},
                                    },
                                    "containers": {
                                        "type": "array",
                                        "items": {
                                            "type": "object",
                                            "properties": {"name": {"type": "string"}},
                                        },
                                    },
                                    "mode": {"type": "string", "enum": ["a", "b"]},
                                    "open": {"type": "boolean", "additionalProperties": False},
                                },
                            },
                        },
                    },
                }
            },
        }
    )
)


def _fields(*path: str) -> dict[str, SchemaField]:
    return {one.name: one for one in fields(DOCUMENT, WANTED, path=path) or ()}


def test_what_must_be_there_comes_first_with_its_values() -> None:
    found = _fields("spec")
    assert list(found) == ["mode", "anything", "containers", "limits", "open"]
    assert found["mode"].is_required
    assert found["mode"].values == ("a", "b")
    assert found["open"].values == ("true", "false")


def test_types_are_told_as_people_say_them() -> None:
    found = _fields("spec")
    assert found["limits"].type == "map of integer or string"
    assert found["containers"].type == "list of object"
    assert found["anything"].type == "object"


def test_lists_and_references_are_passed_through() -> None:
    assert _fields("spec", "containers")["name"].type == "string"
    assert _fields("metadata")["name"].description == "Its name."
    assert _fields("circle", "again", "again", "again")["again"].type == "object"


@pytest.mark.parametrize("path", [("nowhere",), ("spec", "mode", "x"), ("spec", "open", "x"), ("a",) * 99])
def test_a_place_that_is_none_is_not_known(path: tuple[str, ...]) -> None:
    assert fields(DOCUMENT, WANTED, path=path) is None


def test_a_kind_that_is_none_is_not_known() -> None:
    assert fields(DOCUMENT, GroupVersionKind("a", "v1", "B"), path=()) is None


def test_what_refers_to_itself_comes_to_an_end() -> None:
    assert _fields()["list"].type == "list of list of list of list of array"
    assert fields(DOCUMENT, WANTED, path=("list",)) == ()
    assert fields(DOCUMENT, WANTED, path=("same",)) == ()


def test_what_has_no_fields_has_none() -> None:
    assert fields(DOCUMENT, WANTED, path=("broken",)) == ()
    assert fields(DOCUMENT, WANTED, path=("spec", "anything")) == ()
