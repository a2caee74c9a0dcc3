"""What the server offers: groups, versions, resources, and OpenAPI v3 with our CRDs' schemas."""

from collections.abc import Iterator
from typing import Any

from modelsweb.demo.apiserver.resource import Registry, Resource

_VERSION = {
    "major": "1",
    "minor": "37",
    "gitVersion": "v1.37.2-modelsweb-demo",
    "gitCommit": "",
    "gitTreeState": "clean",
    "buildDate": "2026-01-01T00:00:00Z",
    "goVersion": "none",
    "compiler": "none",
    "platform": "demo",
}
_REVIEWS = ("selfsubjectaccessreviews", "subjectaccessreviews")


def answer(registry: Registry, path: str) -> dict[str, Any] | None:
    """The discovery document at the path, or None where there is none."""
    match path.strip("/").split("/"):
        case ["version"]:
            return _VERSION
        case ["api"]:
            return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
        case ["apis"]:
            groups = [_group(group, versions) for group, versions in _groups(registry)]
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}
        case ["apis", group]:
            found = dict(_groups(registry)).get(group)
            return {"apiVersion": "v1"} | _group(group, found) if found else None
        case ["api", version]:
            return _resources(registry, "", version=version)
        case ["apis", group, version]:
            return _resources(registry, group, version=version)
        case ["openapi", "v3"]:
            return {
                "paths": {
                    name: {"serverRelativeURL": f"/openapi/v3/{name}"} for name in _openapi_names(registry)
                }
            }
        case ["openapi", "v3", "api", version]:
            return _openapi(registry, "", version=version)
        case ["openapi", "v3", "apis", group, version]:
            return _openapi(registry, group, version=version)
    return None


def _groups(registry: Registry) -> Iterator[tuple[str, list[str]]]:
    for group, versions in registry.group_versions().items():
        if group:
            yield group, versions
    yield "authorization.k8s.io", ["v1"]


def _group(name: str, versions: list[str]) -> dict[str, Any]:
    listed = [
        {"groupVersion": f"{name}/{version}", "version": version}
        for version in sorted(versions, reverse=True)
    ]
    return {"kind": "APIGroup", "name": name, "versions": listed, "preferredVersion": listed[0]}


def _resources(registry: Registry, group: str, *, version: str) -> dict[str, Any] | None:
    group_version = f"{group}/{version}" if group else version
    entries: list[dict[str, Any]] = []
    if group == "authorization.k8s.io" and version == "v1":
        kinds = ("SelfSubjectAccessReview", "SubjectAccessReview")
        entries = [
            {"name": plural, "singularName": "", "namespaced": False, "kind": kind, "verbs": ["create"]}
            for plural, kind in zip(_REVIEWS, kinds, strict=True)
        ]
    for resource in registry:
        if (resource.group, resource.version) == (group, version):
            entries.extend(_entries(resource))
    if not entries:
        return None
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": group_version,
        "resources": entries,
    }


def _entries(resource: Resource) -> Iterator[dict[str, Any]]:
    entry: dict[str, Any] = {
        "name": resource.plural,
        "singularName": resource.kind.lower(),
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
    }
    if resource.short_names:
        entry["shortNames"] = list(resource.short_names)
    if resource.categories:
        entry["categories"] = list(resource.categories)
    yield entry
    for subresource in resource.subresources:
        verbs = ["get"] if subresource == "log" else ["get", "patch", "update"]
        yield {
            "name": f"{resource.plural}/{subresource}",
            "singularName": "",
            "namespaced": resource.namespaced,
            "kind": resource.kind,
            "verbs": verbs,
        }


# -- OpenAPI ------------------------------------------------------------------------------------------------------


def _openapi_names(registry: Registry) -> list[str]:
    return [
        f"apis/{group}/{version}" if group else f"api/{version}"
        for group, versions in registry.group_versions().items()
        for version in versions
    ]


def _openapi(registry: Registry, group: str, *, version: str) -> dict[str, Any] | None:
    resources = [r for r in registry if (r.group, r.version) == (group, version)]
    if not resources:
        return None
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for resource in resources:
        gvk = {"group": group, "version": version, "kind": resource.kind}
        name = f"{'.'.join(reversed(group.split('.'))) or 'core'}.{version}.{resource.kind}"
        schema = dict(resource.schema or {"type": "object", "x-kubernetes-preserve-unknown-fields": True})
        schemas[name] = schema | {"x-kubernetes-group-version-kind": [gvk]}
        base = f"/apis/{group}/{version}" if group else f"/api/{version}"
        collection = (
            f"{base}/namespaces/{{namespace}}/{resource.plural}"
            if resource.namespaced
            else f"{base}/{resource.plural}"
        )
        paths[collection] = {"get": _operation(gvk, name), "post": _operation(gvk, name, writes=True)}
        paths[f"{collection}/{{name}}"] = {
            "get": _operation(gvk, name),
            "put": _operation(gvk, name, writes=True),
            "patch": _operation(gvk, name, writes=True),
            "delete": _operation(gvk, name),
        }
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": _VERSION["gitVersion"]},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _operation(gvk: dict[str, str], schema: str, *, writes: bool = False) -> dict[str, Any]:
    parameters = ["dryRun", "fieldManager", "fieldValidation"] if writes else []
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {
        "x-kubernetes-group-version-kind": gvk,
        "parameters": [{"name": name, "in": "query", "schema": {"type": "string"}} for name in parameters],
        "responses": {"200": {"description": "OK", "content": content}},
    }
