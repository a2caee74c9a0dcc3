"""One InferenceService: the overview."""

from modelsweb.viewmodels import service_detail
from modelsweb.viewmodels.service_detail import ServiceDetail
from modelsweb.web import subject
from modelsweb.web.screen import Screen
from modelsweb.web.site import Site
from modelsweb.web.subject import Audience


def build(site: Site, audience: Audience[None]) -> ServiceDetail:
    """The page for an audience. Raises NotFoundError."""
    return service_detail.build(subject.subject(site, audience))


SCREEN = Screen(
    "service_detail", subject.plain, build, subject.changes, ("freshness", "head", "tabs", "overview")
)
