"""The same action on many objects, some at a time and no faster than the user's work is granted."""

import asyncio

from modelsweb.errors import Code, Problem
from modelsweb.gateway import audit
from modelsweb.gateway.access import User, attributes
from modelsweb.gateway.rate_limit import WRITE_SECONDS
from modelsweb.objects.kind import Kind
from modelsweb.operations.action import Action, BulkRequest, Target
from modelsweb.operations.delete import delete
from modelsweb.operations.gateway import Gateway
from modelsweb.operations.outcome import Outcome, State
from modelsweb.operations.stop import stop

_AT_ONCE = 8


async def review(gateway: Gateway, user: User, *, request: BulkRequest) -> tuple[Outcome, ...]:
    """Which of the objects the user may act on: asked by namespace, by name only where that is not enough."""
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def allows(kind: Kind, namespace: str, *, name: str = "") -> bool:
        async with at_once:
            await gateway.rate_limit.solvent(user)
            return await gateway.authorization.allows(
                user, kind, verb=request.action.verb, namespace=namespace, name=name
            )

    places = list(dict.fromkeys((target.kind, target.namespace) for target in request.targets))
    answers = await asyncio.gather(*(allows(*place) for place in places))
    open_to = {place for place, is_allowed in zip(places, answers, strict=True) if is_allowed}
    single = [target for target in request.targets if (target.kind, target.namespace) not in open_to]
    by_name = await asyncio.gather(
        *(allows(target.kind, target.namespace, name=target.name) for target in single)
    )
    refused = {target for target, is_allowed in zip(single, by_name, strict=True) if not is_allowed}
    return tuple(
        _blocked(user, request, target=target) if target in refused else _outcome(target, state=State.PENDING)
        for target in request.targets
    )


async def act(gateway: Gateway, user: User, *, request: BulkRequest) -> tuple[Outcome, ...]:
    """Does it to each that the user may act on."""
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def one(target: Target, reviewed: Outcome) -> Outcome:
        if reviewed.state is State.BLOCKED:
            asked = attributes(target.kind, request.action.verb, namespace=target.namespace, name=target.name)
            audit.refused(user.name, asked)
            return reviewed
        async with at_once:
            await gateway.rate_limit.solvent(user)
            gateway.rate_limit.spend(user, WRITE_SECONDS)
            return await act_on(gateway, user, action=request.action, target=target)

    return tuple(
        await asyncio.gather(*map(one, request.targets, await review(gateway, user, request=request)))
    )


async def act_on(gateway: Gateway, user: User, *, action: Action, target: Target) -> Outcome:
    """The same with one object."""
    if action is Action.DELETE:
        return await delete(gateway, user, target=target)
    return await stop(gateway, user, target=target, is_stopped=action is Action.STOP)


def _outcome(target: Target, *, state: State, problems: tuple[Problem, ...] = ()) -> Outcome:
    return Outcome(ref=target.ref, state=state, uid=target.uid, problems=problems)


def _blocked(user: User, request: BulkRequest, *, target: Target) -> Outcome:
    values = {
        "user": user.name,
        "verb": request.action.verb,
        "resource": target.kind.full_name,
        "namespace": target.namespace,
    }
    return _outcome(
        target, state=State.BLOCKED, problems=(Problem(code=Code.PERMISSION_DENIED, values=values),)
    )
