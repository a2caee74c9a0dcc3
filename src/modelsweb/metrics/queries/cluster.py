"""What the cluster knows of every pod: replicas from kube-state-metrics, CPU and memory from the kubelet's cAdvisor, GPUs
from NVIDIA's DCGM exporter."""

from modelsweb.metrics.chart import REVISION, Exporter, Query, Source, by_revision, rate

_READY = "kube_pod_status_ready"
_CPU = "container_cpu_usage_seconds_total"
_MEMORY = "container_memory_working_set_bytes"
_CONTAINERS = '$pods,container!="",container!="POD"'
_GPU = "DCGM_FI_DEV_GPU_UTIL"
_GPU_MEMORY = "DCGM_FI_DEV_FB_USED"
_MEBIBYTE = 1_048_576


def _each(vector: str) -> tuple[Query, ...]:
    return (Query(by_revision(vector), label=REVISION),)


REPLICAS = (
    Source(Exporter.KUBE_STATE, _READY, _each(f'{_READY}{{$pods,condition="true"}}')),
    Source(
        Exporter.CADVISOR,
        _MEMORY,
        (Query(by_revision(f"max by (pod) ({_MEMORY}{{{_CONTAINERS}}})", "count"), label=REVISION),),
    ),
)
CPU = (Source(Exporter.CADVISOR, _CPU, _each(rate(_CPU, _CONTAINERS))),)
MEMORY = (Source(Exporter.CADVISOR, _MEMORY, _each(f"{_MEMORY}{{{_CONTAINERS}}}")),)
GPU = (
    Source(
        Exporter.DCGM,
        _GPU,
        (Query(by_revision(f"{_GPU}{{$pods}}", "avg") + " / 100", label=REVISION),),
    ),
)
GPU_MEMORY = (
    Source(
        Exporter.DCGM,
        _GPU_MEMORY,
        (Query(by_revision(f"{_GPU_MEMORY}{{$pods}}") + f" * {_MEBIBYTE}", label=REVISION),),
    ),
)
