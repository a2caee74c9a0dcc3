"""An object of any kind as YAML."""

from dataclasses import dataclass

from modelsweb.viewmodels.components.judged import JudgedObject
from modelsweb.viewmodels.components.object_head import ObjectHead, head
from modelsweb.viewmodels.components.yaml_text import yaml_of


@dataclass(frozen=True, slots=True)
class ObjectYaml:
    """The page."""

    head: ObjectHead
    yaml: str
    with_status: bool


def build(judged: JudgedObject, *, with_status: bool) -> ObjectYaml:
    """The object as it is now, with or without its status."""
    return ObjectYaml(head(judged), yaml_of(judged.seen.root, with_status=with_status), with_status)
