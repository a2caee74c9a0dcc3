"""Pod of a serving runtime of ModelMesh: it holds models of many services, and carries no service's label.

https://github.com/kserve/modelmesh-serving/blob/main/config/internal/base/deployment.yaml.tmpl
"""

from modelsweb.objects.kind import Kind

RUNTIME_POD = Kind(
    group="",
    version="v1",
    kind="Pod",
    plural="pods",
    watched=True,
    shared=True,
    label_selector="modelmesh-service",
)
