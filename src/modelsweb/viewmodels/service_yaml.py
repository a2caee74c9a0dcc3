"""One InferenceService as YAML."""

from dataclasses import dataclass

from modelsweb.viewmodels.components.judged import JudgedService
from modelsweb.viewmodels.components.service_head import ServiceHead, head
from modelsweb.viewmodels.components.yaml_text import yaml_of


@dataclass(frozen=True, slots=True)
class ServiceYaml:
    """The page."""

    head: ServiceHead
    yaml: str
    with_status: bool


def build(judged: JudgedService, *, with_status: bool) -> ServiceYaml:
    """The object as it is now, with or without its status."""
    return ServiceYaml(head(judged), yaml_of(judged.service, with_status=with_status), with_status)
