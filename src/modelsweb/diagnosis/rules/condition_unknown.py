"""A condition has been Unknown for long, and nothing else tells why."""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import Finding, Remedy, Rule, on_condition
from modelsweb.kinds import POD
from modelsweb.text import text
from modelsweb.topology import predictor
from modelsweb.topology.pod import at_work, is_being_made, is_ready
from modelsweb.topology.service_snapshot import ServiceSnapshot

_TYPES = (
    "PredictorReady",
    "TransformerReady",
    "ExplainerReady",
    "PredictorRouteReady",
    "IngressReady",
    "Ready",
)


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    if not snapshot.is_read or predictor.is_model_mesh(snapshot.service):
        return  # pods that nobody sees may be at work
    if any(at_work(pod) is not None or is_being_made(pod) or is_ready(pod) for pod in snapshot.pods):
        return  # a download or load takes as long as it takes, and a route has a limit of its own
    for type_ in _TYPES:
        condition = snapshot.service.condition(type_)
        if condition is None or condition.is_true or condition.is_false:
            continue
        if condition.since is not None and now - condition.since >= limits.UNKNOWN:
            sentence = text("{condition} remains Unknown: {message}", condition=type_, message=condition.said)
            yield on_condition(snapshot, condition, sentence=sentence)
            return


RULE = Rule(
    id="condition-unknown",
    rank=170,
    summary=text("A condition has been Unknown for ten minutes, and no other rule knows why."),
    check=_check,
    remedy=Remedy(text("Contact the KServe or Knative administrator: no component reports its state.")),
    needs=(POD,),
)
