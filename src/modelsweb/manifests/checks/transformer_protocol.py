"""A transformer that speaks another protocol than its predictor."""

from collections.abc import Iterator

from modelsweb.manifests.check import KSERVE, Change, Check, Facts, Hit, Level
from modelsweb.objects.obj import Obj
from modelsweb.text import text
from modelsweb.topology.predictor import model

_OPTION = "--predictor_protocol"


def _look(document: Obj, facts: Facts) -> Iterator[Hit]:
    spoken = str(model(document).get("protocolVersion") or "")  # a default depends on the version of KServe
    for number, container in enumerate(document.items("spec", "transformer", "containers")):
        given = container.get("args")
        arguments = given if isinstance(given, list) else []
        for place, word in enumerate(arguments):
            option, separator, value = str(word).partition("=")
            if option != _OPTION:
                continue
            at = place if separator else place + 1
            said = value if separator else str(arguments[at]) if at < len(arguments) else ""
            if spoken and said and _family(said) != _family(spoken):
                path = ("spec", "transformer", "containers", number, "args", at)
                new = f"{_OPTION}={spoken}" if separator else spoken
                yield Hit(path, {"transformer": said, "predictor": spoken}, (Change(path, new),))


def _family(protocol: str) -> str:
    """Over HTTP or gRPC, it is one protocol."""
    return protocol.removeprefix("grpc-")


CHECK = Check(
    id="transformer-protocol",
    level=Level.BROKEN,
    kinds=("InferenceService",),
    sentence=text(
        "The transformer calls the predictor with protocol {transformer}; the predictor speaks {predictor}. Every request fails."
    ),
    source=KSERVE + "python/kserve/kserve/model_server.py",
    look=_look,
)
