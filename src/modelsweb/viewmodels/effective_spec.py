"""The page that tells what an LLM service is made of: each value of its spec with where it comes from, and whether what KServe made
has it."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from modelsweb.manifests import document as manifest
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology.effective_spec import (
    EffectiveField,
    Evidence,
    Held,
    Layer,
    Made,
    Path,
    effective_fields,
    layers,
    written_path,
)
from modelsweb.topology.service_snapshot import ServiceSnapshot
from modelsweb.viewmodels.components.config_source import source_words

_MAX_FIELDS = 400


class Show(StrEnum):
    """Which values the page shows."""

    ALL = ""
    OWN = "own"
    OTHERS = "others"
    OVERRIDDEN = "overridden"
    DIFFERENT = "different"

    @classmethod
    def _missing_(cls, value: object) -> "Show":
        return cls.ALL


SHOWS: Mapping[Show, Text] = {
    Show.ALL: text("All values"),
    Show.OWN: text("Set by the service"),
    Show.OTHERS: text("Set by configurations"),
    Show.OVERRIDDEN: text("Overridden"),
    Show.DIFFERENT: text("Different in the cluster"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """Where a value comes from: ``layer`` is the number of its text on the page, from 0, and ``line`` its line there, from 1."""

    word: Text
    name: str
    layer: int
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A field with its value, and those that it wins over. ``made`` is what the cluster has where that is something else."""

    path: str
    value: str
    source: SourceView
    overridden: tuple[tuple[str, SourceView], ...]
    is_rendered: bool
    held: Held
    made: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerView:
    """One of the specs that are combined, as a text."""

    word: Text
    namespace: str
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveSpec:
    """The page. ``unread`` are the configurations that are not among it; ``total`` counts what is shown, ``counts`` what each choice
    would show."""

    kind: str
    plural: str
    namespace: str
    name: str
    show: Show
    counts: Mapping[Show, int]
    fields: tuple[FieldView, ...]
    total: int
    layers: tuple[LayerView, ...]
    unread: tuple[str, ...]
    has_layers: bool


def build(
    snapshot: ServiceSnapshot, *, plural: str, configs: dict[tuple[str, str], Obj], show: Show = Show.ALL
) -> EffectiveSpec:
    """The page of a service; ``configs`` are those that could be read, by namespace and name."""
    service = snapshot.service
    found = layers(service, configs)
    made = Made(snapshot)
    held = [(one, made.evidence(one)) for one in effective_fields(found)]
    shown = [pair for pair in held if _CHOICES[show](*pair)]
    texts = [manifest.dump({"spec": layer.spec}) if layer.spec else "" for layer in found]
    documents = [_document(one) for one in texts]

    def source(layer: Layer, path: Path) -> SourceView:
        number = next(place for place, one in enumerate(found) if one is layer)
        document = documents[number]
        place = document.position(f"spec.{written_path(layer, path)}") if document is not None else None
        return SourceView(
            word=_word(layer),
            name=layer.name if layer.source else "",
            layer=number,
            line=place.line if place is not None else 1,
        )

    return EffectiveSpec(
        kind=service.kind,
        plural=plural,
        namespace=service.namespace,
        name=service.name,
        show=show,
        counts={one: sum(fits(*pair) for pair in held) for one, fits in _CHOICES.items()},
        fields=tuple(_field(field, evidence, source=source) for field, evidence in shown[:_MAX_FIELDS]),
        total=len(shown),
        layers=tuple(_layers(found, texts)),
        unread=tuple(f"{one.namespace}/{one.name}" for one in found if one.spec is None),
        has_layers=len(found) > 1,
    )


def _document(text: str) -> manifest.Document | None:
    """A text with the places of its fields; None for none, and for one of so many that nobody would read it."""
    try:
        return next(manifest.parse(text), None) if text else None
    except manifest.ManifestError:
        return None


def _is_different(field: EffectiveField, evidence: Evidence) -> bool:
    return evidence.held is Held.ABSENT or (evidence.held is Held.OTHER and not field.is_rendered)


_CHOICES: Mapping[Show, Callable[[EffectiveField, Evidence], bool]] = {
    Show.ALL: lambda field, evidence: True,
    Show.OWN: lambda field, evidence: not field.layer.source,
    Show.OTHERS: lambda field, evidence: bool(field.layer.source),
    Show.OVERRIDDEN: lambda field, evidence: bool(field.overridden),
    Show.DIFFERENT: _is_different,
}


def _field(
    field: EffectiveField, evidence: Evidence, *, source: Callable[[Layer, Path], SourceView]
) -> FieldView:
    return FieldView(
        path=".".join(field.path),
        value=_said(field.value),
        source=source(field.layer, field.path),
        overridden=tuple((_said(value), source(layer, field.path)) for layer, value in field.overridden),
        is_rendered=field.is_rendered,
        held=evidence.held,
        made=_said(evidence.value) if evidence.held is Held.OTHER else "",
    )


def _layers(found: Iterable[Layer], texts: Iterable[str]) -> Iterator[LayerView]:
    for layer, written in zip(found, texts, strict=True):
        lines = tuple(written.splitlines())
        yield LayerView(word=_word(layer), namespace=layer.namespace, name=layer.name, lines=lines)


def _word(layer: Layer) -> Text:
    return source_words(layer.source) if layer.source else text("this service")


def _said(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
