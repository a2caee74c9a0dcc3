"""Restarting an InferenceService: the pods of each of its components are made anew, a few at a time, as in any rollout."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from modelsweb import errors
from modelsweb.gateway.access import User
from modelsweb.manifests.restart import restart_changes
from modelsweb.operations.action import Target
from modelsweb.operations.change import change
from modelsweb.operations.gateway import Gateway
from modelsweb.operations.outcome import Outcome
from modelsweb.operations.problems import failed


async def restart(
    gateway: Gateway, user: User, *, target: Target, at: datetime, dry_run: bool = False
) -> Outcome:
    """Sets the mark of a restart on every component that the service has."""
    try:
        service = await gateway.writer.existing(
            user, target.kind, namespace=target.namespace, name=target.name
        )
    except errors.ModelswebError as error:
        return failed(target, error)
    changes: dict[str, Any] = {}
    for mark in restart_changes(service, at):
        place = changes
        for step in mark.path[:-1]:
            place = place.setdefault(str(step), {})
        place[str(mark.path[-1])] = mark.value
    meant = replace(target, uid=target.uid or service.uid)
    return await change(gateway, user, target=meant, changes=changes, dry_run=dry_run)
