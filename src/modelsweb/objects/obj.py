"""Read-only, typed access to a Kubernetes object.

Every accessor states what is returned where the field is absent or of the wrong type: objects come from users
and from controllers of many versions, and a page must show all of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, NewType, TypeVar

from modelsweb.clock import parse_time

Namespace = NewType("Namespace", str)
Name = NewType("Name", str)
Uid = NewType("Uid", str)
Made = TypeVar("Made")


def dig(value: Any, *path: str | int) -> Any:
    """The value at a path of keys and indexes, or None where the path ends early."""
    for step in path:
        # Nearly all of what is asked: an ABC's instance check costs several times a look-up.
        if type(value) is dict and type(step) is str:
            value = value.get(step)
        elif isinstance(step, int):
            if not isinstance(value, Sequence) or isinstance(value, str) or step >= len(value):
                return None
            value = value[step]
        elif isinstance(value, Mapping):
            value = value.get(step)
        else:
            return None
    return value


def once(find: Callable[["Obj"], Made]) -> Callable[["Obj"], Made]:
    """Finds a thing out once for each object: rules ask for the same again and again."""

    @wraps(find)
    def found(obj: "Obj") -> Made:
        try:
            value: Made = obj.known[find]
        except KeyError:
            value = obj.known[find] = find(obj)
        return value

    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One entry of ``status.conditions``."""

    type: str
    status: str
    reason: str = ""
    message: str = ""
    severity: str = ""
    since: datetime | None = None

    @property
    def is_true(self) -> bool:
        """The status is True."""
        return self.status == "True"

    @property
    def said(self) -> str:
        """Reason and message, as far as there are any; else the status."""
        return ": ".join(filter(None, (self.reason, self.message))) or self.status

    @property
    def is_false(self) -> bool:
        """The status is False."""
        return self.status == "False"


@dataclass(frozen=True, slots=True)
class Obj:
    """A Kubernetes object as the API server sent it, less its managedFields."""

    raw: Mapping[str, Any]
    known: dict[Callable[["Obj"], Any], Any] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )
    """What was found out about it, by what finds it (``once``); it does not change."""

    def string(self, *path: str | int) -> str:
        """The string at the path; empty where absent or no string."""
        value = dig(self.raw, *path)
        return value if isinstance(value, str) else ""

    def integer(self, *path: str | int) -> int | None:
        """The whole number at the path, or None."""
        value = dig(self.raw, *path)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def amount(self, *path: str | int) -> str:
        """The quantity at the path as it is written, which may be as a number; empty where absent or neither."""
        value = dig(self.raw, *path)
        return str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""

    def mapping(self, *path: str | int) -> Mapping[str, Any]:
        """The mapping at the path; empty where absent or no mapping."""
        value = dig(self.raw, *path)
        return value if type(value) is dict or isinstance(value, Mapping) else {}

    def items(self, *path: str | int) -> Iterator[Mapping[str, Any]]:
        """The mappings in the list at the path; other items are passed over."""
        value = dig(self.raw, *path)
        if isinstance(value, Sequence) and not isinstance(value, str):
            yield from (item for item in value if type(item) is dict or isinstance(item, Mapping))

    @property
    def kind(self) -> str:
        """``kind``, or empty."""
        return self.string("kind")

    @property
    def name(self) -> str:
        """``metadata.name``, or empty."""
        return self.string("metadata", "name")

    @property
    def namespace(self) -> str:
        """``metadata.namespace``; empty for cluster-scoped objects."""
        return self.string("metadata", "namespace")

    @property
    def uid(self) -> str:
        """``metadata.uid``, or empty."""
        return self.string("metadata", "uid")

    @property
    def resource_version(self) -> str:
        """``metadata.resourceVersion``, or empty."""
        return self.string("metadata", "resourceVersion")

    @property
    def created(self) -> datetime | None:
        """When the object was created."""
        return parse_time(self.string("metadata", "creationTimestamp"))

    @property
    def deleted(self) -> datetime | None:
        """When deletion was asked for, or None."""
        return parse_time(self.string("metadata", "deletionTimestamp"))

    @property
    def finalizers(self) -> tuple[str, ...]:
        """``metadata.finalizers``."""
        value = dig(self.raw, "metadata", "finalizers")
        return tuple(str(item) for item in value) if isinstance(value, Sequence) else ()

    def annotation(self, key: str) -> str:
        """An annotation's value, or empty."""
        return self.string("metadata", "annotations", key)

    @property
    @once
    def labels(self) -> dict[str, str]:
        """``metadata.labels``, values as text."""
        return {str(key): str(value) for key, value in self.mapping("metadata", "labels").items()}

    @once
    def conditions(self) -> tuple[Condition, ...]:
        """``status.conditions`` in the order of the object; nonsense entries are passed over."""
        return tuple(
            Condition(
                type=str(item.get("type") or ""),
                status=str(item.get("status") or "Unknown"),
                reason=str(item.get("reason") or ""),
                message=str(item.get("message") or ""),
                severity=str(item.get("severity") or ""),
                since=parse_time(str(item.get("lastTransitionTime") or "")),
            )
            for item in self.items("status", "conditions")
            if item.get("type")
        )

    def condition(self, type_: str) -> Condition | None:
        """The condition of that type, or None."""
        return next((condition for condition in self.conditions() if condition.type == type_), None)
