"""Recordings of real controllers, as families of services: at each recorded point, and along the recorded watch.

``python -m tests.diagnosis.recording DIR`` (``make test-recordings RECORDINGS=DIR``) judges all scenarios of a folder,
prints scenario, step, service, verdict and sentence, and fails on an exception and on a verdict that differs from
``expected.yaml``. That file stands in a scenario's folder and maps steps to a status, or to one for each service:

    02-crashloop: Failed
    03-other: {iris: Ready, fraud: {status: Failed, sentence: bucket}}
    watch: {iris: [Starting, Failed, Deleting]}

Several statuses in a list are the choice at a step, and the sequence under ``watch``. Words are compared without case,
spaces and hyphens; a ``sentence`` must be contained.
"""

import gzip
import json
import re
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from modelsweb.clock import SystemClock, parse_time
from modelsweb.diagnosis.status import JUDGES
from modelsweb.diagnosis.status.inference_service import judge
from modelsweb.diagnosis.verdict import Verdict
from modelsweb.kinds import CHILDREN, INFERENCE_SERVICE, KNATIVE_SERVICE
from modelsweb.kube.follow import Put, Removed
from modelsweb.kube.item import slim
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.store.events import events_of, make_stores
from modelsweb.store.owners import Owners
from modelsweb.store.store import decode
from modelsweb.topology.service_snapshot import ServiceSnapshot, service_snapshot

KINDS = (*JUDGES, *CHILDREN)
_NAMES: dict[str, Kind] = {
    **{kind.plural: kind for kind in KINDS if kind is not KNATIVE_SERVICE},
    **{kind.full_name: kind for kind in KINDS},
    "ksvc": KNATIVE_SERVICE,
}
"""Kinds as files and watch lines of the recordings call them."""
WATCH = "watch"
_STEP = re.compile(r"\d\d")
_TIME = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"')


@dataclass(frozen=True, slots=True)
class Moment:
    """The services that were there at one time, each with what it owned, and their families."""

    step: str
    at: datetime
    members: Mapping[str, tuple[Obj, dict[Kind, list[Obj]]]]
    others: Mapping[tuple[Kind, str], tuple[Obj, dict[Kind, list[Obj]]]] = field(default_factory=dict)
    """Root objects of other kinds."""

    @property
    def families(self) -> dict[str, ServiceSnapshot]:
        """The families by the service's name."""
        return {
            name: service_snapshot(service, children) for name, (service, children) in self.members.items()
        }

    @property
    def other_families(self) -> dict[tuple[Kind, str], ServiceSnapshot]:
        """The families of root objects of other kinds, which know the services beside them."""
        neighbours = {name: judge(member, self.at).status.value for name, member in self.families.items()}
        return {
            key: service_snapshot(root, children, neighbours=neighbours)
            for key, (root, children) in self.others.items()
        }

    def verdicts(self) -> dict[str, Verdict]:
        """On all root objects: a service by its name, any other with its kind before."""
        return {
            **{name: judge(member, self.at) for name, member in self.families.items()},
            **{
                f"{kind.kind}/{name}": JUDGES[kind](member, self.at)
                for (kind, name), member in self.other_families.items()
            },
        }


class World:
    """The objects of one time, in stores as the app keeps them."""

    def __init__(self) -> None:
        self._stores = make_stores(KINDS, SystemClock())
        Owners(self._stores)

    def put(self, kind: Kind, raw: Mapping[str, Any]) -> None:
        """An object as it is now."""
        self._stores[kind].apply(Put(slim(json.dumps(raw).encode(), kind)))

    def remove(self, kind: Kind, raw: Mapping[str, Any]) -> None:
        """An object that is gone."""
        self._stores[kind].apply(Removed(slim(json.dumps(raw).encode(), kind)))

    def service_of(self, kind: Kind, raw: Mapping[str, Any]) -> str:
        """The service that an object belongs to, or is; empty where it is nobody's."""
        item = self._stores[kind].item(raw["metadata"]["namespace"], raw["metadata"]["name"])
        return item.root.name if item is not None and item.root is not None else ""

    def members(self) -> dict[str, tuple[Obj, dict[Kind, list[Obj]]]]:
        """The services by name, with what each owns."""
        return self._roots(INFERENCE_SERVICE)

    def others(self) -> dict[tuple[Kind, str], tuple[Obj, dict[Kind, list[Obj]]]]:
        """The other root objects by kind and name, with what each owns."""
        return {
            (kind, name): found
            for kind in JUDGES
            if kind is not INFERENCE_SERVICE
            for name, found in self._roots(kind).items()
        }

    def _roots(self, kind: Kind) -> dict[str, tuple[Obj, dict[Kind, list[Obj]]]]:
        events_of(self._stores).settle_all()
        return {
            item.name: (
                decode(item),
                {
                    child: [decode(one) for one in self._stores[child].children(item.root)]
                    for child in CHILDREN
                },
            )
            for item in self._stores[kind].items()
            if item.root is not None
        }


def scenarios(folder: Path) -> list[Path]:
    """The scenarios that hold InferenceServices: folders with recorded points or a recorded watch."""
    found = [path for path in sorted(folder.iterdir()) if path.is_dir()]
    return [path for path in found if (path / "watch.jsonl.gz").exists() or list(_points(path))]


def _points(scenario: Path) -> Iterator[Path]:
    for path in sorted(scenario.iterdir()):
        if path.is_dir() and _STEP.match(path.name):
            yield path


