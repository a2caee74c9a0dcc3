"""Pod: where a model really runs, and whose log tells why it does not."""

from modelsweb.objects.kind import Kind

POD = Kind(group="", version="v1", kind="Pod", plural="pods", verbs=("get", "list"))
