"""What the server serves: built-in kinds from a table here, custom ones from CustomResourceDefinition objects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_ALL = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A printer column: a JSON path as CRDs write it."""

    name: str
    type: str
    path: str
    priority: int = 0
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
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


_AGE = Column(name="Age", type="date", path=".metadata.creationTimestamp")

BUILT_IN: tuple[Resource, ...] = (
    Resource(group="", version="v1", kind="Namespace", plural="namespaces", namespaced=False, short_names=("ns",), subresources=_status("finalize"), has_generation=False,
             columns=(Column(name="Status", type="string", path=".status.phase"), _AGE)),
    Resource(group="", version="v1", kind="Node", plural="nodes", namespaced=False, short_names=("no",), subresources=_status(), has_generation=False,
             columns=(Column(name="Version", type="string", path=".status.nodeInfo.kubeletVersion"), _AGE)),
    Resource(group="", version="v1", kind="Pod", plural="pods", namespaced=True, short_names=("po",), categories=("all",), subresources=_status("log", "binding"),
             columns=(Column(name="Ready", type="string", path="@pod-ready"), Column(name="Status", type="string", path="@pod-status"),
                      Column(name="Restarts", type="integer", path="@pod-restarts"), _AGE,
                      Column(name="IP", type="string", path=".status.podIP", priority=1), Column(name="Node", type="string", path=".spec.nodeName", priority=1))),
    Resource(group="", version="v1", kind="Service", plural="services", namespaced=True, short_names=("svc",), categories=("all",), subresources=_status(), has_generation=False,
             columns=(Column(name="Type", type="string", path=".spec.type"), Column(name="Cluster-IP", type="string", path=".spec.clusterIP"),
                      _AGE)),
    Resource(group="", version="v1", kind="Event", plural="events", namespaced=True, short_names=("ev",), has_generation=False,
             columns=(Column(name="Last Seen", type="date", path="@event-seen"), Column(name="Type", type="string", path=".type"),
                      Column(name="Reason", type="string", path=".reason"), Column(name="Object", type="string", path="@event-object"),
                      Column(name="Message", type="string", path=".message"))),
    Resource(group="", version="v1", kind="ConfigMap", plural="configmaps", namespaced=True, short_names=("cm",), has_generation=False, columns=(_AGE,)),
    Resource(group="", version="v1", kind="Secret", plural="secrets", namespaced=True, has_generation=False,
             columns=(Column(name="Type", type="string", path=".type"), _AGE)),
    Resource(group="", version="v1", kind="ServiceAccount", plural="serviceaccounts", namespaced=True, short_names=("sa",), has_generation=False, columns=(_AGE,)),
    Resource(group="", version="v1", kind="ResourceQuota", plural="resourcequotas", namespaced=True, short_names=("quota",), subresources=_status(),
             has_generation=False, columns=(_AGE,)),
    Resource(group="", version="v1", kind="PersistentVolumeClaim", plural="persistentvolumeclaims", namespaced=True, short_names=("pvc",), subresources=_status(),
             has_generation=False, columns=(Column(name="Status", type="string", path=".status.phase"), _AGE)),
    Resource(group="storage.k8s.io", version="v1", kind="StorageClass", plural="storageclasses", namespaced=False, short_names=("sc",), has_generation=False,
             columns=(Column(name="Provisioner", type="string", path=".provisioner"), _AGE)),
    Resource(group="apps", version="v1", kind="Deployment", plural="deployments", namespaced=True, short_names=("deploy",), categories=("all",), subresources=_status("scale"),
             columns=(Column(name="Ready", type="string", path="@deployment-ready"),
                      Column(name="Up-to-date", type="integer", path=".status.updatedReplicas"),
                      Column(name="Available", type="integer", path=".status.availableReplicas"), _AGE)),
    Resource(group="apps", version="v1", kind="ReplicaSet", plural="replicasets", namespaced=True, short_names=("rs",), categories=("all",), subresources=_status(),
             columns=(Column(name="Desired", type="integer", path=".spec.replicas"), Column(name="Current", type="integer", path=".status.replicas"),
                      Column(name="Ready", type="integer", path=".status.readyReplicas"), _AGE)),
    Resource(group="autoscaling", version="v2", kind="HorizontalPodAutoscaler", plural="horizontalpodautoscalers", namespaced=True, short_names=("hpa",), categories=("all",),
             subresources=_status(), columns=(Column(name="MinPods", type="integer", path=".spec.minReplicas"),
                                 Column(name="MaxPods", type="integer", path=".spec.maxReplicas"), _AGE)),
    Resource(group="networking.k8s.io", version="v1", kind="Ingress", plural="ingresses", namespaced=True, short_names=("ing",), subresources=_status(),
             columns=(Column(name="Class", type="string", path=".spec.ingressClassName"),
                      Column(name="Hosts", type="string", path=".spec.rules[*].host"), _AGE)),
    Resource(group="rbac.authorization.k8s.io", version="v1", kind="Role", plural="roles", namespaced=True, has_generation=False, columns=(_AGE,)),
    Resource(group="rbac.authorization.k8s.io", version="v1", kind="RoleBinding", plural="rolebindings", namespaced=True, has_generation=False,
             columns=(Column(name="Role", type="string", path=".roleRef.name"), _AGE)),
    Resource(group="rbac.authorization.k8s.io", version="v1", kind="ClusterRole", plural="clusterroles", namespaced=False, has_generation=False,
             columns=(_AGE,)),
    Resource(group="rbac.authorization.k8s.io", version="v1", kind="ClusterRoleBinding", plural="clusterrolebindings", namespaced=False,
             has_generation=False, columns=(Column(name="Role", type="string", path=".roleRef.name"), _AGE)),
    Resource(group="apiextensions.k8s.io", version="v1", kind="CustomResourceDefinition", plural="customresourcedefinitions", namespaced=False,
             short_names=("crd", "crds"), subresources=_status(), columns=(Column(name="Created At", type="date", path=".metadata.creationTimestamp"),)),
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
                name=column["name"],
                type=column["type"],
                path=column["jsonPath"],
                priority=column.get("priority", 0),
                description=f"Custom resource definition column (in JSONPath format): {column['jsonPath']}",
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

    def get(self, group: str, version: str, *, plural: str) -> Resource | None:
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
