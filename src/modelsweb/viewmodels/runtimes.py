"""Which serving runtime KServe would choose, and what each serves: a question with its answer, and a table of formats by runtime."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlencode

from modelsweb.kinds import CLUSTER_SERVING_RUNTIME, INFERENCE_SERVICE
from modelsweb.objects.freshness import Health
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology import predictor
from modelsweb.topology.runtime_selection import (
    DEFAULT_PROTOCOL,
    PROTOCOLS,
    Reason,
    Selection,
    Wanted,
    select,
)
from modelsweb.topology.serving_runtime import format_names, formats_of, is_disabled, protocols_of
from modelsweb.topology.wanted_runtime import meant, wanted
from modelsweb.viewmodels.components.freshness import Live, live

_MODEL_MESH = "ModelMesh"
MODES = ("Standard", "Knative", _MODEL_MESH)
_LONGEST = 63
_MAX_COLUMNS = 40
_NEAREST = 3
_ORDER = (
    Reason.DISABLED,
    Reason.MULTI_MODEL,
    Reason.WORKERS,
    Reason.FORMAT,
    Reason.VERSION,
    Reason.PROTOCOL,
    Reason.NOT_SELECTED,
)
"""The tests in the order in which KServe makes them."""
TESTS: tuple[tuple[Text, tuple[Reason, ...]], ...] = (
    (text("Enabled"), (Reason.DISABLED,)),
    (text("One model"), (Reason.MULTI_MODEL,)),
    (text("Workers"), (Reason.WORKERS,)),
    (text("Format and version"), (Reason.FORMAT, Reason.VERSION)),
    (text("Protocol"), (Reason.PROTOCOL,)),
    (text("Chosen unasked"), (Reason.NOT_SELECTED,)),
)


_BY_MODEL_MESH = text(
    "KServe chooses none in ModelMesh mode: ModelMesh puts the model on a runtime of this namespace that holds several models."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeQuestion:
    """What is asked; empty where nothing is said."""

    format: str = ""
    version: str = ""
    protocol: str = ""
    mode: str = ""
    has_workers: bool = False
    service: str = ""
    """The service that asks it."""

    @property
    def encoded(self) -> str:
        """As the query of an address."""
        given = {
            "format": self.format,
            "version": self.version,
            "protocol": self.protocol,
            "mode": self.mode,
            "workers": "1" if self.has_workers else "",
            "service": self.service,
        }
        return urlencode({key: value for key, value in given.items() if value})

    @property
    def wanted(self) -> Wanted:
        """As KServe would ask."""
        return Wanted(
            format=self.format, version=self.version, protocol=self.protocol, has_workers=self.has_workers
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeRow:
    """A runtime with its tests: passed, failed, or (None) not reached; ``reason`` is the one that it failed. ``plural`` is that of its
    page."""

    name: str
    plural: str
    namespace: str
    tests: tuple[bool | None, ...]
    reason: Reason | None
    result: Text
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeColumn:
    """A runtime as the head of a column."""

    name: str
    plural: str
    namespace: str
    used: int | None
    is_disabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatCell:
    """What a runtime does for a format. ``protocols`` is empty for any of them; ``priority`` is None where it has none."""

    protocols: tuple[str, ...]
    is_auto: bool
    priority: int | None
    fits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatRow:
    """A format in one version, with a cell for each column, None where the runtime does not list it."""

    format: str
    version: str
    cells: tuple[FormatCell | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtimes:
    """The page. ``answer`` is None while nothing is asked."""

    namespace: str
    question: RuntimeQuestion
    query: str
    """What the address asks: the question may be that of a service."""
    live: Live
    formats: tuple[str, ...]
    tests: tuple[Text, ...] = tuple(word for word, _ in TESTS)
    protocols: tuple[str, ...] = PROTOCOLS
    modes: tuple[str, ...] = MODES
    answer: Text | None = None
    comparison: Text | None = None
    """What the service that asks has."""
    hint: Text | None = None
    rows: tuple[RuntimeRow, ...] = ()
    columns: tuple[RuntimeColumn, ...] = ()
    matrix: tuple[FormatRow, ...] = ()
    hidden: int = 0
    notes: tuple[Text, ...] = ()
    counts: Mapping[str, int | None] = field(default_factory=dict, hash=False)


def parse(pairs: Iterable[tuple[str, str]]) -> RuntimeQuestion:
    """What the address asks for; whatever makes no sense is left out."""
    given = {key: value.strip() for key, value in reversed(list(pairs)) if len(value) <= _LONGEST}
    protocol, mode = given.get("protocol", ""), given.get("mode", "")
    return RuntimeQuestion(
        format=given.get("format", ""),
        version=given.get("version", ""),
        protocol=protocol if protocol in PROTOCOLS else "",
        mode=mode if mode in MODES else "",
        has_workers=given.get("workers") == "1",
        service=given.get("service", ""),
    )


def build(
    question: RuntimeQuestion,
    *,
    namespace: str,
    own: tuple[Obj, ...] | None,
    of_cluster: tuple[Obj, ...] | None,
    services: tuple[Obj, ...] | None,
    health: Health,
    unread: frozenset[Kind] = frozenset(),
) -> Runtimes:
    """The page: ``own`` are the namespace's runtimes, ``of_cluster`` those of the cluster, ``services`` the namespace's services; None for
    what may not be listed, and for the kinds that are ``unread`` for what could not be read. A question that names a service and no format is what that service asks."""
    query = question.encoded
    asking = next((one for one in services or () if question.service and one.name == question.service), None)
    if asking is not None and not question.format:
        question = _asked_by(asking, question)
    runtimes = (*(own or ()), *(of_cluster or ()))
    known = tuple(sorted({name for one in runtimes for name in format_names(one)}))
    is_asked = bool(question.format) and question.mode != _MODEL_MESH
    selection = select(runtimes, question.wanted) if is_asked else None
    used = None if services is None else Counter(map(predictor.runtime, services))
    fitting = {id(one) for one in _fitting(selection)} if selection is not None else set()
    shown = sorted(runtimes, key=lambda one: id(one) not in fitting)[:_MAX_COLUMNS]
    notes: list[Text] = []
    notes += [
        text("{resource} could not be read; it is not checked.", resource=kind.full_name)
        for kind in sorted(unread, key=lambda one: one.full_name)
    ]
    if of_cluster is None and CLUSTER_SERVING_RUNTIME not in unread:
        notes.append(text("Not checked: you may not list the runtimes of the cluster."))
    if question.mode == "Knative" and question.has_workers:
        notes.append(text("Knative mode has no workers: KServe ignores them there."))
    if question.service and services is not None and asking is None:
        notes.append(text("There is no service {name} in this namespace.", name=question.service))
    if services is None and INFERENCE_SERVICE not in unread:
        notes.append(text("Who uses them was not checked: you may not list services here."))
    return Runtimes(
        namespace=namespace,
        question=question,
        query=query,
        live=live(health),
        formats=known,
        comparison=_comparison(asking, question, selection=selection) if asking is not None else None,
        answer=text("Unknown: the runtimes of this namespace could not be read.")
        if own is None and question.format
        else _answered(selection, question, is_whole=of_cluster is not None),
        hint=_hint(question, runtimes, known=known)
        if selection is not None and selection.chosen is None and own is not None
        else None,
        rows=tuple(_rows(selection, question)) if selection is not None and own is not None else (),
        columns=tuple(_column(one, used) for one in shown),
        matrix=tuple(_matrix(shown, fitting)),
        hidden=len(runtimes) - len(shown),
        notes=tuple(notes),
        counts={
            "own": len(own or ()),
            "cluster": None if of_cluster is None else len(of_cluster),
            "disabled": sum(map(is_disabled, runtimes)),
        },
    )


def _answered(selection: Selection | None, question: RuntimeQuestion, *, is_whole: bool) -> Text | None:
    """None while nothing is asked. Standard and Knative mode choose alike."""
    if selection is not None:
        return _answer(selection, question) if is_whole else _unknown(selection)
    return _BY_MODEL_MESH if question.format else None


def _wanted(service: Obj) -> Wanted | None:
    """What a service asks for, in the older form of its spec too; None where it brings its own container."""
    if (asked := wanted(service)) is not None:
        return asked
    name = predictor.model_format(service)
    if name in {"", predictor.CUSTOM}:
        return None
    return Wanted(format=name, protocol=Obj(predictor.model(service)).string("protocolVersion"))


def _asked_by(service: Obj, question: RuntimeQuestion) -> RuntimeQuestion:
    asked = _wanted(service)
    if asked is None:
        return question
    mode = predictor.mode(service)
    return replace(
        question,
        format=asked.format,
        version=asked.version,
        protocol=asked.protocol if asked.protocol in PROTOCOLS else "",
        mode=mode if mode in MODES else "",
        has_workers=asked.has_workers,
    )


def _comparison(service: Obj, question: RuntimeQuestion, *, selection: Selection | None) -> Text:
    """What a service has beside what would be chosen for it now. A runtime of the namespace and one of the cluster that are called alike
    are two."""
    asked = _wanted(service)
    if asked is None:
        return text("{service} asks for no runtime: it brings its own container.", service=service.name)
    if asked.runtime:
        return text(
            "{service} names its runtime, {runtime}: nothing is chosen for it.",
            service=service.name,
            runtime=asked.runtime,
        )
    own = service.string("status", "servingRuntimeName")
    has = own or service.string("status", "clusterServingRuntimeName")
    if not has:
        return text("KServe has not said which runtime {service} has.", service=service.name)
    chosen = selection.chosen if selection is not None else None
    if replace(asked, runtime="") != question.wanted or chosen is None:
        return text("{service} has {runtime}.", service=service.name, runtime=has)
    if (chosen.name, bool(chosen.namespace)) == (has, bool(own)):
        return text("{service} already uses this runtime.", service=service.name)
    if own:
        return text(
            "{service} has {runtime} of this namespace: the runtimes, or what it asks for, changed since KServe chose.",
            service=service.name,
            runtime=has,
        )
    return text(
        "{service} has {runtime} of the cluster: the runtimes, or what it asks for, changed since KServe chose.",
        service=service.name,
        runtime=has,
    )


def _plural(runtime: Obj) -> str:
    return "servingruntimes" if runtime.namespace else "clusterservingruntimes"


def _fitting(selection: Selection) -> list[Obj]:
    return [one for one, reason in selection.reasons if reason is None]


def _unknown(selection: Selection) -> Text:
    """What is known while only the namespace's own runtimes are: KServe takes one that fits before any of the cluster."""
    if selection.chosen is None:
        return text(
            "Unknown: none of this namespace fits, and the runtimes of the cluster are hidden from you."
        )
    return text(
        "{runtime} is chosen: it stands in this namespace, before any of the cluster.",
        runtime=selection.chosen.name,
    )


