"""Which storage container downloads from an address, as KServe decides it.

The first that is not disabled, is for the same work, and has a prefix or pattern that fits; the API server lists them by name.
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
    LATER = "later"
    """Another comes before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A container with why it is not taken (None for the one that is), and the prefix or pattern that fits."""

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
    """The prefixes and patterns in their order, each as its kind (prefix or regex) and itself."""
    return tuple(
        (form, str(one[form]))
        for one in container.items("spec", "supportedUriFormats")
        for form in ("prefix", "regex")
        if one.get(form)
    )


def fitting(container: Obj, uri: str) -> str:
    """The first prefix or pattern that an address fits; empty for none. A pattern may fit anywhere in it."""
    for form, value in formats(container):
        if uri.startswith(value) if form == "prefix" else _is_found(value, uri):
            return value
    return ""


def tried(containers: Iterable[Obj], uri: str, *, work: str = INIT_CONTAINER) -> tuple[Tried, ...]:
    """All in the order in which KServe looks at them."""
    found, is_taken = [], False
    for container in sorted(containers, key=lambda one: one.name):
        fits = fitting(container, uri)
        if is_disabled(container):
            miss: Miss | None = Miss.DISABLED
        elif workload(container) != work:
            miss = Miss.OTHER_WORK
        elif not fits:
            miss = Miss.NO_FORMAT
        else:
            miss, is_taken = (Miss.LATER if is_taken else None), True
        found.append(Tried(container=container, miss=miss, fits=fits))
    return tuple(found)


def _is_found(pattern: str, uri: str) -> bool:
    """Go's own expressions are RE2; one that is none fits nothing."""
    try:
        return re2.search(pattern, uri, _OPTIONS) is not None
    except re2.error:
        return False
