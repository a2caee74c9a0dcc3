"""Every tab of the service page, for each recorded service at each recorded point, and along the watch."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.diagnosis import recording
from tests.diagnosis.recording import Moment

from modelsweb.diagnosis.progress import StepState
from modelsweb.diagnosis.verdict import Status, judge
from modelsweb.kinds import CHILDREN, EVENT, POD
from modelsweb.objects.obj import Obj
from modelsweb.objects.snapshot import Freshness, Gap, Health
from modelsweb.viewmodels import (
    service_detail,
    service_events,
    service_logs,
    service_pods,
    service_resource,
    service_resources,
    service_yaml,
)
from modelsweb.viewmodels.parts.log_query import LogQuery
from modelsweb.viewmodels.parts.service_head import Rights, Subject, subject
from modelsweb.web.rendering import Renderer
from modelsweb.web.screens import (
    service_detail as detail_screen,
)
from modelsweb.web.screens import (
    service_events as events_screen,
)
from modelsweb.web.screens import (
    service_logs as logs_screen,
)
from modelsweb.web.screens import (
    service_pods as pods_screen,
)
from modelsweb.web.screens import (
    service_resources as resources_screen,
)
from modelsweb.web.screens import (
    service_yaml as yaml_screen,
)
from modelsweb.web.site import Language

FOLDER = Path(__file__).resolve().parent.parent / "data" / "recordings"
SCENARIOS = [path.name for path in recording.scenarios(FOLDER)]
RENDERER = Renderer()


@dataclass(frozen=True)
class Place:
    """What a template needs of a site."""

    def url(self, path: str) -> str:
        return f"/models/{path.lstrip('/')}"


def subjects(moment: Moment, *, gaps: dict[Any, Gap] | None = None) -> list[Subject]:
    health = Health(Freshness.LIVE, moment.at)
    return [
        subject(
            service,
            {kind: found for kind, found in children.items() if kind not in (gaps or {})},
            health=health,
            now=moment.at,
            gaps=gaps,
            rights=Rights(delete=True, logs=True),
        )
        for service, children in moment.members.values()
    ]


def models(of: Subject) -> list[tuple[Any, Any]]:
    """All tabs: screen and view model."""
    found = [
        (detail_screen.SCREEN, service_detail.build(of)),
        (resources_screen.SCREEN, service_resources.build(of)),
        (pods_screen.SCREEN, service_pods.build(of)),
        (events_screen.SCREEN, service_events.build(of, service_events.EventQuery())),
        (logs_screen.SCREEN, service_logs.build(of, LogQuery())),
        (yaml_screen.SCREEN, service_yaml.build(of, with_status=True)),
    ]
    for kind, children in of.children.items():
        if kind is not EVENT:
            found += [
                (resources_screen.RESOURCE, service_resource.build(of, kind, child)) for child in children
            ]
    return found


def rendered(screen: Any, model: Any, language: Language = Language.ENGLISH) -> dict[str, str]:
    return RENDERER.fragments(Place(), language, screen.template, screen.fragments, model=model)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SCENARIOS)
def test_all_tabs_render_with_the_engine_s_verdict(name: str) -> None:
    for moment in recording.points(FOLDER / name):
        for of in subjects(moment):
            verdict = judge(of.family, moment.at)
            for screen, model in models(of):
                assert model.head.status is verdict.status
                for language in Language:
                    html = rendered(screen, model, language)
                    assert of.service.name in html["head"]
                    assert "{" not in html["head"]
            overview = rendered(detail_screen.SCREEN, service_detail.build(of))["overview"]
            assert ("mw-cause-banner" in overview) is (verdict.cause is not None)


@pytest.mark.parametrize("name", SCENARIOS)
def test_all_tabs_can_be_made_at_each_event_of_the_watch(name: str) -> None:
    for moment in recording.watched(FOLDER / name):
        for of in subjects(moment):
            models(of)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_object_is_in_the_tree_once_and_nothing_overlaps(name: str) -> None:
    for moment in recording.points(FOLDER / name):
        for of in subjects(moment):
            model = service_resources.build(of)
            wanted = 1 + sum(len(found) for kind, found in of.children.items() if kind is not EVENT)
            assert len(model.rows) == wanted
            spots = {(box.x, box.y) for box in model.graph.boxes}
            assert len(spots) == len(model.graph.boxes)
            assert len(model.graph.lines) == len(model.graph.boxes) - 1
            tops = sorted(spots)
            assert all(ax != bx or by - ay >= 44 for (ax, ay), (bx, by) in pairwise(tops))


@pytest.mark.parametrize("name", SCENARIOS)
def test_who_sees_only_the_service_gets_notes_and_no_error(name: str) -> None:
    gaps = dict.fromkeys(CHILDREN, Gap.FORBIDDEN)
    for moment in recording.points(FOLDER / name):
        for of in subjects(moment, gaps=gaps):
            for screen, model in models(of):
                html = rendered(screen, model)
                assert "mw-note" in "".join(html.values()) or screen in {
                    yaml_screen.SCREEN,
                    resources_screen.RESOURCE,
                }
            for pod in moment.members[of.service.name][1][POD]:
                overview = rendered(detail_screen.SCREEN, service_detail.build(of))["overview"]
                assert pod.name not in overview.partition('id="conditions"')[0]


def _steps(scenario: str, step: str) -> list[str]:
    moment = next(one for one in recording.points(FOLDER / scenario) if one.step.startswith(step))
    model = service_detail.build(subjects(moment)[0])
    return [f"{one.name.value}:{one.state.value}" for one in model.steps]


def test_the_steps_of_a_start_are_those_of_its_mode() -> None:
    assert _steps("standard-sklearn-ready", "03") == [
        "requested:done",
        "runtime:done",
        "scheduled:done",
        "downloaded:done",
        "pulled:done",
        "loaded:done",
        "routed:done",
    ]
    assert "revision:done" in _steps("serverless-sklearn-ready", "03")


@pytest.mark.parametrize(
    ("scenario", "stuck"),
    [
        ("standard-image-pull-backoff", "pulled"),
        ("standard-crashloop-model-load", "loaded"),
        ("standard-oomkilled", "loaded"),
        ("standard-unschedulable-gpu", "scheduled"),
        ("standard-storage-initializer-failed", "downloaded"),
        ("standard-quota-exceeded", "scheduled"),
        ("no-runtime-for-format", "runtime"),
        ("serverless-storage-initializer-failed", "downloaded"),
    ],
)
def test_a_start_that_failed_stops_where_the_cause_is(scenario: str, stuck: str) -> None:
    seen = set()
    for moment in recording.points(FOLDER / scenario):
        for of in subjects(moment):
            if of.verdict.status not in {Status.FAILED, Status.QUEUED}:
                continue
            failed = [
                one.name.value for one in service_detail.build(of).steps if one.state is StepState.FAILED
            ]
            seen.update(failed)
    assert stuck in seen


def test_a_modelmesh_service_has_its_own_steps_and_every_tab() -> None:
    """No recording of ModelMesh exists; the shapes are those of its controller's status."""
    now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    service = Obj(
        {
            "apiVersion": "serving.kserve.io/v1beta1",
            "kind": "InferenceService",
            "metadata": {
                "name": "mesh",
                "namespace": "ns",
                "uid": "u",
                "creationTimestamp": "2026-11-23T11:00:00Z",
                "annotations": {"serving.kserve.io/deploymentMode": "ModelMesh"},
            },
            "spec": {"predictor": {"model": {"modelFormat": {"name": "sklearn"}, "storageUri": "s3://b/m"}}},
            "status": {
                "deploymentMode": "ModelMesh",
                "conditions": [
                    {
                        "type": "PredictorReady",
                        "status": "True",
                        "lastTransitionTime": "2026-11-23T11:00:09Z",
                    },
                    {"type": "Ready", "status": "True", "lastTransitionTime": "2026-11-23T11:00:09Z"},
                ],
                "modelStatus": {
                    "copies": {"failedCopies": 0, "totalCopies": 1},
                    "states": {"activeModelState": "Loaded", "targetModelState": "Loaded"},
                    "transitionStatus": "UpToDate",
                },
                "servingRuntimeName": "mlserver-1.x",
                "url": "grpc://modelmesh-serving.ns:8033",
            },
        }
    )
    of = subject(
        service,
        {kind: [] for kind in CHILDREN},
        health=Health(Freshness.LIVE, now),
        now=now,
        rights=Rights(delete=True, logs=True),
    )
    assert of.verdict.status is Status.READY
    detail = service_detail.build(of)
    assert [step.name.value for step in detail.steps] == ["requested", "runtime", "loaded", "routed"]
    assert {step.state for step in detail.steps} == {StepState.DONE}
    assert str(service_logs.build(of, LogQuery()).empty)
    for screen, model in models(of):
        for language in Language:
            assert "mesh" in rendered(screen, model, language)["head"]
