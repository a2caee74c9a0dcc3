"""KServe's controller works, and has not written a word on this service.

Seen with releases that stop inside where no container has the name that KServe gives to the one that
serves: https://github.com/kserve/kserve/issues/4986
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.finding import Finding, Rule, on_service
from modelsweb.text import Text, text
from modelsweb.topology.family import Family

_ID = "never-taken-up"
_SERVING = "kserve-container"


def _check(family: Family, now: datetime) -> Iterator[Finding]:
    created = family.service.created
    if not family.is_read:
        return  # what it has made may be there
    if family.service.conditions() or family.has_children:
        return
    if created is None or family.reported is None or family.reported <= created:
        return  # nobody knows whether the controller works
    if now - created >= limits.SILENCE:
        yield replace(on_service(_ID, family, _sentence(family)), since=created)


def _sentence(family: Family) -> Text:
    names = [one.get("name") for one in family.service.items("spec", "predictor", "containers")]
    if names and _SERVING not in names:
        return text(
            "KServe has never taken up this service, although it reports on others. Some KServe releases stop silently when there are several containers and none is named {name}.",
            name=_SERVING,
        )
    return text(
        "KServe has never taken up this service, although it reports on others. The log of its controller may show why."
    )


RULE = Rule(
    _ID,
    text("KServe has written nothing for two minutes, though it reports on other services."),
    _check,
    text(
        "Give one container the name that KServe expects, or ask the KServe administrator for the controller log."
    ),
)
