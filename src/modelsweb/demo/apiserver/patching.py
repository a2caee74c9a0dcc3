"""Patches: merge (RFC 7386), JSON (RFC 6902), strategic merge for the lists that have a key, and apply."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import jsonpatch

from modelsweb.demo.apiserver.failure import Failure, FieldError, bad_request

_MERGE_KEYS: dict[str, str] = {
    "containers": "name",
    "initContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "ports": "port",
    "conditions": "type",
    "ownerReferences": "uid",
    "imagePullSecrets": "name",
    "secrets": "name",
}


def merge(target: Any, patch: Any) -> Any:
    """RFC 7386: mappings merge, null removes, everything else replaces."""
    if not isinstance(patch, Mapping):
        return copy.deepcopy(patch)
    result = dict(target) if isinstance(target, Mapping) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge(result.get(key), value)
    return result


def strategic_merge(target: Any, patch: Any, *, list_key: str | None = None) -> Any:
    """Like ``merge``, but lists of mappings with a known key merge by it."""
    if isinstance(patch, Mapping):
        result = dict(target) if isinstance(target, Mapping) else {}
        for key, value in patch.items():
            if key.startswith("$"):
                continue
            if value is None:
                result.pop(key, None)
            else:
                result[key] = strategic_merge(result.get(key), value, list_key=_MERGE_KEYS.get(key))
        return result
    if list_key and isinstance(patch, list) and isinstance(target, list):
        return _merge_lists(target, patch, key=list_key)
    return copy.deepcopy(patch)


def _merge_lists(target: list[Any], patch: list[Any], *, key: str) -> list[Any]:
    result = list(target)
    for item in patch:
        index = next((i for i, old in enumerate(result) if old.get(key) == item.get(key)), None)
        if item.get("$patch") == "delete":
            if index is not None:
                del result[index]
        elif index is None:
            result.append(copy.deepcopy(item))
        else:
            result[index] = strategic_merge(result[index], item)
    return result


class _Test(jsonpatch.TestOperation):
    """The real server takes a field that is not there for null, so that a patch may ask whether it is still absent."""

    def apply(self, obj: Any) -> Any:
        """Raises JsonPatchTestFailed."""
        parent, key = self.pointer.to_last(obj)
        is_absent = isinstance(parent, Mapping) and key not in parent
        return obj if is_absent and self.operation.get("value") is None else super().apply(obj)


class _Patch(jsonpatch.JsonPatch):
    operations = MappingProxyType({**jsonpatch.JsonPatch.operations, "test": _Test})


def json_patch(target: Mapping[str, Any], patch: Any) -> dict[str, Any]:
    """RFC 6902. Raises 422 where an operation does not fit the object, 400 where it is no patch."""
    if not isinstance(patch, list):
        raise bad_request("json: cannot unmarshal object into Go value of type jsonpatch.Patch")
    try:
        result: dict[str, Any] = _Patch(patch).apply(dict(target))
    except (
        jsonpatch.JsonPatchConflict,
        jsonpatch.JsonPatchTestFailed,
        jsonpatch.JsonPointerException,
    ) as error:
        raise Failure(
            422, "Invalid", message=f"the server rejected our request due to an error in our request: {error}"
        ) from error
    except jsonpatch.JsonPatchException as error:
        raise bad_request(f"error decoding patch: {error}") from error
    return result


# -- server-side apply --------------------------------------------------------------------------------------------

Path = tuple[str, ...]
_NOT_OWNED = {
    ("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace"), ("metadata", "uid"),
    ("metadata", "resourceVersion"), ("metadata", "creationTimestamp"), ("metadata", "generation"),
    ("metadata", "deletionTimestamp"), ("metadata", "deletionGracePeriodSeconds"), ("metadata", "generateName"),
}  # fmt: skip


def leaves(obj: Mapping[str, Any], prefix: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The fields that somebody can own: everything but mappings; lists are owned whole."""
    for key, value in obj.items():
        path = (*prefix, key)
        if path in _NOT_OWNED or path == ("metadata", "managedFields"):
            continue
        if isinstance(value, Mapping) and value:
            yield from leaves(value, path)
        else:
            yield path, value