def _answer(selection: Selection, question: RuntimeQuestion) -> Text:
    chosen, fitting = selection.chosen, _fitting(selection)
    if chosen is None:
        late = [one for one, reason in selection.reasons if reason is Reason.PROTOCOL]
        if late and not question.protocol:
            return text(
                "Nobody: {n} serve {format}, none of them with {protocol}, which an unset protocol means.",
                n=len(late),
                format=question.format,
                protocol=DEFAULT_PROTOCOL,
            )
        if late:
            return text(
                "Nobody: {n} serve {format}, none of them with {protocol}.",
                n=len(late),
                format=question.format,
                protocol=question.protocol,
            )
        if any(reason is Reason.NOT_SELECTED for _, reason in selection.reasons):
            return text("Nobody unasked: a runtime that fits has to be named.")
        if any(reason is Reason.VERSION for _, reason in selection.reasons):
            return text(
                "Nobody: no runtime serves version {version} of {format}; versions are compared as text.",
                version=question.version,
                format=question.format,
            )
        return text("Nobody: no runtime here serves {format}.", format=question.format)
    others = [one for one in fitting if one is not chosen]
    if not others:
        return text("{runtime} is chosen: it is the only one that fits.", runtime=chosen.name)
    if chosen.namespace and not any(one.namespace for one in others):
        return text(
            "{runtime} is chosen: it stands in this namespace, before {n} of the cluster.",
            runtime=chosen.name,
            n=len(others),
        )
    return text(
        "{runtime} is chosen of {n} that fit: by namespace, then priority, protocol, age and name.",
        runtime=chosen.name,
        n=len(fitting),
    )


