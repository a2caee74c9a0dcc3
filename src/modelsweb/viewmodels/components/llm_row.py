"""What the list of model services knows of one LLM service; see ``service_row.py``."""

from datetime import datetime

from modelsweb.diagnosis.reports import Reports
from modelsweb.diagnosis.status.llm_inference_service import judge
from modelsweb.diagnosis.verdict import Verdict
from modelsweb.kinds import LLM_INFERENCE_SERVICE
from modelsweb.objects.kind import Kind
from modelsweb.objects.snapshot import Snapshot
from modelsweb.topology import llm_service
from modelsweb.topology.demand import Replicas
from modelsweb.topology.llm_service import Part
from modelsweb.topology.pod import LLM_MAIN, LLM_PREFILL
from modelsweb.topology.service_snapshot import ServiceSnapshot, snapshot_of
from modelsweb.viewmodels.components.service_row import ServiceRow, row_of


class LlmRows:
    """Makes the rows of LLM services as they change; ``reports`` hold what KServe's controllers say of all services."""

    def __init__(self, reports: Reports) -> None:
        self._reports = reports

    def __call__(self, seen: Snapshot) -> tuple[ServiceRow, datetime | None, frozenset[Kind]]:
        """The row of a service, when it must be made again though nothing changed, and that it leans on no shared kinds."""
        snapshot = snapshot_of(seen, reported=self._reports.newest)
        verdict = judge(snapshot, seen.taken)
        return _row(snapshot, verdict), verdict.due, frozenset()


def _row(snapshot: ServiceSnapshot, verdict: Verdict) -> ServiceRow:
    service = snapshot.service
    parts = {part.role: part for part in llm_service.parts(snapshot)} if snapshot.is_read else {}
    served = llm_service.served_name(service)
    addresses = llm_service.addresses(service)
    return row_of(LLM_INFERENCE_SERVICE, service, verdict=verdict)(
        runtime=llm_service.runtime(service),
        storage_uri=service.string("spec", "model", "uri"),
        url=service.string("status", "url") or (addresses[0].url if addresses else ""),
        replicas=_replicas(parts.get(LLM_MAIN)),
        prefill=_replicas(parts.get(LLM_PREFILL)),
        prefill_gpus=sum(llm_service.devices(snapshot, LLM_PREFILL).values()) if LLM_PREFILL in parts else 0,
        gpus=sum(llm_service.devices(snapshot).values()),
        model_name=served if served != service.name else "",
        group=_group(snapshot),
    )


def _replicas(part: Part | None) -> Replicas | None:
    """None where nobody says how many there are to be."""
    return Replicas(part.ready, part.wanted) if part is not None and part.wanted is not None else None


def _group(snapshot: ServiceSnapshot) -> str:
    service = snapshot.service
    name = llm_service.group(service)
    weight = service.integer("spec", "router", "route", "weight")
    return f"{name} ({weight})" if name and weight is not None else name
