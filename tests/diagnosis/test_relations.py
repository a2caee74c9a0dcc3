"""What a verdict must not depend on: names, clocks of reporters, orders, neighbours, and fields that nothing clears.

Each situation, a case or a point of a recording, is told once more in another way; the verdict must be the same, with the
names changed.
"""

import functools
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.diagnosis import recording
from tests.diagnosis.recording import KINDS, World

from modelsweb.clock import parse_time
from modelsweb.diagnosis.status.inference_service import judge
from modelsweb.diagnosis.verdict import Verdict
from modelsweb.kinds import EVENT, INFERENCE_SERVICE
from modelsweb.objects.kind import Kind
from modelsweb.topology.service_snapshot import service_snapshot

Raw = dict[str, Any]
DATA = Path(__file__).resolve().parent.parent / "data"
_KINDS = {(kind.group, kind.kind): kind for kind in KINDS}
_TIME = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"')


@dataclass(frozen=True)
class Situation:
    """Objects at a time."""

    objects: tuple[tuple[Kind, Raw], ...]
    at: datetime

    def world(self) -> World:
        """The objects in stores."""
        world = World()
        for kind, raw in self.objects:
            world.put(kind, raw)
        return world

    def told(self) -> dict[str, Verdict]:
        """The verdict on each service."""
        return {
            name: judge(service_snapshot(service, children), self.at)
            for name, (service, children) in self.world().members().items()
        }

    def changed(self, change: Callable[[Kind, Raw], Raw]) -> "Situation":
        """With each object as ``change`` makes it."""
        return replace(
            self,
            objects=tuple((kind, change(kind, json.loads(json.dumps(raw)))) for kind, raw in self.objects),
        )


@functools.cache
def situations() -> dict[str, Situation]:
    """All situations by name."""
    return dict(_situations())


def _situations() -> Iterator[tuple[str, Situation]]:
    noon = parse_time("2026-11-23T12:00:00Z")
    assert noon
    for path in sorted((DATA / "cases").glob("*.yaml")):
        found = []
        for document in yaml.load_all(path.read_text(), Loader=yaml.CSafeLoader):
            if document:
                raw = json.loads(json.dumps(document, default=str))
                found.append((_KINDS[raw["apiVersion"].rpartition("/")[0], raw["kind"]], raw))
        if all(raw["metadata"].get("namespace") for _, raw in found):  # others are to be pasted
            yield path.stem, Situation(tuple(found), noon)
    for scenario in recording.scenarios(DATA / "recordings"):
        for point in recording.moments(scenario):
            if INFERENCE_SERVICE in {kind for kind, _ in point.objects}:
                yield f"{scenario.name}/{point.step}", Situation(point.objects, point.at)


NAMES = [name for name, _ in _situations()]


