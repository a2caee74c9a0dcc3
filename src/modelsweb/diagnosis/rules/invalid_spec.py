"""KServe refuses the spec at run time: no runtime fits it, or the runtime cannot be used."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches

from modelsweb.diagnosis.finding import FieldPatch, Finding, Remedy, Rule, on_service
from modelsweb.text import Text, text
from modelsweb.topology import predictor
from modelsweb.topology.service_snapshot import ServiceSnapshot

_FORMAT = ("spec", "predictor", "model", "modelFormat", "name")
_MAX = 20
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


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    if snapshot.service.string("status", "modelStatus", "transitionStatus") == "InvalidSpec":
        meant = _meant_by(snapshot)
        patch = (FieldPatch(_FORMAT, meant),) if meant else ()
        yield on_service(
            snapshot,
            _sentence(snapshot, meant),
            field="status.modelStatus",
            remedy=replace(RULE.remedy, patch=patch),
        )


def _meant_by(snapshot: ServiceSnapshot) -> str:
    """The format that was meant, where KServe chooses the runtime and finds none; empty where nobody can tell."""
    service = snapshot.service
    reason = service.string("status", "modelStatus", "lastFailureInfo", "reason")
    if reason != "NoSupportingRuntime" or service.string("spec", "predictor", "model", "runtime"):
        return ""
    return _meant(predictor.model_format(service), snapshot.formats)


def _sentence(snapshot: ServiceSnapshot, meant: str) -> Text:
    service = snapshot.service
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
    if meant:
        return text(
            "No serving runtime supports the format {format}. Did you mean {meant}?",
            format=model_format,
            meant=meant,
        )
    is_unknown = bool(snapshot.formats) and model_format not in snapshot.formats
    if reason == "NoSupportingRuntime" and not runtime and is_unknown:
        return text(
            "No serving runtime supports the format {format}. Supported formats: {formats}.",
            format=model_format,
            formats=", ".join(snapshot.formats[:_MAX]),
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
    id="invalid-spec",
    rank=10,
    summary=text("No serving runtime fits the model, or the one that is asked for cannot be used."),
    check=_check,
    remedy=Remedy(
        text(
            "Correct the format, protocol or runtime in the spec. To list the runtimes of the cluster, run kubectl get clusterservingruntimes."
        )
    ),
)
