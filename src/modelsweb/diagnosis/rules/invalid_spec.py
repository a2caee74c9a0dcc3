"""KServe refuses the spec at run time: no runtime fits it, or the runtime cannot be used."""

from collections.abc import Iterator
from datetime import datetime
from difflib import get_close_matches

from modelsweb.diagnosis.finding import Finding, Rule, on_service
from modelsweb.text import Text, text
from modelsweb.topology import predictor
from modelsweb.topology.family import Family

_ID = "invalid-spec"
_MOST = 20
_ALIKE = 0.8
"""A slip of the hand; catboost and xgboost are less alike."""
_MEANT = {
    "scikit-learn": "sklearn",
    "scikit": "sklearn",
    "scikitlearn": "sklearn",
    "sk-learn": "sklearn",
    "xgb": "xgboost",
    "lgbm": "lightgbm",
    "light-gbm": "lightgbm",
    "torch": "pytorch",
    "torchscript": "pytorch",
    "tf": "tensorflow",
    "keras": "tensorflow",
    "savedmodel": "tensorflow",
    "hf": "huggingface",
    "hugging-face": "huggingface",
    "transformers": "huggingface",
    "vllm": "huggingface",
    "trt": "tensorrt",
    "paddlepaddle": "paddle",
    "spark": "sparkml",
}
"""Names of libraries that people write for the formats that the runtimes of KServe list."""


def _check(family: Family, now: datetime) -> Iterator[Finding]:
    if family.service.string("status", "modelStatus", "transitionStatus") == "InvalidSpec":
        yield on_service(_ID, family, _sentence(family))


def _sentence(family: Family) -> Text:
    service = family.service
    reason = service.string("status", "modelStatus", "lastFailureInfo", "reason")
    message = service.string("status", "modelStatus", "lastFailureInfo", "message")
    runtime = service.string("spec", "predictor", "model", "runtime")
    model_format = predictor.model_format(service)
    if reason == "NoSupportingRuntime" and runtime and "protocol" not in message:
        return text(
            "The serving runtime {runtime} does not support the format {format}.",
            runtime=runtime,
            format=model_format,
        )
    if reason == "NoSupportingRuntime" and not runtime and (meant := _meant(model_format, family.formats)):
        return text(
            "No serving runtime supports the format {format}. Did you mean {meant}?",
            format=model_format,
            meant=meant,
        )
    is_unknown = bool(family.formats) and model_format not in family.formats
    if reason == "NoSupportingRuntime" and not runtime and is_unknown:
        return text(
            "No serving runtime supports the format {format}. Supported formats: {formats}.",
            format=model_format,
            formats=", ".join(family.formats[:_MOST]),
        )
    if reason == "NoSupportingRuntime" and not runtime:
        protocol = predictor.protocol(service)
        if protocol:  # a runtime may have the format and lack the protocol
            return text(
                "No serving runtime supports the format {format} with the protocol {protocol}.",
                format=model_format,
                protocol=protocol,
            )
        return text("No serving runtime supports the format {format}.", format=model_format)
    if reason == "RuntimeNotRecognized":
        return text("The serving runtime {runtime} does not exist.", runtime=runtime)
    if reason == "RuntimeDisabled":
        return text("The serving runtime {runtime} is disabled.", runtime=runtime)
    return text("KServe cannot serve the model with this spec: {message}", message=message or reason)


def _meant(given: str, formats: tuple[str, ...]) -> str:
    """The format that was meant, of those that runtimes have where they were read; empty where none comes near."""
    if given in formats:
        return ""
    known = _MEANT.get(given.lower(), "")
    if not formats or known in formats:
        return known
    return next(iter(get_close_matches(given.lower(), formats, 1, _ALIKE)), "")


RULE = Rule(
    _ID,
    text("No serving runtime fits the model, or the one that is asked for cannot be used."),
    _check,
    text(
        "Correct the format, protocol or runtime in the spec. To list the runtimes of the cluster, run kubectl get clusterservingruntimes."
    ),
)
