"""``modelsweb judge``: what the pages would say of the services in a dump, without a cluster.

The objects go into the same stores and through the same code as those of a cluster. What the dump does not hold is not
known to be absent: a kind counts as read in a namespace where one object of it is there, or an empty list of it.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from modelsweb.clock import format_time, parse_time
from modelsweb.diagnosis.reports import Reports
from modelsweb.diagnosis.status import JUDGES
from modelsweb.kinds import CHILDREN, EVENT, INFERENCE_SERVICE, SHARED
from modelsweb.kube.follow import Replaced
from modelsweb.kube.item import Item, UnusableObjectError, slim
from modelsweb.manifests import dump
from modelsweb.manifests.document import ManifestError
from modelsweb.manifests.dump import Raw
from modelsweb.objects.freshness import Freshness, Gap, Health
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.ref import ObjectRef
from modelsweb.objects.snapshot import Snapshot
from modelsweb.store.child_reader import ChildReader
from modelsweb.store.events import make_stores
from modelsweb.store.owners import Owners
from modelsweb.store.store import decode
from modelsweb.text import Text, one_line, text
from modelsweb.topology import predictor
from modelsweb.topology.service_snapshot import service_snapshot
from modelsweb.viewmodels import judgement
from modelsweb.viewmodels.components.gap_note import gap_notes
from modelsweb.viewmodels.components.judged import judged_service
from modelsweb.viewmodels.components.sentences import sentence
from modelsweb.viewmodels.judgement import Judgement
from modelsweb.web.rendering import Translator, translator
from modelsweb.web.site import Language

_STANDARD_INPUT = "-"
_SUFFIXES = {".yaml", ".yml", ".json"}
_MEMBERS = (*CHILDREN, *SHARED)
_ALL = (*JUDGES, *_MEMBERS)
_KINDS = {
    (kind.group, kind.kind): [one for one in _ALL if (one.group, one.kind) == (kind.group, kind.kind)]
    for kind in _ALL
}
"""What an object may be kept as: a pod is that of a service, or of a runtime."""
_NEWER_EVENT = "events.k8s.io"
_MAX_EVENTS = 10
REFUSED = 2


class RefusedError(Exception):
    """An input that cannot be judged: which, where and why."""


@dataclass(slots=True, kw_only=True)
class _Input:
    items: dict[Kind, dict[tuple[str, str], Item]] = field(default_factory=dict)
    read: set[tuple[Kind, str]] = field(default_factory=set)
    """Kinds and the namespaces in which they were read; an empty namespace stands for all."""
    newest: datetime | None = None
    others: Counter[str] = field(default_factory=Counter)
    files: int = 0
    lists: int = 0
    unread: list[str] = field(default_factory=list)
    """Files of a folder that look like objects and are none, each with the reason."""


class _Standing:
    """A clock that stands."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """The time of the dump."""
        return self._at

    def monotonic(self) -> float:
        """It does not go on."""
        return 0.0


def run(paths: Sequence[str], *, at: str, as_json: bool, language: Language) -> int:
    """Prints what is so in some dumps at a time (RFC 3339; empty: the newest in them). 0, or 2 where one is refused."""
    words = translator(language)
    try:
        given = _given(paths)
        time = _time(at, given)
    except RefusedError as error:
        print(f"modelsweb: {one_line(str(error))}", file=sys.stderr)
        return REFUSED
    judgements = list(_judged(given, time))
    if as_json:
        body = {"at": format_time(time), "services": [_plain(one, words) for one, _ in judgements]}
        print(json.dumps(body, ensure_ascii=False, indent=2))
    else:
        source = text("given by --at") if at else text("the newest time in the input")
        print(
            words.plain(
                text("Evaluated as of {time}: {source}.", time=format_time(time), source=words.plain(source))
            )
        )
        for one, gaps in judgements:
            print("\n" + "\n".join(_lines(one, gaps, words=words)))
        if not judgements:
            print(words.plain(text("The input contains no model service.")))
    _report_others(given, words)
    return 0


def _report_others(given: _Input, words: Translator) -> None:
    if given.others:
        kinds = ", ".join(f"{kind} {n}" for kind, n in sorted(given.others.items()))
        said = text("Skipped objects of other kinds: {kinds}", kinds=one_line(kinds))
        print(words.plain(said), file=sys.stderr)
    for reason in given.unread:
        print(words.plain(text("Skipped: {reason}", reason=one_line(reason))), file=sys.stderr)
    if given.files:
        said = text("Skipped logs and other files: {n}", n=given.files)
        print(words.plain(said), file=sys.stderr)


def _time(at: str, given: _Input) -> datetime:
    time = parse_time(at) if at else given.newest
    if time is not None:
        return time.astimezone(UTC)
    if at:
        raise RefusedError(f"--at: {at!r} is no time. Write it like 2026-11-23T12:00:00Z.")
    raise RefusedError("The input holds no time. Give one with --at.")


# -- reading ----------------------------------------------------------------------------------------------------


def _given(paths: Sequence[str]) -> _Input:
    given = _Input()
    for path in paths:
        for name, source, is_named in _sources(path, given):
            try:
                _take(dump.read(source), _namespace_of(name), given=given)
            except (ManifestError, UnusableObjectError) as error:
                reason = f"{name}: {error}"
                if isinstance(error, ManifestError):
                    place = f"{name}:{error.problem.line}" if error.problem.line else name
                    reason = f"{place}: {sentence(error.problem)}"
                if is_named:
                    raise RefusedError(reason) from error
                given.unread.append(reason)
    if not given.items and not given.others and not given.read and not given.lists:
        raise RefusedError(f"{', '.join(paths)}: no Kubernetes object was found.")
    return given


def _sources(path: str, given: _Input) -> Iterator[tuple[str, bytes, bool]]:
    """The texts that a path stands for, each with its name, and whether it was named itself. Raises RefusedError."""
    if path == _STANDARD_INPUT:
        yield "standard input", sys.stdin.buffer.read(), True
        return
    place = Path(path)
    try:
        if not place.is_dir():
            yield path, place.read_bytes(), True
            return
        for file in sorted(one for one in place.rglob("*") if one.is_file()):
            if file.suffix not in _SUFFIXES:
                given.files += 1
            elif _may_hold_objects(source := file.read_bytes()):
                yield str(file), source, False
            else:
                given.files += 1
    except OSError as error:
        raise RefusedError(f"{error.filename or path}: {error.strerror}") from error


def _may_hold_objects(source: bytes) -> bool:
    """Of a folder's file: it names a kind. Values of charts and settings of programs do not."""
    return b"kind" in source or b"k\0i\0n\0d" in source


