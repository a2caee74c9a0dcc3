"""One object as the store keeps it: its bytes, and the few fields by which it is found."""

import msgspec

from modelsweb.objects.kind import Kind, Link

MOST_LEVELS = 100
"""How deeply an object may be nested; those of Kubernetes and KServe stay below thirty."""
_OPENING = b"[{"
_NO_BRACKETS = bytes(code for code in range(256) if code not in b"[]{}")


class Reference(msgspec.Struct, frozen=True):
    """An owner, or the object that an event is about; ``uid`` is empty where its reporter did not say."""

    kind: str = ""
    name: str = ""
    uid: str = ""


class Item(msgspec.Struct, frozen=True):
    """An object's identity and its JSON, without managedFields. ``service`` is the service that a child belongs to;
    of an event that is found by ``about``."""

    namespace: str
    name: str
    uid: str
    resource_version: str
    raw: bytes
    service: str = ""
    about: Reference | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Namespace and name: what a watch event replaces or removes."""
        return self.namespace, self.name


class _Labels(msgspec.Struct):
    service: str = msgspec.field(name="serving.kserve.io/inferenceservice", default="")


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
_labels = msgspec.json.Decoder(_Labels | None)
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
            raise UnusableObjectError(f"It is nested more than {MOST_LEVELS} levels deep.")
        item = _slim(raw, kind)
    except (msgspec.DecodeError, KeyError, TypeError, RecursionError) as error:
        raise UnusableObjectError(f"{type(error).__name__}: {error}") from error
    if not item.name or bool(item.namespace) != kind.namespaced:
        raise UnusableObjectError("It has no name, or no namespace where its kind has one.")
    return item


def _is_deep(raw: bytes) -> bool:
    """Whether an object is nested so deeply that who reads it would run out of stack."""
    brackets = raw.translate(None, _NO_BRACKETS)
    return len(brackets) > 2 * MOST_LEVELS and _depth(brackets) > MOST_LEVELS and _levels(raw) > MOST_LEVELS


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
        service=_service(kind, identity),
        about=_reference.decode(fields["involvedObject"])
        if kind.link is Link.INVOLVED and "involvedObject" in fields
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


def _service(kind: Kind, identity: _Identity) -> str:
    match kind.link:
        case Link.LABEL if bytes(identity.labels):
            labels = _labels.decode(identity.labels)
            return labels.service if labels else ""
        case Link.OWNER if bytes(identity.ownerReferences):
            found = _references.decode(identity.ownerReferences) or ()
            return next((owner.name for owner in found if owner.kind == "InferenceService"), "")
    return ""
