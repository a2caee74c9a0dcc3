"""What a serving runtime serves and how, of a namespace or of the whole cluster."""

from dataclasses import dataclass

from modelsweb.objects.obj import Obj


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
    spec = runtime.mapping("spec")
    protocols = spec.get("protocolVersions")
    return RuntimeOverview(
        formats=tuple(
            ServedFormat(
                name=str(one.get("name") or ""),
                version=str(one.get("version") or ""),
                is_auto=one.get("autoSelect") is True,
                priority=priority if isinstance(priority := one.get("priority"), int) else None,
            )
            for one in runtime.items("spec", "supportedModelFormats")
        ),
        protocols=tuple(map(str, protocols)) if isinstance(protocols, list) else (),
        images=tuple(str(one["image"]) for one in runtime.items("spec", "containers") if one.get("image")),
        is_disabled=spec.get("disabled") is True,
        is_multi_model=spec.get("multiModel") is True,
        has_workers=isinstance(spec.get("workerSpec"), dict),
    )
