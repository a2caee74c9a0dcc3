"""How a form names the objects that were chosen in a list."""

from collections.abc import Iterable

from modelsweb.kinds import INFERENCE_SERVICE, MODEL_SERVICES
from modelsweb.operations.action import Target
from modelsweb.viewmodels.components.list_query import MAX_ITEMS

_KINDS = {"" if kind is INFERENCE_SERVICE else kind.plural: kind for kind in MODEL_SERVICES}


def named(target: Target) -> str:
    """Namespace, name, uid, and the kind where it is no InferenceService."""
    plural = "" if target.kind is INFERENCE_SERVICE else f"/{target.kind.plural}"
    return f"{target.namespace}/{target.name}/{target.uid}{plural}"


def chosen(values: Iterable[str]) -> tuple[Target, ...]:
    """The objects that a form names, each once; what names none is passed over."""
    targets: dict[str, Target] = {}
    for value in values:
        namespace, name, uid, plural, *rest = [*value.split("/"), "", "", ""]
        kind = _KINDS.get(plural)
        if namespace and name and kind is not None and not any(rest):
            targets.setdefault(value, Target(kind=kind, namespace=namespace, name=name, uid=uid))
        if len(targets) >= MAX_ITEMS:
            break
    return tuple(targets.values())
