"""Restarting an InferenceService: the pods of each of its components are made anew, a few at a time, as in any rollout."""

from datetime import datetime
from typing import Any

from modelsweb import errors
from modelsweb.gateway.access import User
from modelsweb.manifests.restart import restart_changes
from modelsweb.operations.action import Target
from modelsweb.operations.gateway import Gateway
from modelsweb.operations.outcome import Outcome, State
from modelsweb.operations.problems import failed


async def restart(
    gateway: Gateway, user: User, *, target: Target, at: datetime, dry_run: bool = False
) -> Outcome:
    """Sets the mark of a restart on every component that the service has."""
    try:
        service = await gateway.writer.existing(
            user, target.kind, namespace=target.namespace, name=target.name
        )
        changes: dict[str, Any] = {}
        for change in restart_changes(service, at):
            place = changes
            for step in change.path[:-1]:
                place = place.setdefault(str(step), {})
            place[str(change.path[-1])] = change.value
        stored = await gateway.writer.merge(
            user,
            target.kind,
            namespace=target.namespace,
            name=target.name,
            changes=changes,
            uid=target.uid or service.uid,
            dry_run=dry_run,
        )
    except errors.ModelswebError as error:
        return failed(target, error)
    return Outcome(ref=target.ref, state=State.DONE, uid=stored.uid, version=stored.resource_version)
