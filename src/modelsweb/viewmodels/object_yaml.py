"""An object of any kind as YAML."""

from dataclasses import dataclass

from modelsweb.objects import manifest
from modelsweb.viewmodels.parts.object_head import ObjectHead, Subject, head


@dataclass(frozen=True, slots=True)
class ObjectYaml:
    """The page."""

    head: ObjectHead
    yaml: str
    with_status: bool


def build(of: Subject, *, with_status: bool) -> ObjectYaml:
    """The object as it is now, with or without its status."""
    shown = {key: value for key, value in of.obj.raw.items() if with_status or key != "status"}
    return ObjectYaml(head(of), manifest.dump(shown), with_status)
