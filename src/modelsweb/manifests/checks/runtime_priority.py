"""The runtime … of this namespace serves … with the same priority, and the webhook refuses two of them."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    def entries(runtime: Obj) -> set[tuple[str, str, int]]:
        return {
            (str(one.get("name")), str(one.get("version", "")), int(one["priority"]))
            for one in runtime.items("spec", "supportedModelFormats")
            if one.get("autoSelect") is True and isinstance(one.get("priority"), int)
        }

    def speaks(runtime: Obj) -> set[str]:
        given = runtime.mapping("spec").get("protocolVersions")
        return {str(one) for one in given} if isinstance(given, list) else set()

    mine = entries(document)
    for other in facts.runtimes or ():
        is_mine = other.name == document.name or not other.namespace
        if is_mine or other.mapping("spec").get("disabled") or document.mapping("spec").get("disabled"):
            continue
        both = mine & entries(other)
        if both and (speaks(other) & speaks(document) or not speaks(other) or not speaks(document)):
            yield Hit(("spec", "supportedModelFormats"), {"other": other.name, "format": min(both)[0]})
            return


CHECK = Check(
    id="runtime-priority",
    level=Level.REFUSED,
    kinds=("ServingRuntime",),
    sentence=text(
        "The runtime {other} of this namespace serves {format} with the same priority, and the webhook refuses two of them."
    ),
    source=KSERVE + "pkg/webhook/admission/servingruntime/servingruntime_webhook.go",
    look=_look,
)
