"""Every tab of the service page, for each recorded service at each recorded point, and along the watch."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.diagnosis import recording
from tests.diagnosis.recording import Moment
from tests.diagnosis.snapshots import lent, seen

from modelsweb.diagnosis.start_up import StepState
from modelsweb.diagnosis.status.inference_service import judge
from modelsweb.diagnosis.verdict import Status
from modelsweb.kinds import CHILDREN, DEPLOYMENT, EVENT, POD, REVISION, RUNTIME_POD
from modelsweb.objects.freshness import Gap
from modelsweb.objects.obj import Obj
from modelsweb.viewmodels import (
    service_detail,
    service_events,
    service_logs,
    service_pods,
    service_resource,
    service_resources,
    service_yaml,
)
from modelsweb.viewmodels.components.judged import JudgedService, judged_service
from modelsweb.viewmodels.components.log_query import LogQuery
from modelsweb.viewmodels.components.rights import Rights
from modelsweb.web.pages import (
    service_detail as detail_screen,
)
from modelsweb.web.pages import (
    service_events as events_screen,
)
from modelsweb.web.pages import (
    service_logs as logs_screen,
)
from modelsweb.web.pages import (
    service_pods as pods_screen,
)
from modelsweb.web.pages import (
    service_resources as resources_screen,
)
from modelsweb.web.pages import (
    service_yaml as yaml_screen,
)
from modelsweb.web.rendering import Renderer
from modelsweb.web.site import Language
from modelsweb.web.urls import Urls

FOLDER = Path(__file__).resolve().parent.parent / "data" / "recordings"
SCENARIOS = [path.name for path in recording.scenarios(FOLDER)]
RENDERER = Renderer()


@dataclass(frozen=True)
class Place:
    """What a template needs of a site."""

    urls: Urls = Urls("/models")  # noqa: RUF009 - it has no state that changes


def subjects(moment: Moment, *, gaps: dict[Any, Gap] | None = None) -> list[JudgedService]:
    return [
        judged_service(
            seen(
                service,
                {kind: found for kind, found in children.items() if kind not in (gaps or {})},
                at=moment.at,
                gaps=gaps,
            ),
            rights=Rights(delete=True, logs=True),
        )
        for service, children in moment.members.values()
    ]


def models(of: JudgedService) -> list[tuple[Any, Any]]:
    """All tabs: screen and view model."""
    found = [
        (detail_screen.PAGE, service_detail.build(of)),
        (resources_screen.PAGE, service_resources.build(of)),
        (pods_screen.PAGE, service_pods.build(of)),
        (events_screen.PAGE, service_events.build(of, service_events.EventQuery())),
        (logs_screen.PAGE, service_logs.build(of, LogQuery())),
        (yaml_screen.PAGE, service_yaml.build(of, with_status=True)),
    ]
    for kind, children in of.children.items():
        if kind is not EVENT:
            found += [
                (resources_screen.RESOURCE, service_resource.build(of, kind, obj=child)) for child in children
            ]
    return found


def rendered(page: Any, model: Any, language: Language = Language.ENGLISH) -> dict[str, str]:
    site: Any = Place()
    return RENDERER.fragments(site, language, template=page.template, names=page.fragments, model=model)


@pytest.mark.parametrize("name", SCENARIOS)
def test_all_tabs_render_with_the_engine_s_verdict(name: str) -> None:
    for moment in recording.points(FOLDER / name):
        for of in subjects(moment):
            verdict = judge(of.snapshot, moment.at)
            for page, model in models(of):
                assert model.head.status is verdict.status
                for language in Language:
                    html = rendered(page, model, language)
                    assert of.service.name in html["head"]
                    assert "{" not in html["head"]
            overview = rendered(detail_screen.PAGE, service_detail.build(of))["overview"]
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
            for page, model in models(of):
                html = rendered(page, model)
                assert "mw-note" in "".join(html.values()) or page in {
                    yaml_screen.PAGE,
                    resources_screen.RESOURCE,
                }
            for pod in moment.members[of.service.name][1][POD]:
                overview = rendered(detail_screen.PAGE, service_detail.build(of))["overview"]
                assert pod.name not in overview.partition('id="conditions"')[0]


def _steps(scenario: str, step: str) -> list[str]:
    moment = next(one for one in recording.points(FOLDER / scenario) if one.step.startswith(step))
    model = service_detail.build(subjects(moment)[0])
    return [f"{one.name.value}:{one.state.value}" for one in model.steps]


def _at(scenario: str, step: str, service: str = "") -> JudgedService:
    moment = next(one for one in recording.points(FOLDER / scenario) if one.step.startswith(step))
    return next(of for of in subjects(moment) if not service or of.service.name == service)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_component_names_its_image_or_why_there_is_none(name: str) -> None:
    for moment in recording.points(FOLDER / name):
        for of in subjects(moment):
            for one in service_detail.build(of).components:
                has_made = any(of.children.get(kind) for kind in (POD, DEPLOYMENT, REVISION))
                assert bool(one.image) is has_made
                assert bool(one.image) is (one.image_gap is None)
                assert bool(one.runtime) is (one.runtime_gap is None)


def test_what_a_component_runs_is_known_without_a_pod() -> None:
    of = _at("serverless-scale-to-zero", "02")
    assert not of.children[POD]
    (predictor,) = service_detail.build(of).components
    assert (predictor.image, predictor.requests) == ("kserve/sklearnserver:latest", "1 CPU · 2Gi")
    (stopped,) = service_detail.build(_at("stopped-service", "03")).components
    assert "Stopped" in str(stopped.image_gap)
    head, worker = service_detail.build(_at("multinode", "01")).components
    assert (head.name, worker.name) == ("predictor", "worker")
    assert head.image == worker.image == "kserve/huggingfaceserver:latest-gpu"
    assert head.replicas is not None
    assert head.replicas.wanted == 1
    assert head.runtime == worker.runtime == "kserve-huggingfaceserver-multinode"
    transformer = service_detail.build(_at("standard-transformer-ready", "03")).components[1]
    assert (transformer.name, str(transformer.runtime_gap)) == ("transformer", "custom container")
    assert transformer.condition is not None
    assert transformer.condition.status == "True"


def test_of_several_revisions_without_pods_the_newest_is_told() -> None:
    of = _at("serverless-canary", "05")
    of.children[POD].clear()
    assert len(of.children[REVISION]) > 1
    for revision in of.children[REVISION]:
        _spec(revision)["containers"][0]["image"] = f"image-of/{revision.name}"
    newest = max(of.children[REVISION], key=lambda one: str(one.created))
    found = judged_service(seen(of.service, of.children, at=of.now), rights=Rights(delete=True, logs=True))
    assert service_detail.build(found).components[0].image == f"image-of/{newest.name}"


def _spec(obj: Obj) -> Any:
    return obj.raw["spec"]


def test_a_component_s_account_is_what_its_pods_run_as() -> None:
    of = _at("serverless-scale-to-zero", "02")
    assert service_detail.build(of).components[0].account == ""
    for revision in of.children[REVISION]:
        _spec(revision)["serviceAccountName"] = "by-the-runtime"
    assert service_detail.build(of).components[0].account == "by-the-runtime"
    _spec(of.service)["predictor"]["serviceAccountName"] = "by-the-spec"
    assert service_detail.build(of).components[0].account == "by-the-spec"


@pytest.mark.parametrize(
    ("scenario", "step", "time", "detail"),
    [
        ("standard-storage-initializer-failed", "03", "+8 s", "Init:CrashLoopBackOff"),
        ("standard-image-pull-backoff", "03", "+5 s", "ImagePullBackOff"),
        ("standard-oomkilled", "02", "+14 s", "CrashLoopBackOff"),
    ],
)
def test_a_step_that_failed_says_when_and_how(scenario: str, step: str, time: str, detail: str) -> None:
    (failed,) = [
        one for one in service_detail.build(_at(scenario, step)).steps if one.state is StepState.FAILED
    ]
    assert (failed.time, failed.detail) == (time, detail)


def test_logs_begin_at_the_container_at_fault() -> None:
    of = _at("standard-storage-initializer-failed", "03")
    query = service_logs.at_fault(of, LogQuery())
    assert query is not None
    model = service_logs.build(of, query)
    (stream,) = model.streams
    assert stream.container == "storage-initializer"
    assert model.fault == stream.id
    assert model.has_next
    leaves = [leaf for pod in model.components[0].groups[0].pods for leaf in pod.containers]
    assert {leaf.name: (leaf.is_shown, leaf.is_failing) for leaf in leaves} == {
        "storage-initializer": (True, True),
        "kserve-container": (False, False),
    }
    assert model.components[0].groups[0].pods[0].is_chosen
    assert service_logs.at_fault(of, LogQuery(everything=True)) is None
    assert service_logs.at_fault(of, query) is None
    both = service_logs.build(of, LogQuery(everything=True))
    assert {one.container for one in both.streams} == {"storage-initializer", "kserve-container"}
    assert both.fault == ""
    (wait,) = both.waits
    assert "kserve-container" in str(wait)
    assert "is waiting for earlier containers" in str(wait)


@pytest.mark.parametrize(
    ("scenario", "step", "said"),
    [
        ("standard-unschedulable-gpu", "02", "is not scheduled to a node yet"),
        ("standard-image-pull-backoff", "03", "cannot start: ImagePullBackOff"),
        ("standard-config-error", "03", "cannot start: CreateContainerConfigError"),
        ("standard-sklearn-ready", "02", "is waiting for earlier containers"),
    ],
)
def test_an_empty_log_says_what_it_waits_for(scenario: str, step: str, said: str) -> None:
    of = _at(scenario, step)
    waits = service_logs.build(of, service_logs.at_fault(of, LogQuery()) or LogQuery()).waits
    assert said in " ".join(map(str, waits))


def test_the_steps_of_a_start_are_those_of_its_mode() -> None:
    assert _steps("standard-sklearn-ready", "03") == [
        "requested:done",
        "runtime:done",
        "deployed:done",
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
        ("accepted-but-broken", "deployed"),
        ("serverless-storage-initializer-failed", "downloaded"),
    ],
)
def test_a_start_that_failed_stops_where_the_cause_is(scenario: str, stuck: str) -> None:
    seen = set[str]()
    for moment in recording.points(FOLDER / scenario):
        for of in subjects(moment):
            if of.verdict.status not in {Status.FAILED, Status.QUEUED}:
                continue
            is_queued = of.verdict.status is Status.QUEUED  # it waits; nothing has failed
            state = StepState.CURRENT if is_queued else StepState.FAILED
            seen.update(one.name.value for one in service_detail.build(of).steps if one.state is state)
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
    of = judged_service(
        seen(
            service,
            {**{kind: [] for kind in CHILDREN}, RUNTIME_POD: [Obj(lent("mlserver-1.x"))]},
            at=now,
        ),
        rights=Rights(delete=True, logs=True),
    )
    assert of.verdict.status is Status.READY
    detail = service_detail.build(of)
    assert [step.name.value for step in detail.steps] == ["requested", "runtime", "loaded", "routed"]
    assert {step.state for step in detail.steps} == {StepState.DONE}
    assert service_logs.build(of, LogQuery()).empty is None
    for page, model in models(of):
        for language in Language:
            assert "mesh" in rendered(page, model, language)["head"]