def _namespace_of(name: str) -> str:
    """The namespace that a must-gather's folder is of; empty for other places."""
    parts = Path(name).parts
    return parts[parts.index("namespaces") + 1] if "namespaces" in parts[:-1] else ""


def _take(contents: dump.Dump, place: str, *, given: _Input) -> None:
    for raw in contents.objects:
        times = [time for time in (given.newest, dump.newest((raw,))) if time is not None]
        given.newest = max(times, default=None)
        group = raw["apiVersion"].rpartition("/")[0]
        is_newer = raw["kind"] == EVENT.kind and group == _NEWER_EVENT
        kinds = _KINDS.get(("" if is_newer else group, raw["kind"]))
        if kinds is None:
            given.others[raw["kind"]] += 1
            continue
        for kind in kinds:
            whole = _in_namespace(_core_event(raw) if group == _NEWER_EVENT else raw, kind)
            item = slim(json.dumps(whole).encode(), kind)
            given.items.setdefault(kind, {})[item.key] = item
            given.read.add((kind, item.namespace))
    given.lists += len(contents.empty)
    for (_, name), kinds in _KINDS.items():
        if name in contents.empty:
            given.read.update((kind, place) for kind in kinds)


def _in_namespace(raw: Raw, kind: Kind) -> dict[str, Any]:
    """An object with what a dump may have been cleaned of: its namespace and its uid."""
    metadata = raw.get("metadata")
    if not isinstance(metadata, dict):
        raise UnusableObjectError(f"A {raw['kind']} has no metadata.")
    metadata = {**({"namespace": "default"} if kind.namespaced else {}), **metadata}
    found = {**raw, "metadata": {"uid": _uid(raw["kind"], metadata), **metadata}}
    about = raw.get("involvedObject")
    if isinstance(about, dict):
        known = {"namespace": metadata["namespace"], **about}
        found["involvedObject"] = {"uid": _uid(about.get("kind"), known), **about}
    return found


def _uid(kind: Any, metadata: Raw) -> str:
    return f"{kind}/{metadata.get('namespace')}/{metadata.get('name')}"


def _core_event(raw: Raw) -> dict[str, Any]:
    """An event of the newer API in the words of the older one; the API server keeps one and shows both."""
    names = {
        "regarding": "involvedObject",
        "note": "message",
        "deprecatedCount": "count",
        "deprecatedFirstTimestamp": "firstTimestamp",
        "deprecatedLastTimestamp": "lastTimestamp",
        "deprecatedSource": "source",
        "reportingController": "reportingComponent",
    }
    return {names.get(key, key): value for key, value in raw.items()} | {"apiVersion": EVENT.api_version}


# -- judging ----------------------------------------------------------------------------------------------------


