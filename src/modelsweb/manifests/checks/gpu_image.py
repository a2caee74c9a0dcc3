"""With runtimeVersion KServe does not append -gpu to the image: the CPU image runs, and the GPU stays idle."""

from collections.abc import Iterator

from modelsweb.manifests import service_document as doc
from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text

_WITH_GPU_IMAGES = {"tensorflow", "pytorch", "huggingface"}


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    model = document.mapping(*doc.MODEL)
    version = str(model.get("runtimeVersion") or "")
    has_gpu = any("gpu" in str(name) for name in Obj(model).mapping("resources", "limits"))
    if (
        version
        and has_gpu
        and "gpu" not in version
        and Obj(model).string("modelFormat", "name") in _WITH_GPU_IMAGES
    ):
        path = (*doc.MODEL, "runtimeVersion")
        yield Hit(path, fix=(Change(path, f"{version}-gpu"),))


CHECK = Check(
    id="gpu-image",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text(
        "With runtimeVersion KServe does not append -gpu to the image: the CPU image runs, and the GPU stays idle."
    ),
    source=KSERVE + "pkg/controller/v1beta1/inferenceservice/utils/utils.go",
    look=_look,
)
