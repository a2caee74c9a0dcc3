"""What the server checks and mends before it stores an object: names, labels, and the CRD's schema.

Schemas are validated by jsonschema-rs; what its errors say is put into the words of the real server. Pruning of
unknown fields and filling in of defaults, which JSON Schema does not know, walk the schema here.
"""

import functools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from modelsweb.demo.apiserver.failure import FieldError, bad_request, invalid
from modelsweb.demo.apiserver.resource import Resource

_LABEL_NAME = re.compile(r"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$")
_SUBDOMAIN = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
_DNS_LABEL = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")

_SUBDOMAIN_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_LABEL_RULE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
    "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation "
    "is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)
_NAME_RULE = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
    "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_KEY_RULE = f"a valid label key {_NAME_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
_LONGEST_LABEL = 63
_LONGEST_NAME = 253
_GO_NAMES = {dict: "object", list: "array", str: "string", bool: "bool", int: "number", float: "number"}
_TYPE_NAMES = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}


def check(resource: Resource, obj: Mapping[str, Any]) -> None:
    """Raises 422 with one cause for each thing that is wrong."""
    metadata = obj["metadata"]
    causes = [
        *_name_errors(resource, metadata),
        *_label_errors(metadata),
        *_schema_errors(resource, obj),
        *_image_errors(resource, obj),
    ]
    if causes:
        raise invalid(resource.kind, resource.group, name=metadata.get("name") or "", causes=causes)


def check_metadata_types(obj: Mapping[str, Any], resource: Resource) -> None:
    """Raises 400 where metadata is not even of the right shape, as the real decoder does."""
    metadata = obj.get("metadata")
    if not isinstance(metadata, Mapping):
        raise _undecodable(resource, metadata, field="metadata", wanted="v1.ObjectMeta")
    for field in ("labels", "annotations"):
        pairs = metadata.get(field)
        if pairs is None:
            continue
        if not isinstance(pairs, Mapping):
            raise _undecodable(resource, pairs, field=f"ObjectMeta.{field}", wanted="map[string]string")
        for value in pairs.values():
            if not isinstance(value, str | None):
                raise _undecodable(resource, value, field=f"ObjectMeta.{field}", wanted="string")
    for field in ("name", "namespace", "generateName"):
        if not isinstance(metadata.get(field, ""), str | None):
            raise _undecodable(resource, metadata.get(field), field=f"ObjectMeta.{field}", wanted="string")


def _undecodable(resource: Resource, found: Any, *, field: str, wanted: str) -> Exception:
    """As Go's decoder says it: without the key of a map."""
    return bad_request(
        f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}: '
        f"json: cannot unmarshal {_GO_NAMES.get(type(found), 'null')} into Go struct field {field} of type {wanted}"
    )


def _name_errors(resource: Resource, metadata: Mapping[str, Any]) -> Iterator[FieldError]:
    name = metadata.get("name") or ""
    if not name:
        yield FieldError(
            "metadata.name", "FieldValueRequired", "Required value: name or generateName is required"
        )
    elif resource.group == "rbac.authorization.k8s.io":
        return
    elif len(name) > _LONGEST_NAME:
        yield FieldError(
            "metadata.name", "FieldValueTooLong", f"Too long: may not be more than {_LONGEST_NAME} bytes"
        )
    elif not (_DNS_LABEL if resource.kind in {"Namespace", "Service"} else _SUBDOMAIN).match(name):
        yield FieldError(
            "metadata.name", "FieldValueInvalid", f"Invalid value: {json.dumps(name)}: {_SUBDOMAIN_RULE}"
        )


def _label_errors(metadata: Mapping[str, Any]) -> Iterator[FieldError]:
    for field in ("labels", "annotations"):
        for key in metadata.get(field) or {}:
            # The prefix of an annotation may be in any case: k8s.io/apimachinery/pkg/api/validation/objectmeta.go
            for rule in _key_rules(key.lower() if field == "annotations" else key):
                yield FieldError(
                    f"metadata.{field}", "FieldValueInvalid", f"Invalid value: {json.dumps(key)}: {rule}"
                )
    for value in (metadata.get("labels") or {}).values():
        if len(value) > _LONGEST_LABEL:
            rule = f"must be no more than {_LONGEST_LABEL} bytes"
        elif not _LABEL_NAME.match(value):
            rule = _LABEL_RULE
        else:
            continue
        yield FieldError(
            "metadata.labels", "FieldValueInvalid", f"Invalid value: {json.dumps(value)}: {rule}"
        )


def _key_rules(key: str) -> Iterator[str]:
    """What is wrong with the key of a label or annotation."""
    prefix, slash, name = key.rpartition("/")
    if "/" in prefix:
        yield _KEY_RULE
        return
    if slash and not prefix:
        yield "prefix part must be non-empty"
    elif len(prefix) > _LONGEST_NAME:
        yield f"prefix part must be no more than {_LONGEST_NAME} bytes"
    elif prefix and not _SUBDOMAIN.match(prefix):
        yield f"prefix part {_SUBDOMAIN_RULE}"
    if not name:
        yield "name part must be non-empty"
    if len(name) > _LONGEST_LABEL:
        yield f"name part must be no more than {_LONGEST_LABEL} bytes"
    elif not name or not _LABEL_NAME.match(name):
        yield f"name part {_NAME_RULE}"


