"""The verbs of the API: what happens to an object between the request and the storage."""

import base64
import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from modelsweb.demo.apiserver import failure, patching, selector, validation
from modelsweb.demo.apiserver.garbage import Collector
from modelsweb.demo.apiserver.resource import Registry, Resource
from modelsweb.demo.apiserver.storage import Event, Key, Object, Storage, random_suffix

Webhook = Callable[[Object, Object | None], None]
"""Called with the object, and the object before (None on create)."""


def _allow(_obj: Object, _before: Object | None) -> None:
    """No objection."""


@dataclass(frozen=True, slots=True)
class Admission:
    """The webhooks of a kind: ``mutate`` changes the object in place before the schema is checked, ``validate`` raises
    Failure after."""

    mutate: Webhook = _allow
    validate: Webhook = _allow


_MERGE = "application/merge-patch+json"
_JSON = "application/json-patch+json"
_STRATEGIC = "application/strategic-merge-patch+json"
_APPLY = "application/apply-patch+yaml"

_KEPT = (
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "generateName",
)


_LONGEST_BASE = 58
"""Of a generated name; the five characters that are added make 63."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a request is about."""

    resource: Resource
    namespace: str | None = None
    name: str | None = None
    subresource: str | None = None

    @property
    def key(self) -> Key:
        """The place in the storage."""
        return self.namespace or "", self.name or ""


@dataclass(slots=True, kw_only=True)
class WriteOptions:
    """The query parameters of a write."""

    manager: str = "unknown"
    dry_run: bool = False
    validation: str = "Warn"
    force: bool = False
    warnings: list[str] = field(default_factory=list)
    """Filled while the request is served; sent as Warning headers."""


