"""ClusterServingRuntime: how a model format is served, for the whole cluster."""

from modelsweb.objects.kind import Kind
from modelsweb.text import text

CLUSTER_SERVING_RUNTIME = Kind(
    group="serving.kserve.io",
    version="v1alpha1",
    kind="ClusterServingRuntime",
    plural="clusterservingruntimes",
    namespaced=False,
    verbs=("get", "list", "watch"),
    watched=True,
    is_root=True,
    title=text("Cluster serving runtimes"),
    shared=True,
)
