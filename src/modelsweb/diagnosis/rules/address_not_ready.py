"""The model runs, but no request reaches it: the route or gateway does not come up."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import Finding, FindingState, Remedy, Rule, by_time, on_condition
from modelsweb.kinds import POD
from modelsweb.objects.obj import Condition
from modelsweb.text import text
from modelsweb.topology import predictor
from modelsweb.topology.service_snapshot import ServiceSnapshot

_OF_THE_WAY = ("PredictorRouteReady", "IngressReady", "RouteReady", "Ready")


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    if not snapshot.ready_pods("predictor") or predictor.is_published(snapshot.service):
        return
    if predictor.is_model_mesh(snapshot.service):
        return  # its runtime is ready before the model is loaded, and has an address of its own
    blocked = next((one for one in _ways(snapshot) if not one.is_true), None)
    if blocked is None:
        return
    ready = [pod.condition("Ready") for pod in snapshot.ready_pods("predictor")]
    began = min((one.since for one in ready if one is not None and one.since), default=None)
    # It waits for the route alone only since a pod could answer.
    since = max((one for one in (blocked.since, began) if one is not None), default=None)
    state, due = by_time(since, limits.ROUTE, now=now)
    is_late = state is FindingState.FAULT
    sentence = (
        text(
            "The model is running, but its address does not work: it is waiting for the network route. {message}",
            message=blocked.message or blocked.reason or blocked.status,
        )
        if is_late
        else text("The pods are ready; waiting for the network route.")
    )
    yield on_condition(snapshot, blocked, sentence=sentence, state=state, since=since, due=due)


def _ways(snapshot: ServiceSnapshot) -> Iterator[Condition]:
    for type_ in _OF_THE_WAY:
        condition = snapshot.service.condition(type_)
        if condition is not None:
            yield condition


RULE = Rule(
    id="address-not-ready",
    rank=150,
    summary=text("The model runs, but the route or gateway to it has not come up within five minutes."),
    check=_check,
    remedy=Remedy(
        text("Ask the gateway administrator why the route is not accepted; the model itself is healthy.")
    ),
    needs=(POD,),
)
