"""One InferenceService: its pods."""

from modelsweb.viewmodels import service_pods
from modelsweb.viewmodels.service_pods import ServicePods
from modelsweb.web import service_page
from modelsweb.web.live_page import LivePage, each_time
from modelsweb.web.service_page import Audience
from modelsweb.web.site import Site


def build(site: Site, audience: Audience[None]) -> ServicePods:
    """The page for an audience. Raises NotFoundError."""
    return service_pods.build(service_page.judged(site, audience))


PAGE = LivePage(
    name="service_pods",
    admit=service_page.plain,
    keep=each_time(build),
    changes=service_page.changes,
    fragments=("freshness", "head", "tabs", "pods"),
)