def _image_errors(resource: Resource, obj: Mapping[str, Any]) -> Iterator[FieldError]:
    """Every container of a pod, or of a workload's template, names its image."""
    if resource.kind not in {"Pod", "Deployment", "ReplicaSet"}:
        return
    path = ("spec",) if resource.kind == "Pod" else ("spec", "template", "spec")
    found: Any = obj
    for field in path:
        found = found.get(field) or {}
    for field in ("initContainers", "containers"):
        for number, container in enumerate(found.get(field) or ()):
            if not container.get("image"):
                place = f"{'.'.join(path)}.{field}[{number}].image"
                yield FieldError(place, "FieldValueRequired", "Required value")


# -- schemas ------------------------------------------------------------------------------------------------------


def _schema_errors(resource: Resource, obj: Mapping[str, Any]) -> Iterator[FieldError]:
    if resource.schema is None:
        return
    validator = _validator(resource.api_version, resource.kind, schema=json.dumps(resource.schema))
    for error in validator.iter_errors(dict(obj)):
        yield _field_error(error)


@functools.cache
def _validator(_api_version: str, _kind: str, *, schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_plain_schema(json.loads(schema)))


def _plain_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The structural schema in plain JSON Schema: nullable and int-or-string spelled out."""
    plain: dict[str, Any] = {key: value for key, value in schema.items() if not key.startswith("x-")}
    if "properties" in schema:
        plain["properties"] = {name: _plain_schema(inner) for name, inner in schema["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            plain[key] = _plain_schema(schema[key])
    if schema.get("x-kubernetes-int-or-string"):
        plain["type"] = ["integer", "string"]
    if schema.get("nullable") and "type" in plain:
        types = plain["type"] if isinstance(plain["type"], list) else [plain["type"]]
        plain["type"] = [*types, "null"]
    plain.pop("nullable", None)
    plain.pop("format", None)
    return plain


def _field_error(error: jsonschema_rs.ValidationError) -> FieldError:
    path = _written(tuple(error.instance_path))
    kind = error.kind
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
        missing = kind.property
        return FieldError(f"{path}.{missing}".lstrip("."), "FieldValueRequired", "Required value")
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Enum):
        options = ", ".join(json.dumps(option) for option in kind.options)
        return FieldError(
            path,
            "FieldValueNotSupported",
            f"Unsupported value: {json.dumps(error.instance)}: supported values: {options}",
        )
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Type):
        found = _TYPE_NAMES.get(type(error.instance), "null")
        wanted = ",".join(str(name) for name in kind.types)
        return FieldError(
            path,
            "FieldValueTypeInvalid",
            f'Invalid value: "{found}": {path} in body must be of type {wanted}: "{found}"',
        )
    return FieldError(
        path, "FieldValueInvalid", f"Invalid value: {json.dumps(error.instance)}: {error.message}"
    )


Path = tuple[str | int, ...]


def unknown_fields(resource: Resource, obj: Mapping[str, Any]) -> list[str]:
    """The fields that the schema does not have; the real server drops them."""
    return [_written(path) for path in _unknown(resource.schema, obj, path=())] if resource.schema else []


def prune(resource: Resource, obj: dict[str, Any]) -> None:
    """Drops the fields that the schema does not have."""
    for path in list(_unknown(resource.schema, obj, path=())) if resource.schema else ():
        owner: Any = obj
        for step in path[:-1]:
            owner = owner[step]
        owner.pop(path[-1], None)


def _written(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


_ROOT = {"apiVersion", "kind", "metadata"}


def _unknown(schema: Mapping[str, Any], value: Any, *, path: Path) -> Iterator[Path]:
    if isinstance(value, Mapping):
        properties = schema.get("properties") or {}
        extra = schema.get("additionalProperties")
        for key, inner in value.items():
            if not path and key in _ROOT:
                continue
            if key in properties:
                yield from _unknown(properties[key], inner, path=(*path, key))
            elif isinstance(extra, Mapping):
                yield from _unknown(extra, inner, path=(*path, key))
            elif not (extra or schema.get("x-kubernetes-preserve-unknown-fields")):
                yield (*path, key)
    elif isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        for index, inner in enumerate(value):
            yield from _unknown(schema["items"], inner, path=(*path, index))


def fill_defaults(resource: Resource, obj: dict[str, Any]) -> None:
    """Fills in the schema's defaults, below mappings that are there."""
    if resource.schema is not None:
        _fill(resource.schema, obj)


def _fill(schema: Mapping[str, Any], value: Any) -> None:
    if isinstance(value, dict):
        for key, inner in (schema.get("properties") or {}).items():
            if key not in value and "default" in inner:
                value[key] = json.loads(json.dumps(inner["default"]))
            if key in value:
                _fill(inner, value[key])
        if isinstance(schema.get("additionalProperties"), Mapping):
            for inner_value in value.values():
                _fill(schema["additionalProperties"], inner_value)
    elif isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        for inner_value in value:
            _fill(schema["items"], inner_value)
