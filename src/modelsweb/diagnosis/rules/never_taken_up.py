"""KServe's controller works, and has not written a word on this service.

Seen with releases that stop inside where no container has the name that KServe gives to the one that
serves: https://github.com/kserve/kserve/issues/4986
"""

from collections.abc import Iterator
from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import Finding, Remedy, Rule, on_service
from modelsweb.kinds import INFERENCE_SERVICE, LLM_INFERENCE_SERVICE, POD
from modelsweb.text import Text, text
from modelsweb.topology.service_snapshot import ServiceSnapshot

_SERVING = "kserve-container"


def _check(snapshot: ServiceSnapshot, now: datetime) -> Iterator[Finding]:
    created = snapshot.service.created
    if not snapshot.is_read:
        return  # what it has made may be there
    if snapshot.service.conditions() or snapshot.has_children:
        return
    if created is None or snapshot.reported is None or snapshot.reported <= created:
        return  # nobody knows whether the controller works
    if now - created >= limits.SILENCE:
        yield on_service(snapshot, _sentence(snapshot), field="status", since=created)


def _sentence(snapshot: ServiceSnapshot) -> Text:
    names = [one.get("name") for one in snapshot.service.items("spec", "predictor", "containers")]
    if names and _SERVING not in names:
        return text(
            "KServe has never taken up this service, although it reports on others. Some KServe releases stop silently when there are several containers and none is named {name}.",
            name=_SERVING,
        )
    return text(
        "KServe has never taken up this service, although it reports on others. The log of its controller may show why."
    )


RULE = Rule(
    id="never-taken-up",
    rank=180,
    roots=(INFERENCE_SERVICE, LLM_INFERENCE_SERVICE),
    summary=text("KServe has written nothing for two minutes, though it reports on other services."),
    check=_check,
    remedy=Remedy(
        text(
            "Give one container the name that KServe expects, or ask the KServe administrator for the controller log."
        )
    ),
    needs=(POD,),
)
