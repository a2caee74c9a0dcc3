"""What a check of a text is: one thing that KServe ignores, misreads or breaks without a word.

To add one, follow ``docs/how-to/add-a-check.md``.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple

from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.text import Text

KSERVE = "https://github.com/kserve/kserve/blob/master/"


class Level(IntEnum):
    """How bad it is, the worst first."""

    REFUSED = 0
    """The API server or a webhook will say no."""
    BROKEN = 1
    """It is accepted, and will not work."""
    IGNORED = 2
    """It is accepted, and has no effect."""
    NOTE = 3
    """Worth knowing."""


class Change(NamedTuple):
    """One edit of the text that mends it: the field, and its value; None takes the field out."""

    path: tuple[str | int, ...]
    value: Any


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where a check found something. ``path`` are the steps to the field, ``values`` go into the sentence."""

    path: tuple[str | int, ...]
    values: Mapping[str, str | int] = field(default_factory=dict)
    fix: tuple[Change, ...] = ()

    @property
    def field(self) -> str:
        """The path as the API server writes it."""
        return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path).lstrip(".")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of the cluster, as far as the user may see it. None is not known: a check that needs it says nothing."""

    namespace: str = ""
    """Where the text goes; empty where that is not known."""
    runtimes: tuple[Obj, ...] | None = None
    """The namespace's own serving runtimes, then those of the cluster."""
    services: tuple[Obj, ...] | None = None
    """The InferenceServices of the namespace."""
    accounts: tuple[Obj, ...] | None = None
    """The ServiceAccounts of the namespace."""
    secrets: Mapping[str, frozenset[str] | None] | None = None
    """The names of its Secrets, each with the names of its keys, None where those are not known."""
    claims: tuple[Obj, ...] | None = None
    """Its PersistentVolumeClaims."""
    storage_classes: tuple[Obj, ...] | None = None
    """The StorageClasses of the cluster."""
    quotas: tuple[Obj, ...] | None = None
    """Its ResourceQuotas."""
    nodes: tuple[Obj, ...] | None = None
    """The nodes of the cluster."""
    devices_used: Mapping[str, int] | None = None
    """The devices of the nodes that pods hold, by the names of their resources."""
    place: Obj | None = None
    """The namespace itself."""
    llm_services: tuple[Obj, ...] | None = None
    """The LLMInferenceServices of the namespace."""
    configs: tuple[Obj, ...] | None = None
    """The LLMInferenceServiceConfigs of the namespace, and those that come with KServe."""
    sizes: tuple[tuple[str, str, str], ...] = ()
    """Sizes of a replica that this installation offers: name, CPU, memory."""
    default_mode: str = ""
    """The deployment mode of services that name none; empty where it is not known."""
    live: Obj | None = None
    """The object that the document is to change, where it is there already."""
    served: frozenset[str] | None = None
    """The full names of the kinds that the cluster has."""
    spec_fields: frozenset[str] | None = None
    """The fields that the cluster's schema of the kind of service has in its spec."""
    documents: tuple[Obj, ...] = ()
    """All that the same text describes."""

    def has(self, kind: Kind) -> bool | None:
        """The cluster has a kind."""
        return None if self.served is None else kind.full_name in self.served


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """``kinds`` are the names of those that it reads; ``source`` is where KServe does what the sentence says."""

    id: str
    level: Level
    kinds: tuple[str, ...]
    sentence: Text
    source: str
    look: Callable[[Obj, Facts], Iterator[Hit]]
