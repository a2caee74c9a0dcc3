"""Setting some fields of an object, and what became of it."""

from collections.abc import Mapping
from typing import Any

from modelsweb import errors
from modelsweb.gateway.access import User
from modelsweb.operations.action import Target
from modelsweb.operations.gateway import Gateway
from modelsweb.operations.outcome import Outcome, State
from modelsweb.operations.problems import failed


async def change(
    gateway: Gateway, user: User, *, target: Target, changes: Mapping[str, Any], dry_run: bool = False
) -> Outcome:
    """A merge patch; null takes a field away."""
    try:
        stored = await gateway.writer.merge(
            user,
            target.kind,
            namespace=target.namespace,
            name=target.name,
            changes=changes,
            uid=target.uid,
            dry_run=dry_run,
        )
    except errors.ModelswebError as error:
        return failed(target, error)
    return Outcome(ref=target.ref, state=State.DONE, uid=stored.uid, version=stored.resource_version)
