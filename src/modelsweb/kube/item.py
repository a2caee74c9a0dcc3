"""One object as the store keeps it: its bytes, and the few fields by which it is found."""

import msgspec

from modelsweb.objects.kind import Kind, OwnerBy, OwnerLabel, OwnerLink
from modelsweb.objects.ref import ObjectRef

MAX_LEVELS = 100
"""How deeply an object may be nested; those of Kubernetes and KServe stay below thirty."""
_OPENING = b"[{"
_NO_BRACKETS = bytes(code for code in range(256) if code not in b"[]{}")


class Reference(msgspec.Struct, frozen=True):
    """An owner, or the object that an event is about; ``uid`` is empty where its reporter did not say."""

    kind: str = ""
    name: str = ""
    uid: str = ""


class Item(msgspec.Struct, frozen=True):
    """An object's identity and its JSON, without managedFields.

    ``root`` is the root object that it belongs to, itself where it is one; of an event that is found by ``about``.
    """

    namespace: str
    name: str
    uid: str
    resource_version: str
    raw: bytes
    root: ObjectRef | None = None
    about: Reference | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Namespace and name: what a watch event replaces or removes."""
        return self.namespace, self.name


class _Identity(msgspec.Struct):
    name: str = ""
    namespace: str = ""
    uid: str = ""
    resourceVersion: str = ""  # noqa: N815 - the API's spelling
    managedFields: msgspec.Raw = msgspec.Raw()  # noqa: N815
    labels: msgspec.Raw = msgspec.Raw()
    ownerReferences: msgspec.Raw = msgspec.Raw()  # noqa: N815


class _Origin(msgspec.Struct):
    creationTimestamp: str = ""  # noqa: N815
    ownerReferences: list[Reference] | None = None  # noqa: N815


class _Original(msgspec.Struct):
    metadata: _Origin


_Fields = dict[str, msgspec.Raw]
_original = msgspec.json.Decoder(_Original)
_fields = msgspec.json.Decoder(_Fields)
_identity = msgspec.json.Decoder(_Identity)
_labels = msgspec.json.Decoder(_Fields | None)
_text = msgspec.json.Decoder(str)
_reference = msgspec.json.Decoder(Reference)
_references = msgspec.json.Decoder(list[Reference] | None)
_encode = msgspec.json.Encoder().encode


class UnusableObjectError(ValueError):
    """What stands in a list or watch is no object: it has no name, is no mapping, or is nested beyond measure."""


def slim(raw: msgspec.Raw | bytes, kind: Kind) -> Item:
    """The item in the bytes of an object; nothing below the top level and metadata is decoded.

    Items of core lists come without kind and apiVersion; these are filled in. Raises UnusableObjectError.
    """
    try:
        if _is_deep(bytes(raw)):
            raise UnusableObjectError(f"It is nested more than {MAX_LEVELS} levels deep.")
        item = _slim(raw, kind)
    except (msgspec.DecodeError, KeyError, TypeError, RecursionError) as error:
        raise UnusableObjectError(f"{type(error).__name__}: {error}") from error
    if not item.name or bool(item.namespace) != kind.namespaced:
        raise UnusableObjectError("It has no name, or no namespace where its kind has one.")
    return item


def _is_deep(raw: bytes) -> bool:
    """Whether an object is nested so deeply that who reads it would run out of stack."""
    brackets = raw.translate(None, _NO_BRACKETS)
    return len(brackets) > 2 * MAX_LEVELS and _depth(brackets) > MAX_LEVELS and _levels(raw) > MAX_LEVELS


def _depth(brackets: bytes) -> int:
    """The depth of brackets, at least; those in texts count too."""
    deepest = depth = 0
    for one in brackets:
        depth += 1 if one in _OPENING else -1
        deepest = max(deepest, depth)
    return deepest


def _levels(raw: bytes) -> int:
    """The depth of an object. Raises RecursionError far beyond what is allowed."""
    levels, inside = 0, [msgspec.json.decode(raw)]
    while inside:
        levels += 1
        inside = [
            child
            for one in inside
            for child in (one.values() if isinstance(one, dict) else one)
            if isinstance(child, dict | list)
        ]
    return levels


def _slim(raw: msgspec.Raw | bytes, kind: Kind) -> Item:
    fields = _fields.decode(raw)
    identity = _identity.decode(fields["metadata"])
    if bytes(identity.managedFields):
        metadata = _fields.decode(fields["metadata"])
        del metadata["managedFields"]
        fields["metadata"] = msgspec.Raw(_encode(metadata))
    body: dict[str, msgspec.Raw] = {
        "apiVersion": msgspec.Raw(_encode(kind.api_version)),
        "kind": msgspec.Raw(_encode(kind.kind)),
    }
    body.update(fields)
    return Item(
        namespace=identity.namespace,
        name=identity.name,
        uid=identity.uid,
        resource_version=identity.resourceVersion,
        raw=_encode(body),
        root=_root(kind, identity),
        about=_reference.decode(fields["involvedObject"])
        if kind.owner and kind.owner.by is OwnerBy.INVOLVED and "involvedObject" in fields
        else None,
    )


def created(item: Item) -> str:
    """When the API server made the object, as it wrote it. Empty where it does not say."""
    return _origin(item).creationTimestamp


def owners(item: Item) -> list[Reference]:
    """The objects that it goes with; none where what stands there is nonsense."""
    return _origin(item).ownerReferences or []


def _origin(item: Item) -> _Origin:
    try:
        return _original.decode(item.raw).metadata
    except msgspec.DecodeError:
        return _Origin()


def _root(kind: Kind, identity: _Identity) -> ObjectRef | None:
    if kind.is_root:
        return ObjectRef(kind.full_name, identity.namespace, identity.name)
    if (link := kind.owner) is None:
        return None
    full_name, name = _named(link, identity)
    return ObjectRef(full_name, identity.namespace, name) if full_name and name else None


def _named(link: OwnerLink, identity: _Identity) -> tuple[str, str]:
    """The full name of the root's kind, and the root's name."""
    match link.by:
        case OwnerBy.LABEL if bytes(identity.labels):
            labels = _labels.decode(identity.labels) or {}
            label = next((one for one in link.labels if _has(labels, one)), None)
            return (label.of, _text.decode(labels[label.key])) if label is not None else ("", "")
        case OwnerBy.REFERENCE if bytes(identity.ownerReferences):
            found = _references.decode(identity.ownerReferences) or ()
            pairs = ((link.full_name(owner.kind), owner.name) for owner in found)
            return next((pair for pair in pairs if pair[0]), ("", ""))
    return "", ""


def _has(labels: _Fields, owner: OwnerLabel) -> bool:
    if owner.key not in labels:
        return False
    condition = owner.condition
    return condition is None or (
        condition[0] in labels and _text.decode(labels[condition[0]]) == condition[1]
    )
