"""TrainedModel: one of many models in a multi-model service."""

from modelsweb.objects.kind import Kind

TRAINED_MODEL = Kind(
    group="serving.kserve.io",
    version="v1alpha1",
    kind="TrainedModel",
    plural="trainedmodels",
    verbs=("create",),
    is_root=True,
    creatable=True,
)