def _hint(question: RuntimeQuestion, runtimes: tuple[Obj, ...], *, known: tuple[str, ...]) -> Text | None:
    """What would have been chosen, where nothing is."""
    other = meant(runtimes, question.wanted)
    if other.protocol:
        return text(
            "With {protocol} {runtime} would be chosen.", protocol=other.protocol, runtime=other.runtime
        )
    if other.format:
        return text("Did you mean {format}?", format=other.format)
    near = [] if question.format in known else get_close_matches(question.format, known, _NEAREST, 0.5)
    return text("Near it: {formats}.", formats=", ".join(near)) if near else None


def _rows(selection: Selection, question: RuntimeQuestion) -> Iterator[RuntimeRow]:
    chosen = selection.chosen

    def rank(pair: tuple[Obj, Reason | None]) -> tuple[bool, int, bool, str]:
        runtime, reason = pair
        passed = len(_ORDER) if reason is None else _ORDER.index(reason)
        return runtime is not chosen, -passed, not runtime.namespace, runtime.name

    for runtime, reason in sorted(selection.reasons, key=rank):
        yield RuntimeRow(
            name=runtime.name,
            plural=_plural(runtime),
            namespace=runtime.namespace,
            tests=tuple(_tests(reason)),
            reason=reason,
            result=_result(runtime, reason, question=question, chosen=chosen),
            is_chosen=runtime is chosen,
        )


