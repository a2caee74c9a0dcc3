"""Whether an object is as a document describes it."""

from collections.abc import Mapping
from typing import Any

_DESCRIBED = ("labels", "annotations")


def holds(live: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """All that a document asks for is so; the cluster may have set more, and counts its own status for nothing."""
    parts = {key: value for key, value in wanted.items() if key not in {"metadata", "status", "apiVersion"}}
    metadata = wanted.get("metadata")
    described = (
        {key: metadata[key] for key in _DESCRIBED if metadata.get(key)}
        if isinstance(metadata, Mapping)
        else {}
    )
    return _has(live, parts) and _has(live.get("metadata"), described)


def _has(live: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        return not wanted or (
            isinstance(live, Mapping)
            and all(value is None or _has(live.get(key), value) for key, value in wanted.items())
        )
    if isinstance(wanted, list):
        return (
            isinstance(live, list)
            and len(live) == len(wanted)
            and all(_has(one, other) for one, other in zip(live, wanted, strict=True))
        )
    return bool(live == wanted) and isinstance(live, bool) == isinstance(wanted, bool)