def _plain(verdicts: dict[str, Verdict]) -> dict[str, tuple[str, str]]:
    return {
        name: (verdict.status.value, " ".join(str(one) for one in (verdict.cause, verdict.effect) if one))
        for name, verdict in verdicts.items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_names_decide_nothing(name: str) -> None:
    situation = situations()[name]
    told = _plain(situation.told())
    fresh = (
        "x-predictor",
        "x-predictor-predictor",
        "x",
        "x-explainer",
        "x-transformer-x",
        "predictor",
        "x-2",
    )
    names = dict(zip(sorted(told), fresh, strict=False))
    world = situation.world()
    world.members()

    def renamed(text: str, old: str) -> str:
        return re.sub(rf"(?<![\w-]){re.escape(old)}(?![\w])", names[old], text)

    def change(kind: Kind, raw: Raw) -> Raw:
        old = world.service_of(kind, raw)
        return json.loads(renamed(json.dumps(raw), old)) if old in names else raw

    again = _plain(situation.changed(change).told())
    assert again == {names[old]: (status, renamed(sentence, old)) for old, (status, sentence) in told.items()}


def _moved(by: timedelta) -> Callable[[re.Match[str]], str]:
    def moved(found: re.Match[str]) -> str:
        time = parse_time(found[1])
        assert time
        return f'"{(time + by).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}"'

    return moved


@pytest.mark.parametrize("days", [-400, 3, 4_000])
@pytest.mark.parametrize("name", NAMES)
def test_it_does_not_matter_when_all_happened(name: str, days: int) -> None:
    situation, by = situations()[name], timedelta(days=days)
    moved = _moved(by)
    later = situation.changed(lambda _, raw: json.loads(_TIME.sub(moved, json.dumps(raw))))
    later = replace(later, at=situation.at + by)
    told, again = situation.told(), later.told()
    assert _plain(again) == _plain(told)
    assert {name: one.since for name, one in again.items()} == {
        name: one.since + by if one.since else None for name, one in told.items()
    }


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", NAMES)
def test_no_order_matters(name: str, seed: int) -> None:
    situation, chosen = situations()[name], random.Random(seed)

    def shuffled(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: shuffled(one, name) for name, one in value.items()}
        if isinstance(value, list) and key in {"conditions", "ownerReferences", "containerStatuses"}:
            return chosen.sample(value, len(value))
        return [shuffled(one) for one in value] if isinstance(value, list) else value

    again = situation.changed(lambda _, raw: shuffled(raw))
    again = replace(again, objects=tuple(chosen.sample(again.objects, len(again.objects))))
    assert _plain(again.told()) == _plain(situation.told())


@pytest.mark.parametrize(
    "beside", ["01-two-names", "10-last-words-of-a-server", "22-no-runtime-in-the-status"]
)
@pytest.mark.parametrize("name", NAMES)
def test_neighbours_do_not_matter(name: str, beside: str) -> None:
    situation, other = situations()[name], situations()[beside]
    if name == beside:
        return
    [space, *_] = {
        raw["metadata"]["namespace"] for kind, raw in situation.objects if kind is INFERENCE_SERVICE
    }
    moved = other.changed(lambda _, raw: raw | {"metadata": raw["metadata"] | {"namespace": space}})
    told = _plain(situation.told())
    again = _plain(replace(situation, objects=(*moved.objects, *situation.objects)).told())
    assert {one: again[one] for one in told} == told


@pytest.mark.parametrize("minutes", [-5, 5])
@pytest.mark.parametrize("name", NAMES)
def test_the_clocks_of_those_who_report_events_may_be_wrong(name: str, minutes: int) -> None:
    situation = situations()[name]
    moved = _moved(timedelta(minutes=minutes))

    def change(kind: Kind, raw: Raw) -> Raw:
        found: Raw = json.loads(_TIME.sub(moved, json.dumps(raw)))
        return found if kind is EVENT else raw

    assert _plain(situation.changed(change).told()) == _plain(situation.told())


@pytest.mark.parametrize("name", NAMES)
def test_the_model_status_is_not_needed(name: str) -> None:
    situation = situations()[name]

    def change(kind: Kind, raw: Raw) -> Raw:
        if kind is INFERENCE_SERVICE:
            (raw.get("status") or {}).pop("modelStatus", None)
        return raw

    again = {name: status for name, (status, _) in _plain(situation.changed(change).told()).items()}
    assert again == {name: status for name, (status, _) in _plain(situation.told()).items()}


@pytest.mark.parametrize("name", NAMES)
def test_names_of_containers_and_devices_decide_nothing(name: str) -> None:
    situation = situations()[name]
    names = {
        "kserve-container": "model-server",
        "transformer-container": "front",
        "nvidia.com/gpu": "example.com/chip",
    }

    def renamed(text: str) -> str:
        for old, new in names.items():
            text = text.replace(old, new)
        return text

    def change(_: Kind, raw: Raw) -> Raw:
        found: Raw = json.loads(renamed(json.dumps(raw)))
        return found

    told = _plain(situation.told())
    again = _plain(situation.changed(change).told())
    assert again == {name: (status, renamed(sentence)) for name, (status, sentence) in told.items()}
