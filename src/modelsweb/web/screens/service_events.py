"""One InferenceService: the events of all that it is made of."""

from modelsweb.viewmodels import service_events
from modelsweb.viewmodels.service_events import EventQuery, ServiceEvents
from modelsweb.web import subject
from modelsweb.web.screen import Screen
from modelsweb.web.site import Site, Visit
from modelsweb.web.subject import Audience


async def admit(visit: Visit) -> Audience[EventQuery]:
    """What the user may see, and what of the events they asked for. Raises AccessDeniedError."""
    return await subject.admit(visit, service_events.parse(visit.request.query_params.multi_items()))


def build(site: Site, audience: Audience[EventQuery]) -> ServiceEvents:
    """The page for an audience. Raises NotFoundError."""
    return service_events.build(subject.subject(site, audience, all_events=True), audience.query)


SCREEN = Screen(
    "service_events", admit, build, subject.changes, ("freshness", "head", "tabs", "choices", "events")
)
