"""Deleting an object with all that it owns."""

from dataclasses import dataclass

from modelsweb import errors
from modelsweb.gateway.access import User
from modelsweb.objects.kind import Kind
from modelsweb.objects.ref import ObjectRef
from modelsweb.operations.gateway import Gateway
from modelsweb.operations.outcome import Outcome, State
from modelsweb.operations.problems import problem_of


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteRequest:
    """Which object; ``uid`` guards against a new one of the same name, where it is given."""

    kind: Kind
    namespace: str
    name: str
    uid: str = ""


async def delete(gateway: Gateway, user: User, *, request: DeleteRequest) -> Outcome:
    """Asks for deletion; the object goes when nothing holds it any more. One that is gone already is done."""
    ref = ObjectRef(request.kind.full_name, request.namespace, request.name)
    try:
        await gateway.writer.delete(
            user, request.kind, namespace=request.namespace, name=request.name, uid=request.uid
        )
    except errors.NotFoundError:
        pass  # gone between two clicks: what was wanted is so
    except errors.ModelswebError as error:
        return Outcome(ref=ref, state=State.FAILED, uid=request.uid, problems=(problem_of(error),))
    return Outcome(ref=ref, state=State.DONE, uid=request.uid)
