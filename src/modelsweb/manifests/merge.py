"""What a user changed, merged with what others changed meanwhile: field by field, lists by the names of their items."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from modelsweb.manifests.plan import as_new

Path = tuple[str | int, ...]
_KEYS = ("name", "mountPath", "uri", "containerPort", "key")
"""What tells the items of a list apart; the first that all of them have."""
_READ_ONLY = ("finalizers", "ownerReferences")
MINE, THEIRS = "mine", "theirs"
_DIGITS = 16


class _Missing:
    def __repr__(self) -> str:
        return "missing"


_MISSING = _Missing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A field that both sides changed, each to something else; None where it is not there."""

    path: Path
    base: Any
    mine: Any
    theirs: Any

    @property
    def field(self) -> str:
        """The path for people; items of lists by their names."""
        return path_text(self.path)

    def choice(self, side: str) -> str:
        """What settles it for one side, as long as theirs stays as it was when it was chosen."""
        seen = json.dumps(self.theirs, sort_keys=True, default=str)
        return f"{side}:{sha256(seen.encode()).hexdigest()[:_DIGITS]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDifference:
    """One field before and after; None where it is not there. ``path`` goes through mappings only."""

    path: tuple[str, ...]
    before: Any
    after: Any

    @property
    def field(self) -> str:
        """The path for people."""
        return path_text(self.path)


@dataclass(slots=True)
class Merge:
    """The object that results; it is only what is wanted when no conflict is left."""

    choices: Mapping[str, str] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    """Those that the choices do not settle."""
    result: Any = None


def path_text(path: Iterable[str | int]) -> str:
    """Steps as one text: ``spec.predictor.model.env[A].value``."""
    words = ""
    for step in path:
        words += f"[{step}]" if isinstance(step, int) or "/" in step else f".{step}"
    return words.lstrip(".")


def editable(raw: Mapping[str, Any]) -> dict[str, Any]:
    """An object less what only the cluster sets."""
    value, _ = as_new(raw)
    value["metadata"] = {key: one for key, one in value["metadata"].items() if key not in _READ_ONLY}
    return value


def merged(
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    *,
    theirs: Mapping[str, Any],
    choices: Mapping[str, str] | None = None,
) -> Merge:
    """The merge of two edits of one object; ``choices`` settle conflicts by their fields (``Conflict.choice``)."""
    merge = Merge(choices or {})
    merge.result = _merged(merge, (), base=base, mine=mine, theirs=theirs)
    return merge


def differences(before: Any, after: Any, *, path: tuple[str, ...] = ()) -> list[FieldDifference]:
    """The fields in which two objects differ; a list counts as one field."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        keys = [*before, *(key for key in after if key not in before)]
        return [
            one
            for key in keys
            for one in differences(before.get(key), after.get(key), path=(*path, str(key)))
        ]
    return [] if _is_same(before, after) else [FieldDifference(path=path, before=before, after=after)]


def _merged(merge: Merge, path: Path, *, base: Any, mine: Any, theirs: Any) -> Any:
    if _is_same(mine, base) or _is_same(mine, theirs):
        return theirs
    if _is_same(theirs, base):
        return mine
    sides = (base, mine, theirs)
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        return _merged_mappings(
            merge, path, base=base if isinstance(base, Mapping) else {}, mine=mine, theirs=theirs
        )
    if isinstance(mine, list) and isinstance(theirs, list) and (key := _key(*sides)):
        named = [{item[key]: item for item in side} if isinstance(side, list) else {} for side in sides]
        found = _merged_mappings(merge, path, base=named[0], mine=named[1], theirs=named[2])
        return [found[name] for name in _order(named[0], named[1], theirs=named[2]) if name in found]
    conflict = Conflict(
        path=path,
        **{
            name: None if one is _MISSING else one
            for name, one in zip(("base", MINE, THEIRS), sides, strict=True)
        },
    )
    choice = merge.choices.get(conflict.field)
    if choice not in {conflict.choice(MINE), conflict.choice(THEIRS)}:
        merge.conflicts.append(conflict)
    return theirs if choice == conflict.choice(THEIRS) else mine


def _merged_mappings(
    merge: Merge, path: Path, *, base: Mapping[Any, Any], mine: Mapping[Any, Any], theirs: Mapping[Any, Any]
) -> dict[Any, Any]:
    both: dict[Any, Any] = {}
    for key in [*theirs, *(key for key in mine if key not in theirs)]:
        value = _merged(
            merge,
            (*path, key if isinstance(key, int) else str(key)),
            base=base.get(key, _MISSING),
            mine=mine.get(key, _MISSING),
            theirs=theirs.get(key, _MISSING),
        )
        if value is not _MISSING:
            both[key] = value
    return both


def _order(base: Mapping[Any, Any], mine: Mapping[Any, Any], *, theirs: Mapping[Any, Any]) -> list[Any]:
    """The names of items: as I ordered them where I ordered them anew, else as they stand now."""
    is_mine = [name for name in mine if name in base] != [name for name in base if name in mine]
    first, second = (mine, theirs) if is_mine else (theirs, mine)
    return [*first, *(name for name in second if name not in first)]


def _key(*sides: Any) -> str:
    """What tells the items of all sides apart; empty where nothing does."""
    lists = [side for side in sides if isinstance(side, list)]
    for key in _KEYS:
        if all(_tells_apart(one, key) for one in lists):
            return key
    return ""


def _tells_apart(items: list[Any], key: str) -> bool:
    names = [item.get(key) if isinstance(item, Mapping) else None for item in items]
    return all(isinstance(name, str | int) for name in names) and len(set(names)) == len(names)


def _is_same(left: Any, other: Any) -> bool:
    """Equal, and not a number for a truth; null is as good as nothing."""
    left, other = (None if side is _MISSING else side for side in (left, other))
    if isinstance(left, bool) != isinstance(other, bool):
        return False
    if isinstance(left, Mapping) and isinstance(other, Mapping):
        return all(_is_same(left.get(key), other.get(key)) for key in {*left, *other})
    if isinstance(left, list) and isinstance(other, list):
        return len(left) == len(other) and all(map(_is_same, left, other))
    return bool(left == other)