def _judged(given: _Input, at: datetime) -> Iterator[tuple[Judgement, tuple[Text, ...]]]:
    """Each service, and what the dump does not hold of it."""
    stores = make_stores(_ALL, _Standing(at))
    Owners(stores)
    child_reader = ChildReader(stores)
    for kind, store in stores.items():
        store.apply(Replaced(list(given.items.get(kind, {}).values())))
    health = Health(Freshness.LIVE, at)
    neighbours: defaultdict[str, dict[str, str]] = defaultdict(dict)
    services = [decode(item) for item in stores[INFERENCE_SERVICE].items()]
    reports = Reports()
    for service in services:
        reports.saw(service, at)
    for service in services:
        children, gaps = _members(service, INFERENCE_SERVICE, given=given, child_reader=child_reader)
        judged = judgement.build(
            judged_service(
                Snapshot(
                    kind=INFERENCE_SERVICE,
                    root=service,
                    members=children,
                    gaps=gaps,
                    health=health,
                    taken=at,
                ),
                reported=reports.newest,
            )
        )
        neighbours[service.namespace][service.name] = judged.status.value
        yield judged, gap_notes(gaps, predictor.mode(service))
    for kind, judge in JUDGES.items():
        for root in map(decode, stores[kind].items()) if kind is not INFERENCE_SERVICE else ():
            children, gaps = _members(root, kind, given=given, child_reader=child_reader)
            is_known = bool({(INFERENCE_SERVICE, root.namespace), (INFERENCE_SERVICE, "")} & given.read)
            snapshot = service_snapshot(
                root,
                children,
                gaps=gaps,
                reported=reports.newest,
                neighbours=neighbours[root.namespace] if is_known else None,
            )
            yield judgement.build_other(snapshot, judge(snapshot, at)), ()


def _members(
    root: Obj, kind: Kind, *, given: _Input, child_reader: ChildReader
) -> tuple[dict[Kind, list[Obj]], dict[Kind, Gap]]:
    """What belongs to a root object, as far as the dump holds it, and the kinds that it does not."""
    read = [one for one in _MEMBERS if {(one, root.namespace), (one, "")} & given.read]
    ref = ObjectRef(kind.full_name, root.namespace, root.name)
    children = child_reader.children(ref, read, all_events=True).by_kind
    return dict(children), dict.fromkeys((one for one in _MEMBERS if one not in read), Gap.DUMP)


# -- printing ---------------------------------------------------------------------------------------------------


def _plain(judged: Judgement, words: Translator) -> dict[str, Any]:
    replicas = judged.replicas
    return {
        "kind": judged.kind,
        "namespace": judged.namespace,
        "name": judged.name,
        "status": judged.status.value,
        "sentence": " ".join(map(words.plain, judged.sentences)),
        "since": format_time(judged.since) if judged.since else None,
        "object": judged.object or None,
        "replicas": {
            "ready": replicas.ready if replicas else 0,
            "wanted": replicas.wanted if replicas else None,
        },
        "devices": judged.devices,
        "mode": judged.mode or None,
        "runtime": judged.runtime or None,
        "source": judged.source or None,
        "addresses": [{"scope": scope, "url": url} for scope, url in judged.addresses],
        "steps": [{"step": step.value, "state": state.value} for step, state in judged.steps],
        "events": len(judged.events),
        "warnings": sum(event.is_warning for event in judged.events),
    }


def _lines(judged: Judgement, gaps: tuple[Text, ...], *, words: Translator) -> Iterator[str]:
    said = _plain(judged, words)
    yield one_line(f"{judged.kind} {judged.namespace}/{judged.name}: {judged.status.value}")
    replicas = "{ready} / {wanted}".format(
        **{k: "?" if v is None else v for k, v in said["replicas"].items()}
    )
    rows = (
        (text("Summary"), said["sentence"]),
        (text("Since"), said["since"]),
        (text("Object"), said["object"]),
        (text("Replicas"), replicas),
        (text("Devices"), ", ".join(f"{name} {number}" for name, number in judged.devices.items())),
        (text("Mode"), said["mode"]),
        (text("Runtime"), said["runtime"]),
        (text("Source"), said["source"]),
        (text("Addresses"), ", ".join(f"{url} ({scope})" for scope, url in judged.addresses)),
        (text("Steps"), ", ".join(f"{step.value} {state.value}" for step, state in judged.steps)),
        (text("Events"), str(len(judged.events))),
    )
    for label, value in rows:
        if value:
            yield one_line(f"  {words.plain(label)}: {value}")
    for event in judged.events[:_MAX_EVENTS]:
        count = f" ×{event.count}" if event.count > 1 else ""
        yield one_line(f"    {event.kind}/{event.name} {event.reason}{count}: {event.message}")
    for note in gaps:
        yield one_line(f"  {words.plain(note)}")
