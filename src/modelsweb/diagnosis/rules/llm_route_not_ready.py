"""The servers of an LLM service run, but no request from outside reaches them: gateway, route or pool do not come up.

KServe calls a route not ready for a moment whenever it rewrites it, though the gateway goes on: what the route itself says counts
more (https://github.com/kserve/kserve/blob/master/pkg/controller/v1alpha2/llmisvc/router_discovery.go).
"""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import Finding, FindingState, Remedy, Rule, by_time, on_condition, short
from modelsweb.kinds import LLM_INFERENCE_SERVICE, POD
from modelsweb.text import text
from modelsweb.topology.llm_service import OF_ROUTE, first_cause, is_accepted, is_only_late
from modelsweb.topology.pod import LLM_MAIN
from modelsweb.topology.service_snapshot import ServiceSnapshot

_MISSING = ("non-existent Gateway", "no matches for kind")
"""What waiting does not bring."""


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    cause = first_cause(snapshot.service)
    if cause is None or cause.type not in OF_ROUTE:
        return
    if is_only_late(cause) or (cause.type == "HTTPRoutesReady" and is_accepted(snapshot.routes)):
        return
    ready = [pod.condition("Ready") for pod in snapshot.ready_pods(LLM_MAIN)]
    if cause.reason == "RefsInvalid" or any(one in cause.message for one in _MISSING):
        sentence = text("No request from outside reaches the service: {message}", message=short(cause.said))
        yield on_condition(snapshot, cause, sentence=sentence, component="router")
        return
    if not ready:
        return
    began = min((one.since for one in ready if one is not None and one.since), default=None)
    since = max((one for one in (cause.since, began) if one is not None), default=None)
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