@dataclass(frozen=True, slots=True)
class Point:
    """All objects of a recorded point, and the latest time that any of them tells."""

    step: str
    at: datetime
    objects: tuple[tuple[Kind, dict[str, Any]], ...]


def moments(scenario: Path) -> Iterator[Point]:
    """The recorded points."""
    for path in _points(scenario):
        found, latest = list[tuple[Kind, dict[str, Any]]](), ""
        for file in sorted(path.glob("*.json*")):
            kind = _NAMES.get(file.name.removesuffix(".gz").removesuffix(".json"))
            source = (
                gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
            ).decode()
            latest = max([latest, *_TIME.findall(source)])
            content = json.loads(source)
            if kind is not None:
                found += [(kind, raw) for raw in content.get("items", ())]
        yield Point(path.name, _moment(latest), tuple(found))


def points(scenario: Path) -> Iterator[Moment]:
    """The families of the recorded points."""
    for point in moments(scenario):
        world = World()
        for kind, raw in point.objects:
            world.put(kind, raw)
        yield Moment(point.step, point.at, world.members(), world.others())


def watched(scenario: Path) -> Iterator[Moment]:
    """The families after each event of the recorded watch that concerns them."""
    file = scenario / "watch.jsonl.gz"
    if not file.exists():
        return
    world = World()
    with gzip.open(file, "rt") as lines:
        for line in lines:
            event = json.loads(line)
            kind = _NAMES.get(event["resource"])
            if kind is None:
                continue
            if event["type"] == "DELETED":
                world.remove(kind, event["object"])
            else:
                world.put(kind, event["object"])
            yield Moment(WATCH, _moment(event["time"]), world.members(), world.others())


def _moment(text: str) -> datetime:
    return parse_time(text) or parse_time("2026-01-01T00:00:00Z")  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Judged:
    """One verdict of one service at a step; along the watch, only where the status changed."""

    step: str
    service: str
    seconds: float
    verdict: Verdict

    @property
    def sentence(self) -> str:
        """Cause and effect in English."""
        return " ".join(str(part) for part in (self.verdict.cause, self.verdict.effect) if part)


def judged(scenario: Path) -> list[Judged]:
    """All verdicts of a scenario: at its points, then along its watch."""
    found: list[Judged] = []
    for moment in points(scenario):
        for name, verdict in moment.verdicts().items():
            found.append(Judged(moment.step, name, 0.0, verdict))
    started: datetime | None = None
    last: dict[str, Verdict] = {}
    for moment in watched(scenario):
        started = started or moment.at
        for name, verdict in moment.verdicts().items():
            if name not in last or last[name].status is not verdict.status:
                found.append(Judged(WATCH, name, (moment.at - started).total_seconds(), verdict))
            last[name] = verdict
    return found


def differences(scenario: Path, verdicts: list[Judged]) -> list[str]:
    """How the verdicts differ from ``expected.yaml``; empty where they do not or there is none."""
    file = scenario / "expected.yaml"
    if not file.exists():
        return []
    wanted: dict[str, Any] = yaml.safe_load(file.read_text()) or {}
    wanted = wanted.get("steps", wanted)
    wrong = []
    for step, expected in wanted.items():
        here = [found for found in verdicts if found.step == str(step)]
        if not here and expected:
            wrong.append(f"{step}: nothing was recorded for this step")
        names = {found.service for found in here}
        by_name = isinstance(expected, dict) and bool(names & expected.keys())
        for name in sorted(expected.keys() if by_name else names):
            want = expected[name] if by_name else expected
            mine = [found for found in here if found.service == name]
            wrong += [f"{step} {name}: {problem}" for problem in _compare(mine, want, str(step) == WATCH)]
    return wrong


def _compare(found: list[Judged], want: Any, is_sequence: bool) -> list[str]:
    said = ""
    if isinstance(want, dict):
        said, want = str(want.get("sentence", "")), want.get("status", want.get("verdict"))
    words = [_plain(word) for word in (want if isinstance(want, list) else [want])]
    seen = [_plain(judged.verdict.status.value) for judged in found]
    problems = []
    if (is_sequence and seen != words) or (not is_sequence and not set(seen) & set(words)):
        problems.append(f"expected {want}, judged {[judged.verdict.status.value for judged in found]}")
    if said and not any(said in judged.sentence for judged in found):
        problems.append(f"expected {said!r} in {[judged.sentence for judged in found]}")
    return problems


def _plain(word: object) -> str:
    return re.sub(r"[\s_-]", "", str(word)).lower()


def main(folder: Path) -> int:
    """Prints the table; the number of scenarios that failed."""
    failed = 0
    for scenario in scenarios(folder):
        try:
            verdicts = judged(scenario)
        except Exception:  # noqa: BLE001 - whatever a recording does, the others are judged too
            traceback.print_exc()
            print(f"{scenario.name}: EXCEPTION")
            failed += 1
            continue
        for found in verdicts:
            step = f"+{found.seconds:.1f} s" if found.step == WATCH else found.step
            print(
                f"{scenario.name:38} {step:32} {found.service[:24]:24} {found.verdict.status:15} {found.sentence}"
            )
        wrong = differences(scenario, verdicts)
        for line in wrong:
            print(f"{scenario.name:38} DIFFERS {line}")
        failed += bool(wrong)
    if not scenarios(folder):
        print(f"{folder} holds no recordings.", file=sys.stderr)
        return 1
    print(f"{failed} scenarios failed." if failed else "All scenarios were judged as expected.")
    return failed


if __name__ == "__main__":
    sys.exit(1 if main(Path(sys.argv[1])) else 0)
