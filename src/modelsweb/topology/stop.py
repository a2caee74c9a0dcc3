"""Whether a service is to run at all."""

from modelsweb.objects.obj import Obj

STOP = "serving.kserve.io/stop"
"""The annotation with which users stop a service."""


def is_stopped(service: Obj) -> bool:
    """It is asked to be stopped; any case of "true" counts, as in KServe."""
    return service.annotation(STOP).lower() == "true"
