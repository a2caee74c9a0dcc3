"""Deleting an object with all that it owns."""

from modelsweb import errors
from modelsweb.gateway.access import User
from modelsweb.operations.action import Target
from modelsweb.operations.gateway import Gateway
from modelsweb.operations.outcome import Outcome, State
from modelsweb.operations.problems import problem_of


async def delete(gateway: Gateway, user: User, *, target: Target) -> Outcome:
    """Asks for deletion; the object goes when nothing holds it any more. One that is gone already is done."""
    try:
        await gateway.writer.delete(
            user, target.kind, namespace=target.namespace, name=target.name, uid=target.uid
        )
    except errors.NotFoundError:
        pass  # gone between two clicks: what was wanted is so
    except errors.ModelswebError as error:
        return Outcome(ref=target.ref, state=State.FAILED, uid=target.uid, problems=(problem_of(error),))
    return Outcome(ref=target.ref, state=State.DONE, uid=target.uid)
