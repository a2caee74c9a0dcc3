"""What a program may send: one object of a kind, into the namespace of the address."""

from collections.abc import Mapping
from typing import Any

from modelsweb import errors

_KEYS = ("apiVersion", "kind", "metadata", "spec")
MODE = "deploymentMode"
"""Answers carry it beside metadata and spec; what comes back with it is taken without."""


def manifest_of(body: Any) -> Mapping[str, Any]:
    """The object of a request. Raises BadRequestError that names the key."""
    if not isinstance(body, dict):
        raise errors.BadRequestError("The body must be a JSON object.")
    for key in _KEYS:
        if key not in body:
            raise errors.BadRequestError(f"The key {key} is missing from the body.")
    if not isinstance(body["metadata"], dict):
        raise errors.BadRequestError("metadata must be an object.")
    return {key: value for key, value in body.items() if key != MODE}
