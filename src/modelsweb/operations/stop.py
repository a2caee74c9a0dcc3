"""Stopping a service, and starting it again.

KServe deletes what it made for a service with this annotation, and makes it again without:
https://kserve.github.io/website/docs/model-serving/predictive-inference/autoscaling/stop-and-resume
"""

from dataclasses import dataclass

from modelsweb import errors
from modelsweb.errors import Code, Problem
from modelsweb.gateway.access import User
from modelsweb.objects.kind import Kind
from modelsweb.objects.ref import ObjectRef
from modelsweb.operations.gateway import Gateway
from modelsweb.operations.outcome import Outcome, State
from modelsweb.operations.problems import problem_of
from modelsweb.topology.stop import STOP


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRequest:
    """Which service is to be stopped, or started where ``is_stopped`` is False; ``uid`` guards against a new one of the same
    name, where it is given."""

    kind: Kind
    namespace: str
    name: str
    uid: str = ""
    is_stopped: bool = True


async def stop(gateway: Gateway, user: User, *, request: StopRequest) -> Outcome:
    """Asks KServe to stop or to start it. Whatever it was before is overruled: that is what was asked for."""
    ref = ObjectRef(request.kind.full_name, request.namespace, request.name)
    changes = {"metadata": {"annotations": {STOP: "true" if request.is_stopped else None}}}
    try:
        await gateway.writer.merge(
            user,
            request.kind,
            namespace=request.namespace,
            name=request.name,
            changes=changes,
            uid=request.uid,
        )
    except errors.ModelswebError as error:
        problem = problem_of(error)
        if isinstance(error, errors.NotFoundError):
            problem = Problem(code=Code.NO_LONGER_THERE, detail=error.message)
        return Outcome(ref=ref, state=State.FAILED, uid=request.uid, problems=(problem,))
    return Outcome(ref=ref, state=State.DONE, uid=request.uid)
