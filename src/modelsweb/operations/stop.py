"""Stopping a service, and starting it again.

KServe deletes what it made for a service with this annotation, and makes it again without:
https://kserve.github.io/website/docs/model-serving/predictive-inference/autoscaling/stop-and-resume
"""

from modelsweb import errors
from modelsweb.gateway.access import User
from modelsweb.operations.action import Target
from modelsweb.operations.gateway import Gateway
from modelsweb.operations.outcome import Outcome, State
from modelsweb.operations.problems import failed
from modelsweb.topology.stop import STOP


async def stop(
    gateway: Gateway, user: User, *, target: Target, is_stopped: bool, dry_run: bool = False
) -> Outcome:
    """Asks KServe to stop an object, or to start it. Whatever it was before is overruled: that is what was asked for."""
    changes = {"metadata": {"annotations": {STOP: "true" if is_stopped else None}}}
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
