"""How many replicas a component has, in words."""

from modelsweb.text import Text, text
from modelsweb.topology.component import Scaling

_EXTERNAL = "external"
_OF_HPA = ("cpu", "memory")
"""What Standard mode can scale on. For anything else KServe makes an autoscaler that names no metric, which goes by the CPU.
https://github.com/kserve/kserve/blob/master/pkg/controller/v1beta1/inferenceservice/reconcilers/hpa/hpa_reconciler.go"""
_HPA_DEFAULT = 80


def scaling_words(scaling: Scaling | None, mode: str) -> Text | None:
    """Such as "1 to 3, scales on cpu"; None for what is not scaled by itself."""
    if scaling is None:
        return None
    if scaling.by == _EXTERNAL:
        return text("{minimum} or more, scaled externally", minimum=scaling.minimum)
    target = scaling.target if scaling.target is not None else scaling.concurrency
    metric = scaling.metric or ("concurrency" if mode == "Knative" else "cpu")
    if mode == "Standard" and metric not in _OF_HPA and scaling.by != "keda":
        metric, target = "cpu", _HPA_DEFAULT
    if scaling.maximum == scaling.minimum == 1:
        return text("1 replica, fixed")
    if scaling.maximum == scaling.minimum:
        return text("{n} replicas, fixed", n=scaling.minimum)
    if not scaling.maximum:
        return text("{minimum} or more, scales on {metric}", minimum=scaling.minimum, metric=metric)
    if target is None:
        return text(
            "{minimum} to {maximum}, scales on {metric}",
            minimum=scaling.minimum,
            maximum=scaling.maximum,
            metric=metric,
        )
    return text(
        "{minimum} to {maximum}, scales on {metric} (target {target})",
        minimum=scaling.minimum,
        maximum=scaling.maximum,
        metric=metric,
        target=target,
    )
