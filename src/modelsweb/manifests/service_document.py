"""An InferenceService as its author wrote it: components and containers with the path of each."""

from collections.abc import Iterator, Mapping
from typing import Any

from modelsweb.manifests.check import Facts
from modelsweb.objects.obj import Obj
from modelsweb.topology import predictor

Path = tuple[str | int, ...]
MODE = ("metadata", "annotations", "serving.kserve.io/deploymentMode")
AUTOSCALER = ("metadata", "annotations", "serving.kserve.io/autoscalerClass")
KNATIVE_CLASS = ("metadata", "annotations", "autoscaling.knative.dev/class")
PREDICTOR = ("spec", "predictor")
MODEL = (*PREDICTOR, "model")
OWN_CONTAINER = "kserve-container"
"""The container that serves, where a component is made of the user's own."""
MEANT_WHEN_EMPTY = frozenset(
    {
        "metadata",
        "spec",
        "predictor",
        "model",
        *predictor.FRAMEWORKS,
        "tracing",
        "router",
        "route",
        "template",
        "prefill",
        "nodes",
        "root",
    }
)
"""Fields that mean something when there is nothing in them: where the last goes, they stay, as braces."""
_FORMS = ("model", *predictor.FRAMEWORKS, "art")


def is_standard(service: Obj) -> bool:
    """The document asks for Standard mode; where it asks for none, the cluster's default holds, which it does not say."""
    return predictor.mode(service) == "Standard"


def is_knative(service: Obj) -> bool:
    """The document asks for Knative mode."""
    return predictor.mode(service) == "Knative"


def live_of(document: Obj, facts: Facts) -> Obj | None:
    """The object that the document is to change; None where it is to be made."""
    live = facts.live
    return live if live and (live.kind, live.name) == (document.kind, document.name) else None


def with_mode(service: Obj, facts: Facts) -> Obj:
    """The document as KServe will see it: one that names no mode runs in the mode that it has, a new one in the cluster's
    default; where that is not known, it is left open."""
    live = live_of(service, facts)
    meant = (live.string("status", "deploymentMode") if live else "") or facts.default_mode
    if service.kind != "InferenceService" or not meant or annotation(service, MODE):
        return service
    return Obj({**service.raw, "status": {"deploymentMode": meant}})


LONGEST_CHILD = 63
"""A label of DNS, and the value of a label."""


def longest_child(service: Obj, namespace: str) -> str:
    """The longest name that KServe makes of that of a service: of its predictor, in Standard mode with the namespace in its
    address, or as a label."""
    if is_knative(service):
        return f"{service.name}-predictor"
    suffix = "transformer" if service.mapping("spec", "transformer") else "predictor"
    child = f"{service.name}-{suffix}"
    return max(f"{child}-{namespace}" if namespace else child, f"isvc.{child}", key=len)


def annotation(service: Obj, path: Path) -> str:
    """An annotation of the document by its path; empty where it has none."""
    return service.annotation(str(path[-1]))


def components(service: Obj) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Predictor, transformer and explainer, as far as they are there."""
    for name in predictor.COMPONENTS:
        found = service.mapping("spec", name)
        if found:
            yield ("spec", name), found


def containers(service: Obj) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every container of every component, the model's own server among them."""
    for path, component in components(service):
        for name in _FORMS:
            if isinstance(component.get(name), Mapping):
                yield (*path, name), component[name]
        for name in ("containers", "initContainers"):
            for number, one in enumerate(component.get(name) or ()):
                if isinstance(one, Mapping):
                    yield (*path, name, number), one


def environment(container: Mapping[str, Any]) -> Iterator[tuple[int, str, Any]]:
    """Place, name and value of each variable of a container."""
    for number, one in enumerate(container.get("env") or ()):
        if isinstance(one, Mapping):
            yield number, str(one.get("name", "")), one.get("value")
