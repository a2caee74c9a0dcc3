"""InferenceService: a served model with its predictor, transformer and explainer."""

from modelsweb.objects.kind import Kind
from modelsweb.text import text

INFERENCE_SERVICE = Kind(
    group="serving.kserve.io",
    version="v1beta1",
    kind="InferenceService",
    plural="inferenceservices",
    verbs=("get", "list", "watch", "create", "update", "patch", "delete"),
    watched=True,
    is_root=True,
    title=text("Model services"),
    creatable=True,
)
