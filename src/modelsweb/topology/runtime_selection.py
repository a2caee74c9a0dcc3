"""Which serving runtime KServe takes for a model, and why not the others.

The order is that of ``GetSupportingRuntimes``: a runtime that is named is taken if it fits; else the namespace's own go before
those of the cluster, the higher priority first, then the lower protocol, the newer and the name.
https://github.com/kserve/kserve/blob/master/pkg/apis/serving/v1beta1/predictor_model.go
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from modelsweb.objects.obj import Obj
from modelsweb.topology.serving_runtime import (
    formats_of,
    has_workers,
    is_disabled,
    is_multi_model,
    protocols_of,
)

PROTOCOLS = ("v1", "v2", "grpc-v1", "grpc-v2")
DEFAULT_PROTOCOL = "v1"


class Reason(StrEnum):
    """Why a runtime is not taken; the first that holds."""

    DISABLED = "disabled"
    MULTI_MODEL = "multi-model"
    WORKERS = "workers"
    FORMAT = "format"
    VERSION = "version"
    PROTOCOL = "protocol"
    NOT_SELECTED = "not-selected"
    """It fits, but has to be named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a model asks for; empty where it says nothing. An unset protocol counts as v1."""

    format: str
    version: str = ""
    protocol: str = ""
    runtime: str = ""
    has_workers: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """The runtime that is taken, if any; the reason against each other one, by its place among those given."""

    chosen: Obj | None
    reasons: tuple[tuple[Obj, Reason | None], ...]

    def reason(self, runtime: Obj) -> Reason | None:
        """Why one is not taken; None for one that could be."""
        return next(reason for one, reason in self.reasons if one is runtime)


def select(runtimes: Iterable[Obj], wanted: Wanted) -> Selection:
    """The choice among the namespace's own runtimes and the cluster's. A name that both have is the namespace's."""
    given = list(runtimes)
    reasons = tuple((one, _reason(one, wanted)) for one in given)
    if wanted.runtime:
        named = [one for one in sorted(given, key=_is_of_cluster) if one.name == wanted.runtime][:1]
        fits = [one for one in named if _reason(one, wanted) is None]
        return Selection(next(iter(fits), None), reasons)
    fitting = [one for one, reason in reasons if reason is None]
    return Selection(min(fitting, key=lambda one: _rank(one, wanted), default=None), reasons)


def _reason(runtime: Obj, wanted: Wanted) -> Reason | None:
    if is_disabled(runtime):
        return Reason.DISABLED
    if not wanted.runtime and is_multi_model(runtime):
        return Reason.MULTI_MODEL
    if not wanted.runtime and has_workers(runtime) != wanted.has_workers:
        return Reason.WORKERS
    formats = [one for one in formats_of(runtime) if one.get("name") == wanted.format]
    if not formats:
        return Reason.FORMAT
    if wanted.version and not any(str(one.get("version", "")) == wanted.version for one in formats):
        return Reason.VERSION
    if not _speaks(runtime, wanted):
        return Reason.PROTOCOL
    if not wanted.runtime and not _entries(runtime, wanted):
        return Reason.NOT_SELECTED
    return None


def _speaks(runtime: Obj, wanted: Wanted) -> bool:
    protocols = protocols_of(runtime)
    if not protocols:
        return True
    asked = wanted.protocol or ("" if wanted.runtime else DEFAULT_PROTOCOL)
    return not asked or asked in protocols


def _entries(runtime: Obj, wanted: Wanted) -> list[Mapping[str, Any]]:
    """The entries by which KServe takes a runtime unasked."""
    return [
        one
        for one in formats_of(runtime)
        if one.get("name") == wanted.format
        and one.get("autoSelect") is True
        and (not wanted.version or str(one.get("version", "")) == wanted.version)
    ]


def _rank(runtime: Obj, wanted: Wanted) -> tuple[bool, int, int, float, str]:
    priorities = [one.get("priority") for one in _entries(runtime, wanted)]
    priority = max((one for one in priorities if isinstance(one, int)), default=0)
    known = (PROTOCOLS.index(one) for one in protocols_of(runtime) if one in PROTOCOLS)
    lowest = min(known, default=len(PROTOCOLS))
    made = runtime.created.timestamp() if runtime.created is not None else 0.0
    return _is_of_cluster(runtime), -priority, lowest, -made, runtime.name


def _is_of_cluster(runtime: Obj) -> bool:
    return not runtime.namespace
