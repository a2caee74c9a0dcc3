"""What the pages of an object are built from: the object with all that may be seen of it, judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from modelsweb.diagnosis.status import JUDGES
from modelsweb.diagnosis.verdict import Verdict
from modelsweb.objects.kind import Kind
from modelsweb.objects.obj import Obj
from modelsweb.objects.snapshot import Snapshot
from modelsweb.topology.service_snapshot import ServiceSnapshot, snapshot_of
from modelsweb.viewmodels.components.metrics_tab import MetricsTab
from modelsweb.viewmodels.components.rights import Rights


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedObject:
    """An object of any root kind; ``verdict`` is None for kinds of which their conditions are all that is known."""

    seen: Snapshot
    snapshot: ServiceSnapshot
    verdict: Verdict | None
    rights: Rights
    metrics_tab: MetricsTab


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedService(JudgedObject):
    """One of a kind that is judged."""

    verdict: Verdict

    @property
    def service(self) -> Obj:
        """The object itself."""
        return self.seen.root

    @property
    def children(self) -> Mapping[Kind, list[Obj]]:
        """All that is its own, by kind, as far as it may be seen."""
        return self.snapshot.children

    @property
    def now(self) -> datetime:
        """When it was so."""
        return self.seen.taken


def judged_object(
    seen: Snapshot,
    *,
    rights: Rights | None = None,
    metrics_tab: MetricsTab = MetricsTab.NONE,
    reported: datetime | None = None,
) -> JudgedObject:
    """The verdict on an object, where its kind is judged; ``reported`` is when KServe's controller was last seen at work."""
    if seen.kind in JUDGES:
        return judged_service(seen, rights=rights, metrics_tab=metrics_tab, reported=reported)
    return JudgedObject(
        seen=seen,
        snapshot=snapshot_of(seen, reported=reported),
        verdict=None,
        rights=rights or Rights(),
        metrics_tab=metrics_tab,
    )


def judged_service(
    seen: Snapshot,
    *,
    rights: Rights | None = None,
    metrics_tab: MetricsTab = MetricsTab.NONE,
    reported: datetime | None = None,
) -> JudgedService:
    """The same of a kind that is judged."""
    snapshot = snapshot_of(seen, reported=reported)
    return JudgedService(
        seen=seen,
        snapshot=snapshot,
        verdict=JUDGES[seen.kind](snapshot, seen.taken),
        rights=rights or Rights(),
        metrics_tab=metrics_tab,
    )
