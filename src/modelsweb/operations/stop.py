"""Stopping a service, and starting it again.

KServe deletes what it made for a service with this annotation, and makes it again without:
https://kserve.github.io/website/docs/model-serving/predictive-inference/autoscaling/stop-and-resume
"""

from modelsweb.gateway.access import User
from modelsweb.operations.action import Target
from modelsweb.operations.change import change
from modelsweb.operations.gateway import Gateway
from modelsweb.operations.outcome import Outcome
from modelsweb.topology.stop import STOP


async def stop(
    gateway: Gateway, user: User, *, target: Target, is_stopped: bool, dry_run: bool = False
) -> Outcome:
    """Asks KServe to stop an object, or to start it. Whatever it was before is overruled: that is what was asked for."""
    changes = {"metadata": {"annotations": {STOP: "true" if is_stopped else None}}}
    return await change(gateway, user, target=target, changes=changes, dry_run=dry_run)
