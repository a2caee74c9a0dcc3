"""The view models of pages: what each makes of a snapshot, with holes in it too."""

from dataclasses import replace
from datetime import timedelta

from tests.diagnosis.snapshots import NOW, ago, container, crashed, event, pod, seen, service

from modelsweb.diagnosis.reports import Reports
from modelsweb.diagnosis.verdict import Status
from modelsweb.errors import Code, Problem
from modelsweb.kinds import DEPLOYMENT, EVENT, INFERENCE_GRAPH, INFERENCE_SERVICE, LLM_INFERENCE_SERVICE, POD
from modelsweb.metrics import CHARTS
from modelsweb.metrics.chart_data import ChartData, Series
from modelsweb.metrics.chart_data import Gap as ChartGap
from modelsweb.metrics.time_range import TimeRange
from modelsweb.objects.freshness import Freshness, Gap, Health
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.ref import ObjectRef
from modelsweb.objects.snapshot import Snapshot
from modelsweb.operations.action import Action, BulkRequest, Target
from modelsweb.operations.outcome import DocumentOutcome, Outcome, State, TextOutcome
from modelsweb.topology.health import Mood
from modelsweb.viewmodels import (
    act_on_services,
    create_service,
    judgement,
    object_detail,
    object_events,
    object_list,
    object_yaml,
    service_detail,
    service_events,
    service_metrics,
    service_resource,
    service_resources,
    service_yaml,
)
from modelsweb.viewmodels.components import list_query
from modelsweb.viewmodels.components.item import chosen, named
from modelsweb.viewmodels.components.judged import JudgedService, judged_object, judged_service
from modelsweb.viewmodels.components.object_row import ObjectRows
from modelsweb.viewmodels.components.rights import Rights

REF = ObjectRef(INFERENCE_SERVICE.full_name, "ns", "iris")
IRIS = Target(kind=INFERENCE_SERVICE, namespace="ns", name="iris")


def _judged() -> JudgedService:
    """A service whose pod crashes, with a Deployment and two events."""
    members = {
        POD: [Obj({"kind": "Pod", **pod(containers=[crashed(message="ValueError: bad pickle")])})],
        DEPLOYMENT: [Obj({"kind": "Deployment", "metadata": {"name": "iris-predictor", "uid": "d"}})],
        EVENT: [event("BackOff", "restarting"), Obj({**event("Pulled", "an image").raw, "type": "Normal"})],
    }
    return judged_service(seen(service(ready="False"), members), rights=Rights(logs=True))


def _graph(*, gaps: dict[object, Gap] | None = None) -> Snapshot:
    root = Obj(
        {
            "apiVersion": "serving.kserve.io/v1alpha1",
            "kind": "InferenceGraph",
            "metadata": {
                "namespace": "ns",
                "name": "both",
                "uid": "g",
                "labels": {"tier": "prod"},
                "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}", "note": "x"},
                "ownerReferences": [{"kind": "Application", "name": "fraud"}],
                "creationTimestamp": ago(hours=2),
            },
            "status": {"conditions": [{"type": "Ready", "status": "False", "message": "no route"}]},
        }
    )
    return Snapshot(
        kind=INFERENCE_GRAPH,
        root=root,
        members={EVENT: [event("Odd", "it is", kind="InferenceGraph", name="both")]},
        health=Health(Freshness.LIVE, NOW),
        taken=NOW,
        gaps=gaps or {},  # type: ignore[arg-type]
        left_out=3,
    )


def test_the_overview_names_the_cause_its_evidence_and_the_way_to_the_log() -> None:
    page = service_detail.build(_judged())
    assert page.head.status is Status.FAILED
    assert page.evidence is not None
    assert page.evidence.lines == ("ValueError: bad pickle",)
    assert "at=fault" in page.log
    assert [one.name for one in page.components] == ["predictor"]


