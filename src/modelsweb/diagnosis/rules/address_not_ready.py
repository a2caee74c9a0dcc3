"""The model runs, but no request reaches it: the route or gateway does not come up."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from modelsweb.diagnosis.finding import Finding, Rule, Severity
from modelsweb.objects.obj import Condition
from modelsweb.text import text
from modelsweb.topology import predictor
from modelsweb.topology.family import Family

_ID = "address-not-ready"
_USUAL = timedelta(minutes=5)
"""A gateway takes so long at most, where it works."""
_OF_THE_WAY = ("PredictorRouteReady", "IngressReady", "RouteReady", "Ready")


def _check(family: Family, now: datetime) -> Iterator[Finding]:
    if not family.ready_pods("predictor") or predictor.is_published(family.service):
        return
    blocked = next((one for one in _ways(family) if not one.is_true), None)
    if blocked is None:
        return
    ready = [pod.condition("Ready") for pod in family.ready_pods("predictor")]
    began = min((one.since for one in ready if one is not None and one.since), default=None)
    # It waits for the route alone only since a pod could answer.
    since = max((one for one in (blocked.since, began) if one is not None), default=None)
    is_late = since is not None and now - since >= _USUAL
    yield Finding(
        _ID,
        Severity.FAULT if is_late else Severity.DELAY,
        text(
            "The model runs, but its address does not work: it waits for the network route. {message}",
            message=blocked.message or blocked.reason or blocked.status,
        )
        if is_late
        else text("The pods are ready; waiting for the network route."),
        "InferenceService",
        family.service.name,
        since=since,
        due=None if is_late or since is None else since + _USUAL,
    )


def _ways(family: Family) -> Iterator[Condition]:
    for type_ in _OF_THE_WAY:
        condition = family.service.condition(type_)
        if condition is not None:
            yield condition


RULE = Rule(
    _ID, "The model runs, but the route or gateway to it has not come up within five minutes.", _check
)
