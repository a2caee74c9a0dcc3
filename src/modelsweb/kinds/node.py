"""Node: a machine of the cluster, and the devices that it offers."""

from modelsweb.objects.kind import Kind

NODE = Kind(group="", version="v1", kind="Node", plural="nodes", namespaced=False, verbs=("list",))
