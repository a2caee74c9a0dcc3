"""KServe's own settings, as its ConfigMap has them: https://github.com/kserve/kserve/blob/master/config/configmap/inferenceservice.yaml"""

from typing import Any

import msgspec

from modelsweb.objects.obj import Obj
from modelsweb.topology.predictor import named_mode

SETTINGS = "inferenceservice-config"
_WITHOUT = "Standard"
"""The mode where the setting is empty."""


def default_mode(settings: Obj) -> str:
    """The deployment mode of services that name none, by its present name; empty where it cannot be read."""
    try:
        deploy: Any = msgspec.json.decode(settings.string("data", "deploy") or "{}")
    except msgspec.DecodeError:
        return ""
    given = deploy.get("defaultDeploymentMode") if isinstance(deploy, dict) else None
    return named_mode(given) if isinstance(given, str) and given else _WITHOUT
