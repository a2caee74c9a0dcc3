"""One InferenceService: the overview."""

from modelsweb.viewmodels import service_detail
from modelsweb.viewmodels.service_detail import ServiceDetail
from modelsweb.web import service_page
from modelsweb.web.live_page import LivePage, each_time
from modelsweb.web.service_page import Audience
from modelsweb.web.site import Site


def build(site: Site, audience: Audience[None]) -> ServiceDetail:
    """The page for an audience. Raises NotFoundError."""
    return service_detail.build(service_page.judged(site, audience))


PAGE = LivePage(
    name="service_detail",
    admit=service_page.plain,
    keep=each_time(build),
    changes=service_page.changes,
    fragments=("freshness", "head", "tabs", "overview"),
)
