"""How KServe combines an LLM service with its configurations: as strategic merge patches, with names filled in."""

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any

from modelsweb.topology.effective_spec import MERGE_KEYS

_CHILD_NAME = re.compile(r"\{\{ *ChildName +\.ObjectMeta\.Name +`([^`]*)` *\}\}")


def combined(specs: Iterable[Mapping[str, Any]], *, name: str) -> dict[str, Any]:
    """The later ones over the earlier; ``name`` is the service's."""
    result: Any = {}
    for spec in specs:
        result = _merged(result, spec, key="")
    return {**_filled(result, name)}


def _merged(base: Any, over: Any, *, key: str) -> Any:
    if isinstance(base, Mapping) and isinstance(over, Mapping):
        return {
            **copy.deepcopy(dict(base)),
            **{one: _merged(base.get(one), value, key=one) for one, value in over.items()},
        }
    by = MERGE_KEYS.get(key)
    if by is None or not isinstance(base, list) or not isinstance(over, list):
        return copy.deepcopy(over)
    items = {one.get(by): one for one in base}
    for one in over:
        items[one.get(by)] = _merged(items.get(one.get(by)), one, key="")
    return list(items.values())


def _filled(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(one, name) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, name) for one in value]
    return _CHILD_NAME.sub(lambda found: name + found[1], value) if isinstance(value, str) else value
