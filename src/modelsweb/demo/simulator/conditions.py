"""Conditions as Knative's library keeps them: sorted by type, and a new time with any change."""

from collections.abc import Iterable, Mapping
from typing import Any


class Conditions:
    """The conditions of one object while a controller works on it.

    ``dependents`` are the conditions that the top one is made of; all others carry severity Info.
    """

    def __init__(
        self, before: Iterable[Mapping[str, Any]], now: str, *, top: str, dependents: tuple[str, ...]
    ) -> None:
        self._before = {condition["type"]: dict(condition) for condition in before}
        self._now = now
        self._top = top
        self._dependents = dependents
        self._wanted: dict[str, dict[str, Any]] = {}
        for type_ in (*dependents, top):
            self._wanted[type_] = self._before.get(type_, {"type": type_, "status": "Unknown"})

    def set(self, type_: str, status: str, reason: str = "", message: str = "") -> None:
        """Sets a condition; a dependent that is not True carries its reason up to the top condition."""
        condition = {"type": type_, "status": status}
        if reason:
            condition["reason"] = reason
        if message:
            condition["message"] = message
        if type_ not in (*self._dependents, self._top):
            condition["severity"] = "Info"
        self._wanted[type_] = condition
        if type_ in self._dependents:
            self._roll_up(condition)

    def drop(self, type_: str) -> None:
        """Takes a condition away."""
        self._wanted.pop(type_, None)

    def status(self, type_: str) -> str:
        """The status of a condition; Unknown where it is not there."""
        return str(self._wanted.get(type_, {}).get("status", "Unknown"))

    def _roll_up(self, condition: dict[str, Any]) -> None:
        if condition["status"] == "True":
            states = {self._wanted[type_]["status"] for type_ in self._dependents}
            if states == {"True"}:
                self._wanted[self._top] = {"type": self._top, "status": "True"}
            return
        falses = [type_ for type_ in self._dependents if self._wanted[type_]["status"] == "False"]
        if condition["status"] == "Unknown" and falses:
            return
        self._wanted[self._top] = {**condition, "type": self._top}

    def render(self) -> list[dict[str, Any]]:
        """The list for ``status.conditions``."""
        rendered = []
        for type_ in sorted(self._wanted):
            wanted, before = self._wanted[type_], self._before.get(type_)
            keys = ("status", "reason", "message", "severity")
            same = before is not None and all(before.get(key) == wanted.get(key) for key in keys)
            time = (before or {}).get("lastTransitionTime") if same else None
            rendered.append(
                {
                    **{k: v for k, v in wanted.items() if k != "lastTransitionTime"},
                    "lastTransitionTime": time or self._now,
                }
            )
        return rendered


def plain(
    before: Iterable[Mapping[str, Any]], wanted: Iterable[dict[str, Any]], *, now: str, updates: bool = False
) -> list[dict[str, Any]]:
    """Conditions as Kubernetes' own controllers keep them: in order, a new time only with a new status."""
    old = {condition["type"]: condition for condition in before}
    result = []
    for condition in wanted:
        known = old.get(condition["type"])
        same = known is not None and known["status"] == condition["status"]
        time = known["lastTransitionTime"] if known is not None and same else now
        stamped = {**condition, "lastTransitionTime": time}
        if updates:
            keys = ("status", "reason", "message")
            unchanged = known is not None and all(known.get(key) == condition.get(key) for key in keys)
            stamped["lastUpdateTime"] = known["lastUpdateTime"] if known is not None and unchanged else now
        result.append(stamped)
    return result
