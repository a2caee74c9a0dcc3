"""What a text asks to be created: its documents in the order in which they are sent, or all that is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelsweb.errors import Code, Problem
from modelsweb.kinds import KINDS
from modelsweb.manifests import document as manifest
from modelsweb.manifests.document import Document, ManifestError
from modelsweb.objects.kind import Kind

_SET_BY_THE_CLUSTER = (
    "uid",
    "resourceVersion",
    "creationTimestamp",
    "generation",
    "managedFields",
    "selfLink",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
)


_ORDER = (
    "Secret",
    "ConfigMap",
    "PersistentVolumeClaim",
    "ServiceAccount",
    "ServingRuntime",
    "LocalModelNamespaceCache",
    "InferenceService",
    "LLMInferenceService",
    "TrainedModel",
    "InferenceGraph",
)
"""What others lean on goes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A document that may be sent. ``number`` is its place in the text, from 1."""

    number: int
    kind: Kind
    name: str
    manifest: Mapping[str, Any]
    document: Document
    moved_from: str = ""
    """The namespace that the document named, where it was not the one it goes to."""
    omitted: tuple[str, ...] = ()
    """Fields of the document that only the cluster sets: they are not sent."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send, in order; nothing while there is any problem."""

    documents: tuple[Planned, ...] = ()
    problems: tuple[Problem, ...] = ()


def plan(source: str, namespace: str) -> Plan:
    """The plan to create all documents of a text in a namespace."""
    try:
        documents = [item for document in manifest.parse(source) for item in manifest.expanded(document)]
    except ManifestError as error:
        return Plan(problems=(error.problem,))
    if len(documents) > manifest.MAX_DOCUMENTS:
        return Plan(problems=(Problem(code=Code.TOO_MANY_DOCUMENTS, values={"max": manifest.MAX_DOCUMENTS}),))
    if not documents:
        return Plan(problems=(Problem(code=Code.NOTHING_TO_CREATE),))
    problems = [problem for document in documents if (problem := _problem(document)) is not None]
    if problems:
        return Plan(problems=tuple(problems))
    planned = [
        _planned(number, document, namespace=namespace) for number, document in enumerate(documents, start=1)
    ]
    if (twice := _twice(planned)) is not None:
        return Plan(problems=(twice,))
    return Plan(tuple(sorted(planned, key=lambda one: _ORDER.index(one.kind.kind))))


def _twice(documents: list[Planned]) -> Problem | None:
    """An object that the text describes a second time."""
    seen: set[tuple[Kind, str]] = set()
    for one in documents:
        if (one.kind, one.name) in seen:
            return _at(
                one.document, Code.DESCRIBED_TWICE, path="metadata.name", kind=one.kind.kind, name=one.name
            )
        seen.add((one.kind, one.name))
    return None


def _planned(number: int, document: Document, *, namespace: str) -> Planned:
    kind = _kind(document.value["apiVersion"], document.value["kind"])
    assert kind is not None
    value, omitted = as_new(document.value)
    metadata = {**value["metadata"], "namespace": namespace}
    given = value["metadata"].get("namespace")
    return Planned(
        number=number,
        kind=kind,
        name=metadata["name"],
        manifest={**value, "metadata": metadata},
        document=document,
        moved_from=str(given) if given not in (None, "", namespace) else "",
        omitted=omitted,
    )


def as_new(value: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """An object without what the cluster wrote into it, and the names of that."""
    metadata = dict(value["metadata"])
    omitted = [f"metadata.{name}" for name in _SET_BY_THE_CLUSTER if metadata.pop(name, None) is not None]
    annotations = metadata.get("annotations")
    if isinstance(annotations, dict) and manifest.LAST_APPLIED in annotations:
        metadata["annotations"] = {
            key: value for key, value in annotations.items() if key != manifest.LAST_APPLIED
        }
        omitted.append(f"metadata.annotations[{manifest.LAST_APPLIED}]")
    rest = {key: part for key, part in value.items() if key != "status"} | {"metadata": metadata}
    return rest, (*omitted, *(("status",) if "status" in value else ()))


def _problem(document: Document) -> Problem | None:
    value, line = document.value, document.line
    if not isinstance(value, dict):
        return Problem(code=Code.NOT_A_MAPPING, line=line)
    for key in ("apiVersion", "kind"):
        if not isinstance(value.get(key), str) or not value[key]:
            return _at(document, Code.FIELD_MISSING, path=key)
    if _kind(value["apiVersion"], value["kind"]) is None:
        return _not_supported(document)
    metadata = value.get("metadata")
    if not isinstance(metadata, dict):
        return _at(document, Code.METADATA_NOT_A_MAPPING, path="metadata")
    name, prefix = metadata.get("name"), metadata.get("generateName")
    if name is None and isinstance(prefix, str) and prefix:
        return _at(document, Code.NAME_NOT_FIXED, path="metadata.generateName", example=f"{prefix}1")
    if name is None or name == "":
        return _at(document, Code.FIELD_MISSING, path="metadata.name")
    return None if isinstance(name, str) else _at(document, Code.MUST_BE_TEXT, path="metadata.name")


def _at(document: Document, code: Code, *, path: str, **values: str) -> Problem:
    """What is wrong with a field, at its place or that of the document."""
    place = document.position(path)
    return Problem(
        code=code, values={"field": path, **values}, field=path, line=place.line if place else document.line
    )


def _not_supported(document: Document) -> Problem:
    api_version, kind = document.value["apiVersion"], document.value["kind"]
    given = f"{api_version} {kind}"
    versions = [known.api_version for known in KINDS if known.kind == kind and known.creatable]
    if versions:
        return _at(
            document,
            Code.VERSION_NOT_SUPPORTED,
            path="apiVersion",
            given=given,
            kind=kind,
            wanted=versions[0],
        )
    kinds = ", ".join(dict.fromkeys(known.kind for known in KINDS if known.creatable))
    return _at(document, Code.KIND_NOT_SUPPORTED, path="kind", given=given, kinds=kinds)


def _kind(api_version: str, kind: str) -> Kind | None:
    known = (one.at(api_version) for one in KINDS if one.creatable and one.kind == kind)
    return next((one for one in known if one is not None), None)
