"""What is said of a root object that cannot be looked into: KServe has said nothing of it, or its pods may not be seen."""

from datetime import datetime

from modelsweb.diagnosis import limits
from modelsweb.diagnosis.verdict import Status, Verdict
from modelsweb.objects.freshness import Gap
from modelsweb.objects.obj import Obj
from modelsweb.text import Text, text
from modelsweb.topology.service_snapshot import ServiceSnapshot

NOT_CHECKED: dict[Gap | None, Text] = {
    Gap.FORBIDDEN: text("Not checked: no right to read pods."),
    Gap.DENIED: text("Not checked: this app has no right to read pods."),
    Gap.LOADING: text("Not checked: its pods have not been read yet."),
    Gap.ABSENT: text("Not checked: the cluster does not provide pod data."),
    Gap.DUMP: text("Not checked: its pods are not in the dump."),
}
"""Why nobody could tell from its pods how it is."""


def silent(root: Obj, now: datetime, *, cause: Text) -> Verdict:
    """Nothing was reported: it starts for as long as a controller at work may take, then nobody knows."""
    created = root.created
    if created is not None and now - created < limits.SILENCE:
        return Verdict(status=Status.STARTING, due=created + limits.SILENCE)
    return Verdict(status=Status.UNKNOWN, cause=cause)


def by_hearsay(snapshot: ServiceSnapshot, *, is_ready: bool, ready: Text, not_yet: Text) -> Verdict:
    """Its pods were not read: what KServe reports is passed on as such, and proves nothing."""
    return Verdict(
        status=Status.UNKNOWN if is_ready else Status.STARTING,
        cause=ready if is_ready else not_yet,
        effect=NOT_CHECKED[snapshot.gap],
    )
