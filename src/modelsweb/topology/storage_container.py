"""Which storage container downloads from an address, as KServe decides it.

One that is not disabled, is for the same work, and has a prefix or pattern that fits. Where several do, none of them comes first: KServe
takes them from a cache that has no order. A pattern that is none makes KServe fail where it comes to it.
https://github.com/kserve/kserve/blob/master/pkg/apis/serving/v1alpha1/storage_container_types.go
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import re2

from modelsweb.objects.obj import Obj

INIT_CONTAINER = "initContainer"
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False


class Miss(StrEnum):
    """Why a container is not taken; the first that holds."""

    DISABLED = "disabled"
    OTHER_WORK = "other work"
    NO_FORMAT = "no format"
    BROKEN = "broken"
    """A pattern of it is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A container with why it is not taken, None where it may be, and the prefix or pattern that fits."""

    container: Obj
    miss: Miss | None
    fits: str = ""


def workload(container: Obj) -> str:
    """What it works as."""
    return container.string("spec", "workloadType") or INIT_CONTAINER


def is_disabled(container: Obj) -> bool:
    """It is switched off: at the top of the object, not in its spec."""
    return container.raw.get("disabled") is True


def formats(container: Obj) -> tuple[tuple[str, str], ...]:
    """The prefixes and patterns in their order, each as its kind (prefix or regex) and itself; of an entry that has both the prefix
    counts."""
    found = []
    for one in container.items("spec", "supportedUriFormats"):
        form = next((form for form in ("prefix", "regex") if one.get(form)), "")
        if form:
            found.append((form, str(one[form])))
    return tuple(found)


def fitting(container: Obj, uri: str) -> str:
    """The first prefix or pattern that an address fits; empty for none. A pattern may fit anywhere in it. Raises re2.error where one
    that is looked at before is no pattern."""
    for form, value in formats(container):
        fits = uri.startswith(value) if form == "prefix" else bool(re2.search(value, uri, _OPTIONS))
        if fits:
            return value
    return ""


def tried(containers: Iterable[Obj], uri: str, *, work: str = INIT_CONTAINER) -> tuple[Tried, ...]:
    """All, by name."""
    return tuple(_tried(one, uri, work=work) for one in sorted(containers, key=lambda one: one.name))


def _tried(container: Obj, uri: str, *, work: str) -> Tried:
    if is_disabled(container):
        return Tried(container=container, miss=Miss.DISABLED)
    if workload(container) != work:
        return Tried(container=container, miss=Miss.OTHER_WORK)
    try:
        fits = fitting(container, uri)
    except re2.error:
        return Tried(container=container, miss=Miss.BROKEN)
    return Tried(container=container, miss=None if fits else Miss.NO_FORMAT, fits=fits)
