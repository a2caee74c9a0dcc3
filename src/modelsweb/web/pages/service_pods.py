"""One InferenceService: its pods."""

from modelsweb.viewmodels import service_pods
from modelsweb.viewmodels.service_pods import ServicePods
from modelsweb.web import service_page
from modelsweb.web.service_page import Audience
from modelsweb.web.site import Site


def build(site: Site, audience: Audience[None]) -> ServicePods:
    """The page for an audience. Raises NotFoundError."""
    return service_pods.build(service_page.judged(site, audience))


PAGE = service_page.tab("service_pods", build, "pods", admit=service_page.plain)
