"""Who a service belongs to."""

from modelsweb.objects.obj import Obj

_KEYS = ("owner", "app.kubernetes.io/owner", "serving.kserve.io/owner")


_TOOLS = (
    ("Argo CD", "argocd.argoproj.io/tracking-id"),
    ("Argo CD", "argocd.argoproj.io/instance"),
    ("Flux", "kustomize.toolkit.fluxcd.io/name"),
    ("Flux", "helm.toolkit.fluxcd.io/name"),
    ("Helm", "meta.helm.sh/release-name"),
)
"""By the annotations and labels with which tools mark what they apply."""


def managed_by(obj: Obj) -> str:
    """The tool that applies an object, and so undoes what others change; empty where none is known to."""
    for tool, key in _TOOLS:
        if obj.annotation(key) or key in obj.labels:
            return tool
    return "Helm" if obj.labels.get("app.kubernetes.io/managed-by") == "Helm" else ""


def owner(service: Obj) -> str:
    """The person or team that an annotation or label names, else the object that owns it; empty where nobody does."""
    for key in _KEYS:
        if found := service.annotation(key) or service.labels.get(key, ""):
            return found
    for reference in service.items("metadata", "ownerReferences"):
        return f"{reference.get('kind')}/{reference.get('name')}"
    return ""