class Ownership:
    """Who set which field of one object. A simplification of the real rules: lists are atomic."""

    def __init__(self) -> None:
        self._fields: dict[tuple[str, str, str], dict[Path, str]] = {}

    def updated(
        self, manager: str, before: Mapping[str, Any], *, after: Mapping[str, Any], subresource: str, at: str
    ) -> None:
        """The manager owns what an update changed; nobody owns what it removed."""
        old, new = dict(leaves(before)), dict(leaves(after))
        changed = {path for path, value in new.items() if path not in old or old[path] != value}
        gone = old.keys() - new.keys()
        if not changed and not gone:
            return
        for fields in self._fields.values():
            for path in changed | gone:
                fields.pop(path, None)
        self._own((manager, "Update", subresource), changed, at=at)

    def applied(
        self, manager: str, before: Mapping[str, Any], *, config: Mapping[str, Any], force: bool, at: str
    ) -> dict[str, Any]:
        """The object after an apply. Raises 409 naming each field that another manager set to something else."""
        me = (manager, "Apply", "")
        old, wanted = dict(leaves(before)), dict(leaves(config))
        clashes = [
            (other, path)
            for other, fields in self._fields.items()
            if other != me
            for path in wanted
            if path in fields and old.get(path) != wanted[path]
        ]
        if clashes and not force:
            raise _conflicts(clashes)
        result = copy.deepcopy(dict(before))
        others = {path for other, fields in self._fields.items() if other != me for path in fields}
        for path in self._fields.get(me, {}).keys() - wanted.keys() - others:
            _remove(result, path)
        for path, value in wanted.items():
            _set(result, path, value=value)
        for other, path in clashes:
            self._fields[other].pop(path, None)
        kept = self._fields.get(me, {})
        self._fields[me] = {path: kept.get(path, at) for path in wanted}
        return result

    def _own(self, owner: tuple[str, str, str], paths: set[Path], *, at: str) -> None:
        if paths:
            self._fields.setdefault(owner, {}).update(dict.fromkeys(paths, at))

    def managed_fields(self, api_version: str) -> list[dict[str, Any]]:
        """``metadata.managedFields``."""
        entries = []
        for (manager, operation, subresource), fields in self._fields.items():
            if not fields:
                continue
            tree: dict[str, Any] = {}
            for path in sorted(fields):
                branch = tree
                for step in path:
                    branch = branch.setdefault(f"f:{step}", {})
            entry = {
                "manager": manager,
                "operation": operation,
                "apiVersion": api_version,
                "time": max(fields.values()),
                "fieldsType": "FieldsV1",
                "fieldsV1": tree,
            }
            entries.append(entry | ({"subresource": subresource} if subresource else {}))
        return entries


def _conflicts(clashes: Sequence[tuple[tuple[str, str, str], Path]]) -> Failure:
    causes = [
        FieldError(
            field="." + ".".join(path),
            reason="FieldManagerConflict",
            message=f'conflict with "{owner[0]}"' + (f' with subresource "{owner[2]}"' if owner[2] else ""),
        )
        for owner, path in clashes
    ]
    number = f"{len(causes)} conflict{'s' if len(causes) > 1 else ''}"
    listed = ", ".join(f"{cause.message}: {cause.field}" for cause in causes)
    return Failure(409, "Conflict", message=f"Apply failed with {number}: {listed}", causes=causes)


def _set(obj: dict[str, Any], path: Path, *, value: Any) -> None:
    for step in path[:-1]:
        inner = obj.get(step)
        if not isinstance(inner, dict):
            inner = obj[step] = {}
        obj = inner
    obj[path[-1]] = copy.deepcopy(value)


def _remove(obj: dict[str, Any], path: Path) -> None:
    for step in path[:-1]:
        inner = obj.get(step)
        if not isinstance(inner, dict):
            return
        obj = inner
    obj.pop(path[-1], None)
