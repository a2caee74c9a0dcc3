"""An object of any kind as YAML."""

from dataclasses import dataclass

from modelsweb.viewmodels.parts.object_head import ObjectHead, Subject, head
from modelsweb.viewmodels.parts.yaml_text import yaml_of


@dataclass(frozen=True, slots=True)
class ObjectYaml:
    """The page."""

    head: ObjectHead
    yaml: str
    with_status: bool


def build(of: Subject, *, with_status: bool) -> ObjectYaml:
    """The object as it is now, with or without its status."""
    return ObjectYaml(head(of), yaml_of(of.obj, with_status=with_status), with_status)
