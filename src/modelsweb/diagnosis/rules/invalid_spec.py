"""KServe refuses the spec at run time: no runtime fits it, or the runtime cannot be used."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from typing import NamedTuple

from modelsweb.diagnosis.finding import FieldPatch, Finding, Remedy, Rule, on_service
from modelsweb.text import Text, text
from modelsweb.topology import predictor
from modelsweb.topology.runtime_selection import DEFAULT_PROTOCOL, Reason, Wanted, select
from modelsweb.topology.service_snapshot import ServiceSnapshot
from modelsweb.topology.wanted_runtime import meant, named_by, wanted

_MODEL = ("spec", "predictor", "model")
_FORMAT = (*_MODEL, "modelFormat", "name")
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


class _Told(NamedTuple):
    """What is wrong, and the change that mends it, where one is known."""

    text: Text
    patch: tuple[FieldPatch, ...] = ()


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    if snapshot.service.string("status", "modelStatus", "transitionStatus") == "InvalidSpec":
        near = _meant_by(snapshot)
        told = None if near else _by_selection(snapshot)
        if told is None:
            told = _Told(_sentence(snapshot, near), (FieldPatch(_FORMAT, near),) if near else ())
        yield on_service(
            snapshot,
            told.text,
            field="status.modelStatus",
            remedy=replace(RULE.remedy, patch=told.patch),
        )


def _by_selection(snapshot: ServiceSnapshot) -> _Told | None:
    """What KServe's own choice among the runtimes that are there says of the service now, which outranks what it wrote; None where
    they were not all read, or where that says no more than the format."""
    asked = wanted(snapshot.service)
    reason = snapshot.service.string("status", "modelStatus", "lastFailureInfo", "reason")
    is_chosen_here = snapshot.knows_runtimes and not predictor.is_model_mesh(snapshot.service)
    if asked is None or not is_chosen_here or reason != "NoSupportingRuntime":
        return None
    selection = select(snapshot.runtimes, asked)
    if selection.chosen is not None:
        return _Told(
            text(
                "KServe found no serving runtime for the format {format}; {runtime} fits by now. KServe looks again when the service is changed or restarted.",
                format=asked.format,
                runtime=selection.chosen.name,
            )
        )
    named = named_by(snapshot.runtimes, asked) if asked.runtime else None
    if named is not None:
        return _of_named(asked, selection.reason(named))
    other = meant(snapshot.runtimes, asked)
    if other.versions:
        words = text(
            "No serving runtime supports version {version} of the format {format}. Supported versions: {versions}.",
            version=asked.version,
            format=asked.format,
            versions=", ".join(other.versions),
        )
        only = other.versions[0] if len(other.versions) == 1 else ""
        return _Told(words, (FieldPatch((*_MODEL, "modelFormat", "version"), only),) if only else ())
    if other.protocol:
        words = text(
            "Without a protocol in the spec KServe asks for {protocol}, with which no serving runtime supports the format {format}; {runtime} supports it with {other}.",
            protocol=DEFAULT_PROTOCOL,
            format=asked.format,
            runtime=other.runtime,
            other=other.protocol,
        )
        return _Told(words, (FieldPatch((*_MODEL, "protocolVersion"), other.protocol),))
    return None


def _of_named(asked: Wanted, reason: Reason | None) -> _Told | None:
    """What keeps the runtime that is named from being taken; None for the format, which is told below."""
    values = {"runtime": asked.runtime, "format": asked.format}
    match reason:
        case Reason.DISABLED:
            return _Told(text("The serving runtime {runtime} is disabled.", runtime=asked.runtime))
        case Reason.VERSION:
            return _Told(
                text(
                    "The serving runtime {runtime} does not support version {version} of the format {format}.",
                    version=asked.version,
                    **values,
                )
            )
        case Reason.PROTOCOL:
            return _Told(
                text(
                    "The serving runtime {runtime} does not speak the protocol {protocol}.",
                    runtime=asked.runtime,
                    protocol=asked.protocol,
                )
            )
    return None


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
