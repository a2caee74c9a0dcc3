"""One InferenceService: its pods."""

from modelsweb.viewmodels import service_pods
from modelsweb.viewmodels.service_pods import ServicePods
from modelsweb.web import subject
from modelsweb.web.screen import Screen
from modelsweb.web.site import Site
from modelsweb.web.subject import Audience


def build(site: Site, audience: Audience[None]) -> ServicePods:
    """The page for an audience. Raises NotFoundError."""
    return service_pods.build(subject.subject(site, audience))


SCREEN = Screen("service_pods", subject.plain, build, subject.changes, ("freshness", "head", "tabs", "pods"))
