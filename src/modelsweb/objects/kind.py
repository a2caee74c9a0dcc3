"""What we know about a kind of object before we ask a cluster."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import quote

from modelsweb.errors import NotFoundError
from modelsweb.text import Text

_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
_LONGEST_NAME = 253


class OwnerBy(StrEnum):
    """How an object says which root object it belongs to."""

    LABEL = "label"
    """By a label with the root's name."""
    REFERENCE = "reference"
    """By the root among its owner references."""
    INVOLVED = "involved"
    """An event: it is its object's, whosoever that is."""


@dataclass(frozen=True, slots=True)
class OwnerLabel:
    """A label whose value is the name of a root; ``of`` is the full name of the root's kind. ``selector`` picks the objects for
    which that holds, where the key alone does not."""

    of: str
    key: str
    selector: str = ""

    @property
    def condition(self) -> tuple[str, str] | None:
        """Another label with its value that such objects have."""
        key, equals, value = self.selector.partition("=")
        return (key, value) if equals else None


@dataclass(frozen=True, slots=True)
class OwnerLink:
    """How objects of a kind name the root object that they belong to, and of which kinds that may be.

    ``of`` are pairs of a kind's name, as owner references have it, and its full name; ``labels`` are those that count, the first
    that an object has first.
    """

    by: OwnerBy
    of: tuple[tuple[str, str], ...] = ()
    labels: tuple[OwnerLabel, ...] = ()

    def full_name(self, kind: str) -> str:
        """The full name of a root's kind; empty where the owner is no root."""
        return next((full_name for name, full_name in self.of if name == kind), "")

    def may_be(self, full_name: str) -> bool:
        """Objects of this kind may belong to roots of a kind; events to those of any."""
        return self.by is OwnerBy.INVOLVED or any(one == full_name for _, one in self.of)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Kind:
    """A resource of the Kubernetes API.

    ``group`` is empty for the core API, ``older_versions`` are those that clusters may still serve. ``verbs`` is what the app's own service account needs, and feeds the
    generated ClusterRole, as do ``subresources``, each with its verbs. ``watched`` says that the store keeps all
    objects of the kind in memory. ``creatable`` says that the create page takes documents of the kind. ``is_root`` is
    for what users come for, which has pages under its ``title``; ``owner`` makes a watched kind a child of such objects: it is found by its root, and those
    that belong to none are not kept. ``shared`` objects are no root's own, and all of their namespace, or of the
    cluster, may lean on them. ``label_selector`` and ``field_selector`` narrow what is watched to what is ever shown;
    they tell two kinds of one resource apart.

    Each kind is one object of the catalogue, and is compared by identity.
    """

    group: str
    version: str
    kind: str
    plural: str
    older_versions: tuple[str, ...] = ()
    namespaced: bool = True
    verbs: tuple[str, ...] = ("list", "watch")
    subresources: tuple[tuple[str, tuple[str, ...]], ...] = ()
    watched: bool = False
    shared: bool = False
    creatable: bool = False
    is_root: bool = False
    title: Text | None = None
    owner: OwnerLink | None = None
    label_selector: str = ""
    field_selector: str = ""

    @property
    def api_version(self) -> str:
        """``group/version``, or just the version for the core API."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def at(self, api_version: str) -> "Kind | None":
        """The kind in one of its API versions; None where it has no such version."""
        group, _, version = api_version.rpartition("/")
        if group == self.group and version in {self.version, *self.older_versions}:
            return self if version == self.version else replace(self, version=version, older_versions=())
        return None

    @property
    def all_versions(self) -> tuple["Kind", ...]:
        """The kind in each of its API versions, the current one first."""
        prefix = f"{self.group}/" if self.group else ""
        older = (self.at(f"{prefix}{version}") for version in self.older_versions)
        return (self, *(one for one in older if one is not None))

    @property
    def full_name(self) -> str:
        """The name that no other kind has, such as ``services.serving.knative.dev``."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def selector(self) -> str:
        """The label selector of its watch; empty for all objects, and where it takes several watches (``parts``)."""
        labels = self.owner.labels if self.owner else ()
        return self.label_selector or (labels[0].selector or labels[0].key if len(labels) == 1 else "")

    @property
    def parts(self) -> tuple["Kind", ...]:
        """The kind once for each watch that it takes: no selector finds the objects of several kinds of roots, each of which has
        labels of its own."""
        link = self.owner
        if link is None or len(link.labels) < 2 or self.label_selector:
            return (self,)
        return tuple(replace(self, owner=replace(link, labels=(one,))) for one in link.labels)

    @property
    def watch_name(self) -> str:
        """The name of its watch, which no other has: with the selector where one resource is watched twice."""
        return (
            f"{self.full_name}?{self.label_selector}"
            if self.shared and self.label_selector
            else self.full_name
        )

    def path(
        self, namespace: str | None = None, name: str | None = None, *, subresource: str | None = None
    ) -> str:
        """The URL path of the collection or object; ``namespace`` None means all namespaces.

        Raises NotFoundError for a name that no object can have, since it would lead to another object.
        """
        parts = ["/apis", self.group, self.version] if self.group else ["/api", self.version]
        if namespace and self.namespaced:
            parts += ["namespaces", segment(namespace)]
        parts.append(self.plural)
        if name:
            parts.append(segment(name))
        if subresource:
            parts.append(subresource)
        return "/".join(parts)


def is_name(text: str) -> bool:
    """Whether an object or a namespace can be called so."""
    return 0 < len(text) <= _LONGEST_NAME and _NAME.fullmatch(text) is not None


def segment(name: str) -> str:
    """A name as one segment of a URL path. Raises NotFoundError for one that would change the path."""
    if name in {".", ".."} or "/" in name or "%" in name:
        raise NotFoundError(f"{name!r} is not the name of an object.")
    return quote(name, safe="")
