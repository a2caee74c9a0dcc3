"""TrainedModel: one of many models in a multi-model service."""

from modelsweb.objects.kind import Kind
from modelsweb.text import text

TRAINED_MODEL = Kind(
    group="serving.kserve.io",
    version="v1alpha1",
    kind="TrainedModel",
    plural="trainedmodels",
    verbs=("get", "list", "watch", "create", "update", "patch", "delete"),
    watched=True,
    is_root=True,
    title=text("Trained models"),
    creatable=True,
)