class Operations:
    """Create, read, change and delete, for one server."""

    def __init__(self, storage: Storage, registry: Registry, *, admission: Mapping[str, Admission]) -> None:
        self.storage = storage
        self.registry = registry
        self.collector = Collector(storage)
        self._admission = admission
        storage.listeners.append(self._definitions)

    # -- reading ------------------------------------------------------------------------------------------------

    def get(self, target: Target) -> Object:
        """The object in the version that was asked for."""
        obj = self.storage.get(target.resource, target.key)
        if obj is None:
            raise failure.not_found(target.resource.full_name, target.name or "")
        return self.render(target.resource, obj)

    def matching(self, target: Target, *, labels: str | None, fields: str | None) -> Iterator[Object]:
        """The stored objects of a collection that fit the selectors."""
        fits_labels = selector.labels(labels)
        fits_fields = selector.fields(fields, target.resource.plural)
        for obj in self.storage.list(target.resource, target.namespace):
            if fits_labels(obj) and fits_fields(obj):
                yield obj

    def render(self, resource: Resource, obj: Object) -> Object:
        """The object as it is sent: in the version asked for, with its managedFields."""
        metadata = dict(obj["metadata"])
        managed = self.storage.ownership(obj).managed_fields(resource.api_version)
        if managed:
            metadata["managedFields"] = managed
        return {**obj, "apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata}

    # -- writing ------------------------------------------------------------------------------------------------

    def create(self, target: Target, body: Object, *, options: WriteOptions) -> Object:
        """Stores a new object."""
        resource = target.resource
        obj = self._accept(target, body, options=options)
        metadata = obj["metadata"]
        if metadata.get("resourceVersion") not in (None, "", "0"):
            raise failure.version_on_create()
        if not metadata.get("name") and metadata.get("generateName"):
            metadata["name"] = metadata["generateName"][:_LONGEST_BASE] + random_suffix()
        for server_set in (*_KEPT[:-1], "resourceVersion", "selfLink"):
            metadata.pop(server_set, None)
        if resource.has_status and resource.full_name != "namespaces":
            obj.pop("status", None)
        self._prepare(resource, obj, before=None, options=options)
        if resource.namespaced:
            self._require_namespace(target.namespace or "")
        key = (metadata.get("namespace", ""), metadata["name"])
        if self.storage.get(resource, key) is not None:
            raise failure.already_exists(resource.full_name, metadata["name"])
        _fill_built_in(resource, obj)
        if options.dry_run:
            metadata |= {
                "uid": "00000000-0000-0000-0000-000000000000",
                "creationTimestamp": self.storage.timestamp(),
            }
            return {**obj, "apiVersion": resource.api_version, "kind": resource.kind}
        stored = self.storage.insert(resource, obj)
        self._own(options.manager, {}, after=stored, subresource="")
        return self.render(resource, stored)

    def replace(self, target: Target, body: Object, *, options: WriteOptions) -> Object:
        """PUT. The resourceVersion must be the current one; only kinds of the API server itself do without."""
        before = self._existing(target)
        obj = self._accept(target, body, options=options)
        if obj["metadata"].get("name") != target.name:
            raise failure.bad_request(
                f"the name of the object ({obj['metadata'].get('name')}) does not match the name on the URL ({target.name})"
            )
        uid, own = obj["metadata"].get("uid"), before["metadata"]["uid"]
        if uid and uid != own:
            why = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {own}"
            raise failure.conflict(target.resource.full_name, target.name or "", why=why)
        kind = target.resource
        if kind.is_custom and not obj["metadata"].get("resourceVersion"):
            cause = failure.FieldError(
                "metadata.resourceVersion",
                "FieldValueInvalid",
                "Invalid value: 0: must be specified for an update",
            )
            raise failure.invalid(kind.kind, kind.group, name=target.name or "", causes=[cause])
        return self._update(target, before, obj=obj, options=options)

    def patch(
        self, target: Target, content_type: str, *, patch: Any, options: WriteOptions
    ) -> tuple[Object, bool]:
        """PATCH of any kind; True where an apply created the object."""
        if content_type == _APPLY:
            return self._apply(target, patch, options=options)
        before = self._existing(target)
        rendered = {**before, "apiVersion": target.resource.api_version, "kind": target.resource.kind}
        if content_type == _JSON:
            obj = patching.json_patch(rendered, patch)
        elif not isinstance(patch, Mapping):
            raise failure.bad_request("error decoding patch: json: cannot unmarshal into an object")
        elif content_type == _MERGE:
            obj = patching.merge(rendered, patch)
        elif content_type == _STRATEGIC and not target.resource.is_custom:
            obj = patching.strategic_merge(rendered, patch)
        else:
            raise failure.Failure(
                415,
                "UnsupportedMediaType",
                message=f"the body of the request was in an unknown format - accepted media types include: {_JSON}, {_MERGE}, {_APPLY}",
            )
        uid = obj["metadata"].get("uid")
        if uid != before["metadata"]["uid"]:
            cause = failure.FieldError(
                "metadata.uid", "FieldValueInvalid", f'Invalid value: "{uid}": field is immutable'
            )
            kind = target.resource
            raise failure.invalid(kind.kind, kind.group, name=target.name or "", causes=[cause])
        return self._update(
            target, before, obj=self._accept(target, obj, options=options), options=options
        ), False

    def delete(self, target: Target, body: Mapping[str, Any], *, options: WriteOptions) -> Object:
        """Deletes; answers the object while something holds it, else a Status."""
        before = self._existing(target)
        uid = (body.get("preconditions") or {}).get("uid")
        if uid and uid != before["metadata"]["uid"]:
            why = (
                f"the UID in the precondition ({uid}) does not match the UID in record ({before['metadata']['uid']}). "
                "The object might have been deleted and then recreated"
            )
            raise failure.conflict(target.resource.kind, target.name or "", why=why)
        if options.dry_run:
            return self.render(target.resource, before)
        if target.resource.full_name == "namespaces":
            self._empty_namespace(target.name or "")
        left = self.collector.delete(
            target.resource,
            target.key,
            policy=body.get("propagationPolicy"),
            grace_seconds=body.get("gracePeriodSeconds"),
        )
        if (
            left["metadata"].get("deletionTimestamp")
            and self.storage.get(target.resource, target.key) is not None
        ):
            return self.render(target.resource, self.storage.shelf(target.resource).objects[target.key])
        if target.resource.full_name == "pods" or left["metadata"].get("finalizers"):
            return self.render(target.resource, left)
        details = {"name": target.name, "kind": target.resource.plural, "uid": before["metadata"]["uid"]}
        if target.resource.group:
            details["group"] = target.resource.group
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}

    def delete_collection(self, target: Target, objects: list[Object], *, body: Mapping[str, Any]) -> None:
        """Deletes each of the objects."""
        for obj in objects:
            key = (obj["metadata"].get("namespace", ""), obj["metadata"]["name"])
            if self.storage.get(target.resource, key) is not None:
                self.collector.delete(target.resource, key, policy=body.get("propagationPolicy"))

    # -- steps --------------------------------------------------------------------------------------------------

    def _existing(self, target: Target) -> Object:
        obj = self.storage.get(target.resource, target.key)
        if obj is None:
            raise failure.not_found(target.resource.full_name, target.name or "")
        return obj

    def _accept(self, target: Target, body: Object, *, options: WriteOptions) -> Object:
        """A copy of the body, if it is what the URL says, unknown fields dealt with as asked."""
        resource = target.resource
        api_version, kind = body.get("apiVersion"), body.get("kind")
        if not kind:
            raise failure.bad_request("Object 'Kind' is missing in the request")
        if api_version != resource.api_version:
            raise failure.bad_request(
                f"the API version in the data ({api_version}) does not match the expected API version ({resource.api_version})"
            )
        if kind != resource.kind:
            raise failure.bad_request(
                f'{kind} in version "{resource.version}" cannot be handled as a {resource.kind}: no kind "{kind}" is registered'
            )
        validation.check_metadata_types(body, resource)
        obj = copy.deepcopy(body)
        metadata = obj["metadata"] = {
            key: value for key, value in obj["metadata"].items() if value is not None
        }
        metadata.pop("managedFields", None)
        if resource.namespaced:
            if metadata.get("namespace") not in (None, "", target.namespace):
                raise failure.bad_request(
                    "the namespace of the provided object does not match the namespace sent on the request"
                )
            metadata["namespace"] = target.namespace
        self._unknown_fields(resource, obj, options=options)
        return obj

    def _unknown_fields(self, resource: Resource, obj: Object, *, options: WriteOptions) -> None:
        unknown = validation.unknown_fields(resource, obj)
        if unknown and options.validation == "Strict":
            listed = ", ".join(f'unknown field "{path}"' for path in unknown)
            raise failure.bad_request(
                f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}: '
                f"strict decoding error: {listed}"
            )
        if unknown and options.validation == "Warn":
            options.warnings.extend(f'unknown field "{path}"' for path in unknown)
        if unknown:
            validation.prune(resource, obj)

    def _prepare(
        self, resource: Resource, obj: Object, *, before: Object | None, options: WriteOptions
    ) -> None:
        validation.fill_defaults(resource, obj)
        admission = self._admission.get(resource.full_name, Admission())
        admission.mutate(obj, before)
        self._unknown_fields(resource, obj, options=options)
        validation.check(resource, obj)
        admission.validate(obj, before)

    def _update(self, target: Target, before: Object, *, obj: Object, options: WriteOptions) -> Object:
        resource = target.resource
        given = obj["metadata"].get("resourceVersion")
        if given and given != before["metadata"]["resourceVersion"]:
            raise failure.modified(resource.full_name, target.name or "")
        obj["metadata"]["resourceVersion"] = before["metadata"]["resourceVersion"]
        for key in _KEPT:
            if key in before["metadata"]:
                obj["metadata"][key] = before["metadata"][key]
            else:
                obj["metadata"].pop(key, None)
        obj["metadata"]["name"] = before["metadata"]["name"]
        obj = _only_part(resource, target.subresource, obj=obj, before=before)
        if target.subresource is None:
            self._prepare(resource, obj, before=before, options=options)
        else:
            validation.check(resource, obj)
        obj["apiVersion"], obj["kind"] = before["apiVersion"], before["kind"]
        if options.dry_run:
            return self.render(resource, obj)
        stored = self.storage.update(resource, obj, before=before)
        if stored is not before:
            self._own(options.manager, before, after=stored, subresource=target.subresource or "")
        return self.render(resource, stored)

    def _apply(self, target: Target, config: Any, *, options: WriteOptions) -> tuple[Object, bool]:
        if not isinstance(config, Mapping):
            raise failure.bad_request("error decoding YAML: the patch is no object")
        if options.manager == "unknown":
            raise failure.Failure(
                422,
                "Invalid",
                message='PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
            )
        config = self._accept(target, dict(config), options=options)
        at = self.storage.timestamp()
        before = self.storage.get(target.resource, target.key)
        if before is None:
            config["metadata"]["name"] = target.name
            stored = self.create(
                target,
                config,
                options=WriteOptions(manager="", dry_run=options.dry_run, validation=options.validation),
            )
            if not options.dry_run:
                live = self.storage.shelf(target.resource).objects[target.key]
                self.storage.ownership(live).applied(options.manager, {}, config=config, force=True, at=at)
                stored = self.render(target.resource, live)
            return stored, True
        ownership = self.storage.ownership(before)
        trial = copy.deepcopy(ownership) if options.dry_run else ownership
        merged = trial.applied(options.manager, before, config=config, force=options.force, at=at)
        merged["apiVersion"], merged["kind"] = target.resource.api_version, target.resource.kind
        merged["metadata"].pop("resourceVersion", None)
        quiet = WriteOptions(manager="", dry_run=options.dry_run, validation="Ignore")
        return self._update(target, before, obj=merged, options=quiet), False

    def _own(self, manager: str, before: Object, *, after: Object, subresource: str) -> None:
        if manager:
            self.storage.ownership(after).updated(
                manager, before, after=after, subresource=subresource, at=self.storage.timestamp()
            )

    def _require_namespace(self, name: str) -> None:
        namespaces = self.registry.get("", "v1", plural="namespaces")
        found = namespaces and self.storage.get(namespaces, ("", name))
        if not found:
            raise failure.not_found("namespaces", name)
        if "deletionTimestamp" in found["metadata"]:
            raise failure.Failure(
                403,
                "Forbidden",
                message=f"unable to create new content in namespace {name} because it is being terminated",
                details={
                    "causes": [
                        {"reason": "NamespaceTerminating", "message": name, "field": "metadata.namespace"}
                    ]
                },
            )

    def _empty_namespace(self, name: str) -> None:
        for resource in list(self.registry):
            if resource.namespaced and resource.is_stored_version:
                for obj in list(self.storage.list(resource, name)):
                    key = (name, obj["metadata"]["name"])
                    if self.storage.get(resource, key) is not None:
                        self.collector.delete(resource, key, policy="Background", grace_seconds=0)

    def _definitions(self, resource: Resource, event: Event) -> None:
        if resource.plural == "customresourcedefinitions":
            if event.before is not None:
                self.registry.forget(event.before)
            if event.type != "DELETED":
                self.registry.define(event.object)


