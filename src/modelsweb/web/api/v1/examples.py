"""What answers look like, for the OpenAPI document and its page."""

from datetime import UTC, datetime

from modelsweb.diagnosis.finding import FindingState
from modelsweb.diagnosis.verdict import Status
from modelsweb.errors import Code
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.metrics.chart import Unit
from modelsweb.operations.outcome import State
from modelsweb.topology.health import Mood
from modelsweb.topology.runtime_selection import Reason
from modelsweb.web.api.v1 import schemas
from modelsweb.web.problem import Fault, Problem

_AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
_UID = "0b8f4f62-6f3c-4d1e-9a55-1c7f0a7d9c11"
_KIND = INFERENCE_SERVICE.kind
_FAILED = "The storage path s3://models/iris-typo does not exist."

SERVICE = {
    "apiVersion": INFERENCE_SERVICE.api_version,
    "kind": _KIND,
    "metadata": {"name": "iris"},
    "spec": {
        "predictor": {
            "model": {"modelFormat": {"name": "sklearn"}, "storageUri": "s3://models/iris"},
        }
    },
}
MANIFESTS = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: iris
spec:
  predictor:
    model:
      modelFormat: {name: sklearn}
      storageUri: s3://models/iris
"""
PATCH = {"spec": {"predictor": {"minReplicas": 2}}}
STORED = {
    **SERVICE,
    "metadata": {
        "name": "iris",
        "namespace": "team",
        "uid": _UID,
        "resourceVersion": "4711",
        "creationTimestamp": "2026-11-02T09:30:00Z",
    },
}
OBJECTS = {
    "apiVersion": INFERENCE_SERVICE.api_version,
    "kind": f"{_KIND}List",
    "metadata": {"continue": "dGVhbS9pcmlz", "remainingItemCount": 1},
    "items": [STORED],
}
DELETION = schemas.Deletion(kind=_KIND, namespace="team", name="iris")
KINDS = schemas.KindList(
    items=[
        schemas.KindInfo(
            kind=_KIND,
            api_version=INFERENCE_SERVICE.api_version,
            plural=INFERENCE_SERVICE.plural,
            namespaced=True,
            is_judged=True,
            has_pods=True,
            can_be_created=True,
            can_be_stopped=True,
        )
    ]
)
NAMESPACES = schemas.NamespaceList(items=["team", "team-risk"])
SUMMARY = schemas.Summary(
    kind=_KIND,
    namespace="team",
    name="iris",
    uid=_UID,
    status=Status.FAILED,
    cause=_FAILED,
    effect="It serves nothing.",
    rule="download-failed",
    since=_AT,
    created=_AT,
    replicas=schemas.Replicas(ready=0, wanted=1),
    model_format="sklearn",
    storage_uri="s3://models/iris-typo",
    mode="Standard",
)
SUMMARIES = schemas.SummaryList(metadata=schemas.ListMetadata(), items=[SUMMARY])
_POD = schemas.ObjectReference(
    kind="Pod", namespace="team", name="iris-predictor-7d9c", container="storage-initializer"
)
EVENT = schemas.EventInfo(
    type="Warning",
    reason="BackOff",
    message="Back-off restarting failed container",
    count=4,
    first_seen=_AT,
    last_seen=_AT,
    kind="Pod",
    name=_POD.name,
    source="kubelet",
)
FINDING = schemas.FindingInfo(
    rule="download-failed",
    state=FindingState.FAULT,
    message=_FAILED,
    object=_POD,
    component="predictor",
    since=_AT,
    remedy="Correct spec.predictor.model.storageUri.",
    evidence=(
        schemas.Evidence(
            object=_POD,
            field="status.initContainerStatuses[storage-initializer].lastState.terminated",
            value={"exitCode": 1, "reason": "Error"},
        ),
    ),
)
VERDICT = schemas.VerdictInfo(
    kind=_KIND,
    namespace="team",
    name="iris",
    uid=_UID,
    status=Status.FAILED,
    cause=_FAILED,
    since=_AT,
    finding=FINDING,
    findings=(FINDING,),
)
EVENTS = schemas.EventList(items=[EVENT])
PODS = schemas.PodList(
    items=[
        schemas.PodInfo(
            name=_POD.name,
            component="predictor",
            state="Init:CrashLoopBackOff",
            main_container="kserve-container",
            containers=[
                schemas.ContainerInfo(
                    name="storage-initializer", is_init=True, restarts=4, has_previous_log=True
                )
            ],
        )
    ]
)
MEMBERS = schemas.MemberList(
    items=[
        schemas.MemberInfo(
            kind="Deployment", api_version="apps/v1", name="iris-predictor", parent=_UID, mood=Mood.WAITING
        )
    ]
)
FIGURES = schemas.Figures(
    start=1_793_611_800,
    end=1_793_611_830,
    step=15,
    charts=[
        schemas.ChartInfo(
            id="requests",
            unit=Unit.PER_SECOND,
            series=[schemas.Line(name="2xx", values=[1.5, None, 2.0])],
            source="queue-proxy",
        )
    ],
)
_CHOSEN = schemas.RuntimeCandidate(
    kind="ClusterServingRuntime", name="kserve-sklearnserver", is_chosen=True, result="Chosen"
)
CHOICE = schemas.RuntimeChoice(
    answer="kserve-sklearnserver is chosen: it is the only one that fits.",
    chosen=_CHOSEN,
    candidates=[
        _CHOSEN,
        schemas.RuntimeCandidate(
            kind="ClusterServingRuntime",
            name="kserve-xgbserver",
            reason=Reason.FORMAT,
            result="Serves xgboost",
        ),
    ],
    formats=["sklearn", "xgboost"],
)
CREATED = schemas.ManifestResult(
    documents=(
        schemas.DocumentResult(
            document=1, line=1, kind=_KIND, namespace="team", name="iris", state=State.DONE, uid=_UID
        ),
    )
)
ACTED = schemas.ActionResult(kind=_KIND, namespace="team", name="iris", uid=_UID, state=State.DONE)
PROBLEM = Problem(
    type="urn:modelsweb:problem:invalid",
    title="Invalid request",
    status=422,
    detail="metadata.name: it must be iris, as in the path.",
    code=Code.INVALID,
    remedy="See the message for details.",
    faults=(
        Fault(
            code=Code.INVALID_FIELD,
            message="metadata.name: it must be iris, as in the path.",
            field="metadata.name",
        ),
    ),
    request_id="5f0c9a1b2c3d4e5f",
)
STREAM = (
    'id: 1f0c9a1b-17-88aa00ff\ndata: {"type":"SYNC","items":[]}\n\n'
    'id: 1f0c9a1b-18-88aa00ff\ndata: {"type":"ADDED","object":{"apiVersion":"serving.kserve.io/v1beta1","kind":"InferenceService"}}\n\n'
)
LOG = "2026-11-02 09:30:00 INFO Downloading s3://models/iris\n"
LINES = (
    "id: 5c0ffee5~2026-11-02T09:30:00.000000000Z~1\n"
    'data: {"type":"LINES","lines":[["2026-11-02T09:30:00.000000000Z","Downloading s3://models/iris"]]}\n\n'
)
VERDICTS = (
    'data: {"type":"VERDICT","verdict":'
    '{"kind":"InferenceService","namespace":"team","name":"iris","status":"ready"}}\n\n'
)
