"""The model runs, but no request reaches it: the route or gateway does not come up."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import Finding, Rule, Severity, by_time
from modelsweb.objects.obj import Condition
from modelsweb.text import text
from modelsweb.topology import predictor
from modelsweb.topology.family import Family

_ID = "address-not-ready"
_OF_THE_WAY = ("PredictorRouteReady", "IngressReady", "RouteReady", "Ready")


def _check(family: Family, now: datetime) -> Iterator[Finding]:
    if not family.ready_pods("predictor") or predictor.is_published(family.service):
        return
    if predictor.is_model_mesh(family.service):
        return  # its runtime is ready before the model is loaded, and has an address of its own
    blocked = next((one for one in _ways(family) if not one.is_true), None)
    if blocked is None:
        return
    ready = [pod.condition("Ready") for pod in family.ready_pods("predictor")]
    began = min((one.since for one in ready if one is not None and one.since), default=None)
    # It waits for the route alone only since a pod could answer.
    since = max((one for one in (blocked.since, began) if one is not None), default=None)
    severity, due = by_time(since, limits.ROUTE, now)
    yield Finding(
        _ID,
        severity,
        text(
            "The model is running, but its address does not work: it is waiting for the network route. {message}",
            message=blocked.message or blocked.reason or blocked.status,
        )
        if severity is Severity.FAULT
        else text("The pods are ready; waiting for the network route."),
        "InferenceService",
        family.service.name,
        since=since,
        due=due,
    )


def _ways(family: Family) -> Iterator[Condition]:
    for type_ in _OF_THE_WAY:
        condition = family.service.condition(type_)
        if condition is not None:
            yield condition


RULE = Rule(
    _ID,
    text("The model runs, but the route or gateway to it has not come up within five minutes."),
    _check,
    text("Ask the gateway administrator why the route is not accepted; the model itself is healthy."),
)
