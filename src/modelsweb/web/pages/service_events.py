"""One InferenceService: the events of all that it is made of."""

from modelsweb.viewmodels import service_events
from modelsweb.viewmodels.service_events import EventQuery, ServiceEvents
from modelsweb.web import service_page
from modelsweb.web.service_page import Audience
from modelsweb.web.site import RequestContext, Site


async def admit(context: RequestContext) -> Audience[EventQuery]:
    """What the user may see, and what of the events they asked for. Raises AccessDeniedError."""
    return await service_page.admit(context, service_events.parse(context.request.query_params.multi_items()))


def build(site: Site, audience: Audience[EventQuery]) -> ServiceEvents:
    """The page for an audience. Raises NotFoundError."""
    return service_events.build(service_page.judged(site, audience, all_events=True), audience.query)


PAGE = service_page.tab("service_events", build, "choices", "events", admit=admit)
