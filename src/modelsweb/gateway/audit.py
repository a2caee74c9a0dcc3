"""One line for every write and every refused access: who, what, where, with what result, in which request.

The lines go to the logger ``modelsweb.audit``; each carries its fields as ``record.audit``, which the JSON format of the
command line writes out. Values come from users and are quoted, so no name can forge a line.
"""

import json
import logging
from collections import Counter
from contextvars import ContextVar

from modelsweb.clock import Clock
from modelsweb.errors import Attributes
from modelsweb.text import one_line

log = logging.getLogger("modelsweb.audit")

_QUIET_SECONDS = 60.0

request: ContextVar[str] = ContextVar("request", default="")
"""The id of the request that is being answered."""


def refused(user: str, asked: Attributes) -> None:
    """A review said no to something that the user tried to do."""
    _line(
        user,
        asked.verb,
        resource=asked.full_resource,
        namespace=asked.namespace,
        name=asked.name,
        result="refused",
    )


def turned_away(user: str, method: str, *, path: str, reason: str) -> None:
    """A request was refused before anything was asked of the cluster: nobody's, not from our page, or too many."""
    _line(user, method.lower(), resource=path, namespace="", name="", result=reason)


class Strangers:
    """Requests without a user: of those with the same reason one line a minute, which counts the ones before it.

    Anybody can send as many as they like, and a probe that is set up wrongly does.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: dict[str, float] = {}
        self._untold: Counter[str] = Counter()

    def turned_away(self, method: str, path: str, *, reason: str) -> None:
        """A request that nobody's name came with."""
        now = self._clock.monotonic()
        if now - self._told.get(reason, -_QUIET_SECONDS) < _QUIET_SECONDS:
            self._untold[reason] += 1
            return
        self._told[reason] = now
        _line(
            "",
            method.lower(),
            resource=path,
            namespace="",
            name="",
            result=reason,
            untold=self._untold.pop(reason, 0),
        )


def written(user: str, verb: str, *, resource: str, namespace: str, name: str, result: str) -> None:
    """The user wrote, or tried to; ``result`` is done or the reason of the error."""
    _line(user, verb, resource=resource, namespace=namespace, name=name, result=result)


def _line(
    user: str, verb: str, *, resource: str, namespace: str, name: str, result: str, untold: int = 0
) -> None:
    fields: dict[str, str | int] = {
        "user": user,
        "verb": verb,
        "resource": resource,
        "namespace": namespace,
        "name": name,
        "result": result,
        "request": request.get(),
    }
    if untold:
        fields["untold"] = untold
    line = " ".join(
        f"{key}={one_line(json.dumps(value, ensure_ascii=False))}" for key, value in fields.items()
    )
    log.info("%s", line, extra={"audit": fields})
