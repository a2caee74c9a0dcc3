"""The pods of one InferenceService with their containers."""

from dataclasses import dataclass

from modelsweb.diagnosis.verdict import Status
from modelsweb.kinds import POD
from modelsweb.text import Text, text
from modelsweb.topology import pod as pods
from modelsweb.topology import predictor
from modelsweb.topology.service_snapshot import newest_first
from modelsweb.viewmodels.components.gap_note import gap_notes
from modelsweb.viewmodels.components.judged import JudgedService
from modelsweb.viewmodels.components.page_head import PageHead, page_head
from modelsweb.viewmodels.components.pod_row import PodRow, pod_row

_MAX_OVER = 50
"""A node that refuses every pod leaves hundreds of them behind."""


@dataclass(frozen=True, slots=True)
class Group:
    """The pods of one version of a component."""

    component: str
    version: str
    pods: tuple[PodRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePods:
    """The page. ``over`` are the newest of the pods that have ended, of ``over_count``; ``empty`` says why there is no
    pod."""

    head: PageHead
    groups: tuple[Group, ...]
    over: tuple[PodRow, ...]
    over_count: int
    empty: Text | None
    notes: tuple[Text, ...]


def build(judged: JudgedService) -> ServicePods:
    """The page of a service; newest versions and pods first."""
    newest = newest_first(judged.children.get(POD, ()))
    groups: dict[tuple[str, str], list[PodRow]] = {}
    over = [pod for pod in newest if pods.is_over(pod) and pod.deleted is None]
    ended = {pod.name for pod in over}
    for pod in newest:
        if pod.name in ended:
            continue
        groups.setdefault((pods.component(pod), pods.version(pod)), []).append(pod_row(pod, judged.now))
    notes = gap_notes(judged.seen.gaps, predictor.mode(judged.service), kinds=(POD,))
    return ServicePods(
        head=page_head(judged),
        groups=tuple(Group(component, version, tuple(rows)) for (component, version), rows in groups.items()),
        over=tuple(pod_row(pod, judged.now) for pod in over[:_MAX_OVER]),
        over_count=len(over),
        empty=None if newest or notes else no_pods(judged),
        notes=notes,
    )


def no_pods(judged: JudgedService) -> Text:
    """Why the service has no pod."""
    match judged.verdict.status:
        case Status.SCALED_TO_ZERO:
            return text("Scaled to zero. The next request starts a pod.")
        case Status.STOPPED:
            return text("Stopped intentionally. Start the service to start its pods.")
        case Status.STARTING | Status.UPDATING | Status.UNKNOWN:
            return text("No pod has been created yet.")
    return text("No pods. See the overview for the cause.")
