"""The page that tells what an LLM service is made of: each value of its spec with where it comes from."""

import json
from dataclasses import dataclass

from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology.effective_spec import EffectiveField, Layer, effective_fields, layers
from modelsweb.viewmodels.components.config_source import source_words

_MAX_FIELDS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """Where a value comes from; ``name`` is empty for the service itself."""

    word: Text
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldView:
    """A field with its value, and those that it wins over."""

    path: str
    value: str
    source: SourceView
    overridden: tuple[tuple[str, SourceView], ...]
    is_rendered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveSpec:
    """The page. ``unread`` are the configurations that are not among it."""

    kind: str
    plural: str
    namespace: str
    name: str
    fields: tuple[FieldView, ...]
    total: int
    by_service: int
    unread: tuple[str, ...]
    has_layers: bool


def build(service: Obj, *, plural: str, configs: dict[tuple[str, str], Obj]) -> EffectiveSpec:
    """The page of a service; ``configs`` are those that could be read, by namespace and name."""
    found = layers(service, configs)
    fields = effective_fields(found)
    return EffectiveSpec(
        kind=service.kind,
        plural=plural,
        namespace=service.namespace,
        name=service.name,
        fields=tuple(map(_field, fields[:_MAX_FIELDS])),
        total=len(fields),
        by_service=sum(not one.layer.source for one in fields),
        unread=tuple(f"{one.namespace}/{one.name}" for one in found if one.spec is None),
        has_layers=len(found) > 1,
    )


def _field(field: EffectiveField) -> FieldView:
    return FieldView(
        path=".".join(field.path),
        value=_said(field.value),
        source=_source(field.layer),
        overridden=tuple((_said(value), _source(layer)) for layer, value in field.overridden),
        is_rendered=field.is_rendered,
    )


def _source(layer: Layer) -> SourceView:
    if not layer.source:
        return SourceView(word=text("this service"), name="")
    return SourceView(word=source_words(layer.source), name=layer.name)


def _said(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
