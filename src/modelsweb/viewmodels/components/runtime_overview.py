"""What a serving runtime serves and how, of a namespace or of the whole cluster."""

from dataclasses import dataclass

from modelsweb.objects.obj import Obj
from modelsweb.topology.serving_runtime import (
    formats_of,
    has_workers,
    is_disabled,
    is_multi_model,
    protocols_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedFormat:
    """A model format. ``is_auto`` is that KServe may choose the runtime for it unasked; ``priority`` is None where it has none."""

    name: str
    version: str
    is_auto: bool
    priority: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeOverview:
    """The part of the page. ``protocols`` is empty where the runtime names none."""

    formats: tuple[ServedFormat, ...]
    protocols: tuple[str, ...]
    images: tuple[str, ...]
    is_disabled: bool
    is_multi_model: bool
    has_workers: bool


def runtime_overview(runtime: Obj) -> RuntimeOverview:
    """What it serves, as its spec says."""
    return RuntimeOverview(
        formats=tuple(
            ServedFormat(
                name=str(one.get("name") or ""),
                version=str(one.get("version") or ""),
                is_auto=one.get("autoSelect") is True,
                priority=priority if isinstance(priority := one.get("priority"), int) else None,
            )
            for one in formats_of(runtime)
        ),
        protocols=protocols_of(runtime),
        images=tuple(str(one["image"]) for one in runtime.items("spec", "containers") if one.get("image")),
        is_disabled=is_disabled(runtime),
        is_multi_model=is_multi_model(runtime),
        has_workers=has_workers(runtime),
    )
