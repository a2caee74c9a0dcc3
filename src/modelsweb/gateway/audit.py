"""One line for every write and every refused access: who, what, where, with what result, in which request.

The lines go to the logger ``modelsweb.audit``; each carries its fields as ``record.audit``, which the JSON format of the
command line writes out. Values come from users and are quoted, so no name can forge a line.
"""

import json
import logging
from contextvars import ContextVar

from modelsweb.errors import Attributes
from modelsweb.text import one_line

log = logging.getLogger("modelsweb.audit")

request: ContextVar[str] = ContextVar("request", default="")
"""The id of the request that is being answered."""


def refused(user: str, asked: Attributes) -> None:
    """A review said no to something that the user tried to do."""
    _line(user, asked.verb, asked.full_resource, asked.namespace, asked.name, "refused")


def turned_away(user: str, method: str, path: str, reason: str) -> None:
    """A request was refused before anything was asked of the cluster: nobody's, not from our page, or too many."""
    _line(user, method.lower(), path, "", "", reason)


def written(user: str, verb: str, resource: str, namespace: str, name: str, result: str) -> None:
    """The user wrote, or tried to; ``result`` is done or the reason of the error."""
    _line(user, verb, resource, namespace, name, result)


def _line(user: str, verb: str, resource: str, namespace: str, name: str, result: str) -> None:
    fields = {
        "user": user,
        "verb": verb,
        "resource": resource,
        "namespace": namespace,
        "name": name,
        "result": result,
        "request": request.get(),
    }
    told = " ".join(
        f"{key}={one_line(json.dumps(value, ensure_ascii=False))}" for key, value in fields.items()
    )
    log.info("%s", told, extra={"audit": fields})
