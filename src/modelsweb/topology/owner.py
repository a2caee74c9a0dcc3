"""Who a service belongs to."""

from modelsweb.objects.obj import Obj

_KEYS = ("owner", "app.kubernetes.io/owner", "serving.kserve.io/owner")


def owner(service: Obj) -> str:
    """The person or team that an annotation or label names, else the object that owns it; empty where nobody does."""
    for key in _KEYS:
        if found := service.annotation(key) or service.labels.get(key, ""):
            return found
    for reference in service.items("metadata", "ownerReferences"):
        return f"{reference.get('kind')}/{reference.get('name')}"
    return ""
