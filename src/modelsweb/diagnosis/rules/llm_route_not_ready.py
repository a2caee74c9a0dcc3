"""The servers of an LLM service run, but no request from outside reaches them: gateway, route or pool do not come up.

KServe calls a route not ready for a moment whenever it rewrites it, though the gateway goes on: what the route itself says counts
more (https://github.com/kserve/kserve/blob/master/pkg/controller/v1alpha2/llmisvc/router_discovery.go).
"""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import (
    Finding,
    FindingState,
    Remedy,
    Rule,
    by_time,
    on_condition,
    on_service,
    short,
)
from modelsweb.kinds import LLM_INFERENCE_SERVICE, POD
from modelsweb.objects.obj import Condition
from modelsweb.text import text
from modelsweb.topology.llm_service import (
    OF_ROUTE,
    STOPPED,
    answers,
    asks_for_route,
    causes,
    is_accepted,
    is_only_late,
)
from modelsweb.topology.pod import LLM_MAIN
from modelsweb.topology.service_snapshot import ServiceSnapshot

_MISSING = ("non-existent Gateway", "no matches for kind")
"""What waiting does not bring."""


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    found = causes(snapshot.service)
    of_route = [one for one in found if one.type in OF_ROUTE]
    if not of_route:
        yield from _not_made(snapshot, now)
        return
    is_first = found[0].type in OF_ROUTE
    missing = next((one for one in of_route if _is_missing(one)), None)
    if missing is not None and (is_first or answers(snapshot)):
        sentence = text("No request from outside reaches the service: {message}", message=short(missing.said))
        yield on_condition(snapshot, missing, sentence=sentence, component="router")
    elif is_first:
        yield from _late(snapshot, found[0], now=now)


def _is_missing(cause: Condition) -> bool:
    return cause.reason == "RefsInvalid" or any(one in cause.message for one in _MISSING)


def _late(snapshot: ServiceSnapshot, cause: Condition, *, now: datetime) -> Iterator[Finding]:
    """It may still come: a fault where it takes longer than a gateway does."""
    if is_only_late(cause) or (cause.type == "HTTPRoutesReady" and is_accepted(snapshot.routes)):
        return
    if not snapshot.ready_pods(LLM_MAIN):
        return
    since = max((one for one in (cause.since, _began(snapshot)) if one is not None), default=None)
    state, due = by_time(since, limits.ROUTE, now=now)
    sentence = (
        text(
            "The model is running, but its address does not work: it is waiting for the network route. {message}",
            message=short(cause.said),
        )
        if state is FindingState.FAULT
        else text("The pods are ready; waiting for the network route.")
    )
    yield on_condition(
        snapshot, cause, sentence=sentence, state=state, since=since, due=due, component="router"
    )


def _began(snapshot: ServiceSnapshot) -> datetime | None:
    """When the first of its servers was ready."""
    ready = [pod.condition("Ready") for pod in snapshot.ready_pods(LLM_MAIN)]
    return min((one.since for one in ready if one is not None and one.since), default=None)


def _not_made(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    """Nothing is False, and nothing is there: KServe has not come so far."""
    service = snapshot.service
    told = service.condition("HTTPRoutesReady") or service.condition("RouterReady")
    if (
        snapshot.routes != ()
        or not asks_for_route(service)
        or not answers(snapshot)
        or (told is not None and (told.is_true or told.reason == STOPPED))
    ):
        return
    began = _began(snapshot)
    state, due = by_time(began, limits.ROUTE, now=now)
    sentence = (
        text("The model is running, but KServe has made no network route for it, and reports none.")
        if state is FindingState.FAULT
        else text("The pods are ready; waiting for the network route.")
    )
    yield on_service(
        snapshot, sentence, field="spec.router.route", state=state, since=began, due=due, component="router"
    )


RULE = Rule(
    id="llm-route-not-ready",
    rank=155,
    roots=(LLM_INFERENCE_SERVICE,),
    summary=text("The servers of an LLM service run, but gateway, route or pool have not come up."),
    check=_check,
    remedy=Remedy(
        text("Ask the gateway administrator why the route is not accepted; the model itself is healthy.")
    ),
    needs=(POD,),
)
