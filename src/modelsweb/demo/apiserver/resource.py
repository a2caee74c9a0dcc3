"""What the server serves: built-in kinds from a table here, custom ones from CustomResourceDefinition objects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_ALL = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True, slots=True)
class Column:
    """A printer column: a JSON path as CRDs write it."""

    name: str
    type: str
    path: str
    priority: int = 0
    description: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind in one version."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    schema: Mapping[str, Any] | None = field(default=None, compare=False)
    is_custom: bool = False
    is_stored_version: bool = True
    has_generation: bool = True

    @property
    def api_version(self) -> str:
        """``group/version`` or, for the core API, ``version``."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def full_name(self) -> str:
        """Plural and group: what objects of all versions are stored under."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def verbs(self) -> tuple[str, ...]:
        """What can be done."""
        return _ALL

    @property
    def has_status(self) -> bool:
        """Status is written through its own subresource only."""
        return "status" in self.subresources


def _status(*more: str) -> tuple[str, ...]:
    return ("status", *more)


_AGE = Column("Age", "date", ".metadata.creationTimestamp")

BUILT_IN: tuple[Resource, ...] = (
    Resource("", "v1", "Namespace", "namespaces", False, ("ns",), subresources=_status("finalize"), has_generation=False,
             columns=(Column("Status", "string", ".status.phase"), _AGE)),
    Resource("", "v1", "Node", "nodes", False, ("no",), subresources=_status(), has_generation=False,
             columns=(Column("Version", "string", ".status.nodeInfo.kubeletVersion"), _AGE)),
    Resource("", "v1", "Pod", "pods", True, ("po",), ("all",), _status("log", "binding"),
             columns=(Column("Ready", "string", "@pod-ready"), Column("Status", "string", "@pod-status"),
                      Column("Restarts", "integer", "@pod-restarts"), _AGE,
                      Column("IP", "string", ".status.podIP", 1), Column("Node", "string", ".spec.nodeName", 1))),
    Resource("", "v1", "Service", "services", True, ("svc",), ("all",), _status(), has_generation=False,
             columns=(Column("Type", "string", ".spec.type"), Column("Cluster-IP", "string", ".spec.clusterIP"),
                      _AGE)),
    Resource("", "v1", "Event", "events", True, ("ev",), has_generation=False,
             columns=(Column("Last Seen", "date", "@event-seen"), Column("Type", "string", ".type"),
                      Column("Reason", "string", ".reason"), Column("Object", "string", "@event-object"),
                      Column("Message", "string", ".message"))),
    Resource("", "v1", "ConfigMap", "configmaps", True, ("cm",), has_generation=False, columns=(_AGE,)),
    Resource("", "v1", "Secret", "secrets", True, has_generation=False,
             columns=(Column("Type", "string", ".type"), _AGE)),
    Resource("", "v1", "ServiceAccount", "serviceaccounts", True, ("sa",), has_generation=False, columns=(_AGE,)),
    Resource("", "v1", "ResourceQuota", "resourcequotas", True, ("quota",), subresources=_status(),
             has_generation=False, columns=(_AGE,)),
    Resource("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", True, ("pvc",), subresources=_status(),
             has_generation=False, columns=(Column("Status", "string", ".status.phase"), _AGE)),
    Resource("apps", "v1", "Deployment", "deployments", True, ("deploy",), ("all",), _status("scale"),
             columns=(Column("Ready", "string", "@deployment-ready"),
                      Column("Up-to-date", "integer", ".status.updatedReplicas"),
                      Column("Available", "integer", ".status.availableReplicas"), _AGE)),
    Resource("apps", "v1", "ReplicaSet", "replicasets", True, ("rs",), ("all",), _status(),
             columns=(Column("Desired", "integer", ".spec.replicas"), Column("Current", "integer", ".status.replicas"),
                      Column("Ready", "integer", ".status.readyReplicas"), _AGE)),
    Resource("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", True, ("hpa",), ("all",),
             _status(), columns=(Column("MinPods", "integer", ".spec.minReplicas"),
                                 Column("MaxPods", "integer", ".spec.maxReplicas"), _AGE)),
    Resource("networking.k8s.io", "v1", "Ingress", "ingresses", True, ("ing",), subresources=_status(),
             columns=(Column("Class", "string", ".spec.ingressClassName"),
                      Column("Hosts", "string", ".spec.rules[*].host"), _AGE)),
    Resource("rbac.authorization.k8s.io", "v1", "Role", "roles", True, has_generation=False, columns=(_AGE,)),
    Resource("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", True, has_generation=False,
             columns=(Column("Role", "string", ".roleRef.name"), _AGE)),
    Resource("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", False, has_generation=False,
             columns=(_AGE,)),
    Resource("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", False,
             has_generation=False, columns=(Column("Role", "string", ".roleRef.name"), _AGE)),
    Resource("apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", False,
             ("crd", "crds"), subresources=_status(), columns=(Column("Created At", "date", ".metadata.creationTimestamp"),)),
)  # fmt: skip


def custom_resources(definition: Mapping[str, Any]) -> Iterator[Resource]:
    """The resources that a CustomResourceDefinition adds, one a served version."""
    spec = definition["spec"]
    names = spec["names"]
    for version in spec["versions"]:
        if not version.get("served"):
            continue
        columns = tuple(
            Column(
                column["name"],
                column["type"],
                column["jsonPath"],
                column.get("priority", 0),
                f"Custom resource definition column (in JSONPath format): {column['jsonPath']}",
            )
            for column in version.get("additionalPrinterColumns") or ()
        )
        yield Resource(
            group=spec["group"],
            version=version["name"],
            kind=names["kind"],
            plural=names["plural"],
            namespaced=spec["scope"] == "Namespaced",
            short_names=tuple(names.get("shortNames") or ()),
            categories=tuple(names.get("categories") or ()),
            subresources=tuple(version.get("subresources") or ()),
            columns=columns or (_AGE,),
            schema=(version.get("schema") or {}).get("openAPIV3Schema"),
            is_custom=True,
            is_stored_version=bool(version.get("storage")),
        )


class Registry:
    """The resources that are served now, by group, version and plural."""

    def __init__(self) -> None:
        self._resources: dict[tuple[str, str, str], Resource] = {
            (resource.group, resource.version, resource.plural): resource for resource in BUILT_IN
        }

    def __iter__(self) -> Iterator[Resource]:
        return iter(self._resources.values())

    def get(self, group: str, version: str, plural: str) -> Resource | None:
        """The resource, or None."""
        return self._resources.get((group, version, plural))

    def define(self, definition: Mapping[str, Any]) -> None:
        """Serves what a CustomResourceDefinition asks for."""
        for resource in custom_resources(definition):
            self._resources[resource.group, resource.version, resource.plural] = resource

    def forget(self, definition: Mapping[str, Any]) -> None:
        """Stops serving it."""
        for resource in custom_resources(definition):
            self._resources.pop((resource.group, resource.version, resource.plural), None)

    def group_versions(self) -> dict[str, list[str]]:
        """The versions of each group."""
        found: dict[str, list[str]] = {}
        for resource in self:
            versions = found.setdefault(resource.group, [])
            if resource.version not in versions:
                versions.append(resource.version)
        return found
