"""Restarting a service: a mark on the pods of each of its components, which the controller hands on, so that they are made anew.

KServe copies the annotations of a component to its pods (https://kserve.github.io/website/docs/reference/crd-api); one that is
set on the Deployment itself it takes away again. The name is that of ``kubectl rollout restart``.
"""

from datetime import datetime

from modelsweb.clock import format_time
from modelsweb.manifests.check import Change
from modelsweb.manifests.form import form_document
from modelsweb.manifests.text_edit import edited
from modelsweb.objects.obj import Obj
from modelsweb.topology.predictor import COMPONENTS

RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"


def restart_changes(service: Obj, at: datetime) -> tuple[Change, ...]:
    """What restarts every component that the service has."""
    when = format_time(at)
    return tuple(
        Change(("spec", name, "annotations", RESTARTED_AT), when)
        for name in COMPONENTS
        if service.mapping("spec", name)
    )


def restarted(source: str, at: datetime) -> str:
    """The text of a service with its restart. Raises CannotEditError, ManifestError."""
    document = form_document(source)
    if document is None:
        return source
    return edited(source, document.number, changes=restart_changes(document.service, at))
