"""What a serving runtime says of itself, of a namespace or of the whole cluster."""

from collections.abc import Iterator, Mapping
from typing import Any

from modelsweb.objects.obj import Obj


def formats_of(runtime: Obj) -> Iterator[Mapping[str, Any]]:
    """The entries of the model formats that it serves; a format has one for each version."""
    return runtime.items("spec", "supportedModelFormats")


def format_names(runtime: Obj) -> tuple[str, ...]:
    """The names of these formats, each once."""
    return tuple(dict.fromkeys(str(one["name"]) for one in formats_of(runtime) if one.get("name")))


def protocols_of(runtime: Obj) -> tuple[str, ...]:
    """The protocols that it speaks; empty where it names none, which means any."""
    given = runtime.mapping("spec").get("protocolVersions")
    return tuple(map(str, given)) if isinstance(given, list) else ()


def is_disabled(runtime: Obj) -> bool:
    """KServe lets no service use it."""
    return runtime.mapping("spec").get("disabled") is True


def is_multi_model(runtime: Obj) -> bool:
    """It holds several models."""
    return runtime.mapping("spec").get("multiModel") is True


def has_workers(runtime: Obj) -> bool:
    """It is for services on several nodes."""
    return bool(runtime.mapping("spec").get("workerSpec"))
