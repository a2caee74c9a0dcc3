"""One InferenceService as YAML."""

from dataclasses import dataclass

from modelsweb.objects import manifest
from modelsweb.viewmodels.parts.service_head import ServiceHead, Subject, head


@dataclass(frozen=True, slots=True)
class ServiceYaml:
    """The page."""

    head: ServiceHead
    yaml: str
    with_status: bool


def build(of: Subject, *, with_status: bool) -> ServiceYaml:
    """The object as it is now, with or without its status."""
    shown = {key: value for key, value in of.service.raw.items() if with_status or key != "status"}
    return ServiceYaml(head(of), manifest.dump(shown), with_status)