def test_events_are_filtered_and_counted_without_the_filter() -> None:
    page = service_events.build(_judged(), service_events.parse([("warn", "1"), ("q", "restart")]))
    assert ([row.reason for row in page.rows], page.all, page.warnings) == (["BackOff"], 2, 1)
    none = service_events.build(_judged(), service_events.parse([("q", "nothing like it")]))
    assert (none.rows, str(none.empty)) == ((), "No events match the filter. Total events: 2.")


def test_resources_are_a_tree_and_each_has_its_yaml() -> None:
    judged = _judged()
    page = service_resources.build(judged)
    assert [(row.depth, row.name) for row in page.rows] == [(0, "iris"), (1, "p1"), (1, "iris-predictor")]
    one = service_resource.build(judged, DEPLOYMENT, obj=judged.children[DEPLOYMENT][0])
    assert "name: iris-predictor" in one.yaml


def test_yaml_is_shown_with_or_without_the_status() -> None:
    assert "status:" in service_yaml.build(_judged(), with_status=True).yaml
    assert "status:" not in service_yaml.build(_judged(), with_status=False).yaml
    assert "status:" not in object_yaml.build(judged_object(_graph()), with_status=False).yaml


def test_charts_have_lines_or_a_reason_and_marks_of_their_time_only() -> None:
    over = TimeRange(int(NOW.timestamp()) - 3600, int(NOW.timestamp()), 60)
    first, second = CHARTS[:2]
    charts = (
        ChartData(chart=first, over=over, series=(Series("2xx", (1.0, None)),)),
        ChartData(chart=second, over=over, gap=ChartGap.UNANSWERED, problem="too slow"),
    )
    data = service_metrics.data(_judged(), charts)
    assert (data.start, data.step) == (over.start, 60)
    assert [lines.gap is None for lines in data.charts] == [True, False]
    assert "too slow" in str(data.charts[1].gap)
    assert service_metrics.data(_judged(), ()).charts == ()


def test_a_judgement_says_what_the_page_says() -> None:
    found = judgement.build(_judged())
    assert (found.status, found.object) == (Status.FAILED, "Pod//p1")
    assert "bad pickle" in " ".join(map(str, found.sentences))


def test_the_page_of_any_object_is_made_from_its_declaration() -> None:
    page = object_detail.build(judged_object(_graph(gaps={POD: Gap.FORBIDDEN})))
    assert (page.head.name, page.head.mood, page.head.status) == ("both", Mood.BAD, Status.FAILED)
    assert (str(page.cause), page.message) == ("The graph has no node named root.", "")
    assert (page.labels, page.owners) == ((("tier", "prod"),), ("Application/fraud",))
    assert page.annotations == (("note", "x"),)
    assert any("pods" in str(note) for note in page.notes)
    events = object_events.build(judged_object(_graph()))
    assert ([row.reason for row in events.rows], events.more) == (["Odd"], 3)


def test_a_list_of_any_kind_counts_searches_and_orders() -> None:
    row, _, _ = ObjectRows(Reports())(_graph())
    for words, names in (
        ("q=both", ["both"]),
        ("q=!prod", []),
        ("label=tier=prod", ["both"]),
        ("status=x", []),
    ):
        key, _, value = words.partition("=")
        query = list_query.parse([(key, value)], object_list.OBJECTS)
        index = object_list.index(query)
        index.load([(("ns", "both"), row)], NOW)
        page = object_list.build(
            INFERENCE_GRAPH, index, health=Health(Freshness.LIVE, NOW), namespace="", query=query, hidden=0
        )
        assert ([one.name for one in page.rows], page.total) == (names, 1)
    assert [column.key for column in page.columns] == ["namespace", "subject", "age"]


