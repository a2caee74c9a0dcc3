"""What will become of the service in a form: each value that holds, and who says so."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.manifests.check import Facts
from modelsweb.manifests.credentials import account_of
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology.expected import Expected, Source, expected
from modelsweb.topology.predictor import COMPONENTS
from modelsweb.viewmodels.components.amounts import amounts
from modelsweb.viewmodels.components.scaling_words import scaling_words

_SOURCES: Mapping[Source, Text | None] = {
    Source.TEXT: None,
    Source.CLUSTER: text("default of the cluster"),
    Source.KSERVE: text("default of KServe"),
}
_UNKNOWN = text("not known")


@dataclass(frozen=True, slots=True, kw_only=True)
class GotRow:
    """One value. ``source`` is who says so where the text does not; ``names`` are objects, as kind and name."""

    label: Text
    value: Text | str = ""
    source: Text | None = None
    names: tuple[tuple[str, str], ...] = ()


def what_you_get(service: Obj, facts: Facts) -> tuple[GotRow, ...]:
    """The values, in the order of their weight; none for other kinds."""
    if service.kind != INFERENCE_SERVICE.kind:
        return ()
    try:
        found = expected(service, facts.runtimes, default_mode=facts.default_mode)
        return tuple(_rows(service, found))
    except (AttributeError, TypeError, ValueError):
        return ()  # a list where a word belongs: the server names that, and nothing can be made of it


def _rows(service: Obj, found: Expected) -> Iterator[GotRow]:
    mode_from = _SOURCES[found.mode_from] if found.mode or found.mode_from is Source.TEXT else None
    yield GotRow(
        label=text("Deployment mode"),
        value=found.mode or text("the cluster's default, which is not known"),
        source=mode_from,
    )
    if found.protocol:
        runtime_from = None
        if found.runtime:
            runtime_from = text("chosen by KServe") if found.runtime_from is Source.KSERVE else None
        yield GotRow(label=text("Serving runtime"), value=found.runtime or _UNKNOWN, source=runtime_from)
        yield GotRow(label=text("Protocol"), value=found.protocol, source=_SOURCES[found.protocol_from])
    for one in found.components:
        if one.name not in COMPONENTS:
            continue
        words = scaling_words(one.scaling, found.mode) if found.mode else None
        is_given = any(
            key in service.mapping("spec", one.name) for key in ("minReplicas", "maxReplicas", "scaleTarget")
        )
        if words is not None:
            yield GotRow(
                label=text("Replicas of the {component}", component=one.name),
                value=words,
                source=None if is_given else _SOURCES[Source.KSERVE],
            )
        asked = {**one.limits, **one.requests}
        own = service.mapping("spec", one.name)
        yield GotRow(
            label=text("Resources of the {component}", component=one.name),
            value=amounts(asked) or text("none asked for"),
            source=text("of the runtime") if asked and not _says_resources(own) else None,
        )
    account = account_of(service)
    is_written = bool(service.string("spec", "predictor", "serviceAccountName"))
    yield GotRow(
        label=text("Service account"),
        value=account,
        source=None if is_written else text("default of the namespace"),
    )
    if found.objects:
        yield GotRow(label=text("Objects"), names=found.objects)


def _says_resources(component: Mapping[str, object]) -> bool:
    """The text itself asks for something."""
    parts = [one for one in component.values() if isinstance(one, Mapping)]
    containers = component.get("containers")
    parts += [one for one in containers if isinstance(one, Mapping)] if isinstance(containers, list) else []
    return any(one.get("resources") for one in parts)
