"""PodMetrics: what the metrics API says that a pod uses. Never read; the right to it is the right to a service's charts."""

from modelsweb.objects.kind import Kind

POD_METRICS = Kind(group="metrics.k8s.io", version="v1beta1", kind="PodMetrics", plural="pods", verbs=())