def _only_part(resource: Resource, subresource: str | None, *, obj: Object, before: Object) -> Object:
    """Status is changed through its subresource only, and everything else not through it."""
    if subresource == "status":
        changed = copy.deepcopy(before)
        if "status" in obj:
            changed["status"] = obj["status"]
        return changed
    if resource.has_status:
        obj.pop("status", None)
        if "status" in before:
            obj["status"] = copy.deepcopy(before["status"])
    return obj


def _fill_built_in(resource: Resource, obj: Object) -> None:
    """The few defaults of core kinds that clients rely on."""
    match resource.full_name:
        case "namespaces":
            obj.setdefault("spec", {}).setdefault("finalizers", ["kubernetes"])
            obj["status"] = {"phase": "Active"}
            obj["metadata"].setdefault("labels", {})["kubernetes.io/metadata.name"] = obj["metadata"]["name"]
        case "pods":
            obj["status"] = {"phase": "Pending", "qosClass": "Burstable"}
            obj["spec"].setdefault("restartPolicy", "Always")
        case "services":
            spec = obj.setdefault("spec", {})
            spec.setdefault("type", "ClusterIP")
            spec.setdefault("sessionAffinity", "None")
            obj["status"] = {"loadBalancer": {}}
        case "secrets":
            given = obj.pop("stringData", None) or {}
            added = {key: base64.b64encode(str(value).encode()).decode() for key, value in given.items()}
            obj["data"] = {**(obj.get("data") or {}), **added}
            obj.setdefault("type", "Opaque")
        case "deployments" | "replicasets":
            obj["status"] = {"replicas": 0} if resource.plural == "replicasets" else {}
