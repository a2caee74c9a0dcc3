"""Pod: where a model really runs, and whose state tells why it does not."""

from modelsweb.objects.kind import Kind, Link

POD = Kind(
    group="",
    version="v1",
    kind="Pod",
    plural="pods",
    subresources=(("log", ("get",)),),
    watched=True,
    link=Link.LABEL,
    label_selector="serving.kserve.io/inferenceservice",
)