def test_a_kind_of_which_nothing_is_said_has_a_list_too() -> None:
    """A root kind is listed from its declaration alone."""
    kind = Kind(group="example.com", version="v1", kind="Queue", plural="queues", watched=True, is_root=True)
    seen = replace(_graph(), kind=kind)
    row, _, _ = ObjectRows(Reports())(seen)
    query = list_query.parse([], object_list.OBJECTS)
    index = object_list.index(query)
    index.load([(("ns", "both"), row)], NOW)
    page = object_list.build(
        kind, index, health=Health(Freshness.LIVE, NOW), namespace="ns", query=query, hidden=0
    )
    assert ([one.name for one in page.rows], row.subject) == (["both"], "")
    assert [column.key for column in page.columns] == ["age"]


def test_what_is_deleted_must_be_typed_and_what_can_be_undone_must_not() -> None:
    def to_type(action: Action, *targets: Target) -> str:
        pending = [Outcome(ref=one.ref, state=State.PENDING) for one in targets]
        request = BulkRequest(action=action, targets=targets)
        return act_on_services.of_outcomes(request, pending, is_report=False).to_type

    assert to_type(Action.DELETE, IRIS) == "iris"
    assert to_type(Action.DELETE, IRIS, replace(IRIS, name="b")) == "2"
    assert to_type(Action.STOP, IRIS, replace(IRIS, name="b")) == ""


def test_the_command_names_each_object_by_its_kind() -> None:
    targets = (IRIS, replace(IRIS, kind=LLM_INFERENCE_SERVICE))
    pending = [Outcome(ref=one.ref, state=State.PENDING) for one in targets]
    page = act_on_services.of_outcomes(
        BulkRequest(action=Action.STOP, targets=targets), pending, is_report=False
    )
    assert ["llminferenceservices" in line for line in page.command.splitlines()] == [False, True]


def test_a_report_counts_and_gives_each_reason() -> None:
    problem = Problem(code=Code.NO_LONGER_THERE)
    page = act_on_services.of_outcomes(
        BulkRequest(action=Action.STOP, targets=(IRIS, IRIS)),
        [Outcome(ref=REF, state=State.DONE), Outcome(ref=REF, state=State.FAILED, problems=(problem,))],
        is_report=True,
    )
    assert (page.done, [str(item.problem and item.problem.text) for item in page.failures]) == (
        1,
        ["It no longer exists."],
    )


def test_items_of_a_form_are_taken_once_and_nonsense_is_passed_over() -> None:
    given = [
        "ns/a/1",
        "ns/a/1",
        "ns/b/",
        "x",
        "a/b/c/d",
        "ns/a/1/llminferenceservices",
        "a/b/c/pods",
        "a/b/c//x",
    ]
    found = chosen(given)
    assert [(one.kind, one.namespace, one.name, one.uid) for one in found] == [
        (INFERENCE_SERVICE, "ns", "a", "1"),
        (INFERENCE_SERVICE, "ns", "b", ""),
        (LLM_INFERENCE_SERVICE, "ns", "a", "1"),
    ]
    assert chosen(map(named, found)) == found


def test_one_new_service_leads_to_its_page_unless_there_is_more_to_say() -> None:
    done = DocumentOutcome(ref=REF, state=State.DONE, uid="u", number=1, line=1, kind="InferenceService")
    page = create_service.of_outcome("ns", "yaml", outcome=TextOutcome(documents=(done,)))
    assert page.new_root is not None
    assert (page.new_root.ref, page.new_root.uid) == (REF, "u")
    assert (page.has_failed, page.is_answer, page.has_created) == (False, True, True)
    moved = DocumentOutcome(
        ref=REF, state=State.DONE, number=1, line=1, kind="InferenceService", moved_from="other"
    )
    assert create_service.of_outcome("ns", "yaml", outcome=TextOutcome(documents=(moved,))).new_root is None


def test_a_start_that_takes_its_time_is_no_fault() -> None:
    running = container(state={"running": {"startedAt": ago(minutes=1)}})
    members = {POD: [Obj(pod(containers=[running], born=ago(minutes=1)))], EVENT: []}
    page = service_detail.build(
        judged_service(
            seen(service(ready="False", born=ago(minutes=1)), members, at=NOW + timedelta(seconds=1))
        )
    )
    assert page.head.status is Status.STARTING