def _tests(reason: Reason | None) -> Iterator[bool | None]:
    has_failed = False
    for _, reasons in TESTS:
        if has_failed:
            yield None
        elif reason in reasons:
            has_failed = True
            yield False
        else:
            yield True


def _result(runtime: Obj, reason: Reason | None, *, question: RuntimeQuestion, chosen: Obj | None) -> Text:
    match reason:
        case None if runtime is chosen:
            return text("Chosen")
        case None:
            return text("Fits, comes after {runtime}", runtime=chosen.name if chosen is not None else "")
        case Reason.DISABLED:
            return text("Disabled")
        case Reason.MULTI_MODEL:
            return text("Holds several models; fits if named")
        case Reason.WORKERS if question.has_workers:
            return text("Has no workers")
        case Reason.WORKERS:
            return text("Is for services on several nodes")
        case Reason.VERSION:
            versions = ", ".join(
                str(one["version"])
                for one in formats_of(runtime)
                if one.get("name") == question.format and one.get("version")
            )
            return text("Serves version {versions}", versions=versions or "–")
        case Reason.PROTOCOL:
            return text("Speaks {protocols}", protocols=", ".join(protocols_of(runtime)))
        case Reason.NOT_SELECTED:
            return text("Fits if named: runtime: {runtime}", runtime=runtime.name)
    return text("Serves {formats}", formats=", ".join(format_names(runtime)) or "–")


def _column(runtime: Obj, used: Counter[str] | None) -> RuntimeColumn:
    return RuntimeColumn(
        name=runtime.name,
        plural=_plural(runtime),
        namespace=runtime.namespace,
        used=None if used is None else used[runtime.name],
        is_disabled=is_disabled(runtime),
    )


def _matrix(runtimes: list[Obj], fitting: set[int]) -> Iterator[FormatRow]:
    entries: list[defaultdict[tuple[str, str], list[Mapping[str, Any]]]] = []
    for runtime in runtimes:
        own: defaultdict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        for one in formats_of(runtime):
            own[str(one.get("name")), str(one.get("version") or "")].append(one)
        entries.append(own)
    for name, version in sorted({key for own in entries for key in own}):
        yield FormatRow(
            format=name,
            version=version,
            cells=tuple(
                _cell(runtime, own.get((name, version), []), fits=id(runtime) in fitting)
                for runtime, own in zip(runtimes, entries, strict=True)
            ),
        )


def _cell(runtime: Obj, entries: list[Mapping[str, Any]], *, fits: bool) -> FormatCell | None:
    if not entries:
        return None
    priorities = [one["priority"] for one in entries if isinstance(one.get("priority"), int)]
    return FormatCell(
        protocols=protocols_of(runtime),
        is_auto=any(one.get("autoSelect") is True for one in entries),
        priority=max(priorities, default=None),
        fits=fits,
    )
