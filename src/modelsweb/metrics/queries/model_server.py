"""The model servers themselves and Istio's sidecar before them, where they export metrics of requests; in every mode."""

from modelsweb.metrics.chart import (
    REVISION,
    Exporter,
    Query,
    Source,
    by_class,
    by_revision,
    percentiles,
    rate,
)

_KSERVE = "request_predict_seconds"
_OK, _FAILED = "nv_inference_request_success", "nv_inference_request_failure"
_ML_OK, _ML_FAILED = "model_infer_request_success_total", "model_infer_request_failure_total"
_TORCH = "ts_inference_requests_total"
_ISTIO = "istio_requests_total"
_ISTIO_TIMES = "istio_request_duration_milliseconds"
_AT_SERVER = '$pods,reporter="destination"'

_istio_failed = by_revision(rate(_ISTIO, f'{_AT_SERVER},response_code=~"5.."'))
_istio_all = by_revision(rate(_ISTIO, _AT_SERVER))
_triton_failed, _triton_ok = by_revision(rate(_FAILED, "$pods")), by_revision(rate(_OK, "$pods"))
_ml_failed, _ml_ok = by_revision(rate(_ML_FAILED, "$pods")), by_revision(rate(_ML_OK, "$pods"))

REQUESTS = (
    Source(
        Exporter.ISTIO, _ISTIO, (Query(by_class(rate(_ISTIO, _AT_SERVER), "response_code"), label="class"),)
    ),
    Source(
        Exporter.TRITON,
        _OK,
        (
            Query(f"sum({rate(_OK, '$pods')})", name="2xx"),
            Query(f"sum({rate(_FAILED, '$pods')})", name="5xx"),
        ),
    ),
    Source(
        Exporter.MLSERVER,
        _ML_OK,
        (
            Query(f"sum({rate(_ML_OK, '$pods')})", name="2xx"),
            Query(f"sum({rate(_ML_FAILED, '$pods')})", name="5xx"),
        ),
    ),
    Source(Exporter.TORCHSERVE, _TORCH, (Query(by_revision(rate(_TORCH, "$pods")), label=REVISION),)),
    Source(
        Exporter.KSERVE,
        f"{_KSERVE}_count",
        (Query(by_revision(rate(f"{_KSERVE}_count", "$pods")), label=REVISION),),
    ),
)
ERRORS = (
    Source(
        Exporter.ISTIO,
        _ISTIO,
        (Query(f"({_istio_failed} or {_istio_all} * 0) / {_istio_all}", label=REVISION),),
    ),
    Source(
        Exporter.TRITON,
        _OK,
        (Query(f"{_triton_failed} / ({_triton_failed} + {_triton_ok})", label=REVISION),),
    ),
    Source(
        Exporter.MLSERVER,
        _ML_OK,
        (
            Query(
                f"({_ml_failed} or {_ml_ok} * 0) / (({_ml_failed} or {_ml_ok} * 0) + {_ml_ok})",
                label=REVISION,
            ),
        ),
    ),
)
LATENCY = (
    Source(Exporter.ISTIO, _ISTIO, percentiles(_ISTIO_TIMES, _AT_SERVER, scale=" / 1000")),
    Source(Exporter.KSERVE, f"{_KSERVE}_count", percentiles(_KSERVE, "$pods")),
)
IN_FLIGHT = (
    Source(
        Exporter.ISTIO,
        _ISTIO,
        (Query(f"{by_revision(rate(f'{_ISTIO_TIMES}_sum', _AT_SERVER))} / 1000", label=REVISION),),
    ),
    Source(
        Exporter.KSERVE,
        f"{_KSERVE}_count",
        (Query(by_revision(rate(f"{_KSERVE}_sum", "$pods")), label=REVISION),),
    ),
)
"""Where nothing counts them: the seconds that all requests together took in a second (Little's law)."""
