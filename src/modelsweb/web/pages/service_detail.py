"""One InferenceService: the overview."""

from modelsweb.viewmodels import service_detail
from modelsweb.viewmodels.service_detail import ServiceDetail
from modelsweb.web import service_page
from modelsweb.web.service_page import Audience
from modelsweb.web.site import Site


def build(site: Site, audience: Audience[None]) -> ServiceDetail:
    """The page for an audience. Raises NotFoundError."""
    leaning = site.reader.leaning(audience.grant, audience.leaning)
    return service_detail.build(service_page.judged(site, audience), leaning=leaning)


PAGE = service_page.tab("service_detail", build, "overview", admit=service_page.plain)
