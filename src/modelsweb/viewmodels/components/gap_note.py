"""What to say where a part of a service cannot be seen: a note, never an error."""

from collections.abc import Iterable, Mapping

from modelsweb.kinds import (
    CONFIGURATION,
    DEPLOYMENT,
    HORIZONTAL_POD_AUTOSCALER,
    INGRESS,
    KNATIVE_SERVICE,
    POD,
    REPLICA_SET,
    REVISION,
    ROUTE,
    SERVICE,
)
from modelsweb.objects.freshness import Gap
from modelsweb.objects.kind import Kind
from modelsweb.text import Text, text

_ALWAYS = (POD, REPLICA_SET, DEPLOYMENT, SERVICE)
_OF_MODE: dict[str, tuple[Kind, ...]] = {
    "Knative": (KNATIVE_SERVICE, CONFIGURATION, REVISION, ROUTE, *_ALWAYS),
    "Standard": (*_ALWAYS, HORIZONTAL_POD_AUTOSCALER, INGRESS),
    "ModelMesh": (POD, SERVICE),
}


def gap_notes(
    gaps: Mapping[Kind, Gap], mode: str, *, kinds: Iterable[Kind] | None = None
) -> tuple[Text, ...]:
    """One sentence for each reason, naming the kinds; only those that a service of the mode has."""
    expected = tuple(kinds) if kinds is not None else _OF_MODE.get(mode, _ALWAYS)
    named = {gap: [kind.full_name for kind in expected if gaps.get(kind) is gap] for gap in Gap}
    return tuple(_note(gap, ", ".join(names)) for gap, names in named.items() if names)


def _note(gap: Gap, kinds: str) -> Text:
    match gap:
        case Gap.FORBIDDEN:
            return text(
                "Not shown because you do not have permission to list them: {kinds}. Ask a namespace owner.",
                kinds=kinds,
            )
        case Gap.DENIED:
            return text(
                "Not shown because this app does not have permission to read them: {kinds}.", kinds=kinds
            )
        case Gap.ABSENT:
            return text("Not available in this cluster: {kinds}.", kinds=kinds)
        case Gap.LOADING:
            return text("Still loading: {kinds}.", kinds=kinds)
        case Gap.DUMP:
            return text("Not in the dump: {kinds}.", kinds=kinds)
