"""The figures of texts that users write: ``python -m bench.texts`` (part of ``make bench``). No cluster is needed."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import yaml

from bench.measure import Report
from modelsweb.manifests import document as manifest
from modelsweb.manifests.check import Facts
from modelsweb.manifests.concerns import concerns
from modelsweb.manifests.form import filled
from modelsweb.manifests.form_field import Field
from modelsweb.manifests.plan import plan
from modelsweb.manifests.schema import GroupVersionKind, decode, fields
from modelsweb.objects.obj import Obj

LINES = 2_000
_RUNTIMES = 20
_NODES = 500
_ACCOUNTS = 100
_ROUNDS = 10
_SCHEMAS = 16
_CRDS = Path(__file__).parent.parent / "src" / "modelsweb" / "demo" / "crds"


def _facts() -> Facts:
    """A large cluster whose administrator writes: each check has what it needs."""
    offered = {"cpu": "63920m", "memory": "263036412Ki", "pods": "110", "nvidia.com/gpu": "8"}
    node_info = {"kubeletVersion": "v1.34.1"}
    names = [f"account-{number}" for number in range(_ACCOUNTS)]
    metadata = {"name": "default"}
    return Facts(
        namespace="bench",
        runtimes=_runtimes(),
        services=(),
        served=frozenset(),
        accounts=(
            Obj({"metadata": metadata}),
            *(Obj({"metadata": {"name": name}, "secrets": [{"name": name}]}) for name in names),
        ),
        secrets={name: frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}) for name in names},
        claims=tuple(Obj({"metadata": {"name": name}}) for name in names),
        quotas=(Obj({"metadata": metadata, "status": {"hard": {"requests.cpu": "1000"}}}),),
        nodes=tuple(
            Obj(
                {
                    "metadata": {"name": f"node-{number}"},
                    "status": {"allocatable": offered, "nodeInfo": node_info},
                }
            )
            for number in range(_NODES)
        ),
        place=Obj({"metadata": metadata}),
        llm_services=(),
    )


def main() -> int:
    """Reads, plans and checks a text of 2,000 lines, and completes in a large schema."""
    report = Report()
    source = _text()
    facts = _facts()
    report.heading(f"A text of {source.count(chr(10)):,} lines, {_RUNTIMES} runtimes, {_NODES} nodes")
    parsing = _milliseconds(lambda: list(manifest.parse(source)))
    documents = list(manifest.parse(source))
    checking = _milliseconds(lambda: concerns(source, documents, facts=facts))
    report.add("CPU of all checks", checking, "ms", maximum=100)
    report.add("CPU of reading it", parsing, "ms")
    report.add("CPU of planning it, reading it again", _milliseconds(lambda: plan(source, "bench")), "ms")
    change = {Field.MIN_REPLICAS: "2"}
    filling = _milliseconds(lambda: filled(source, was={}, given=change))
    report.add("CPU of a change of the form in it", filling, "ms")
    _schemas(report)
    return report.end()


def _schemas(report: Report) -> None:
    """A completion, in a document of the size that KServe's has."""
    body = _open_api()
    report.heading(f"A schema of {len(body) / 1e6:.1f} MB")
    document = decode(body)
    wanted = GroupVersionKind("serving.kserve.io", "v1beta1", "InferenceService")
    path = ("spec", "predictor", "model", "env")
    assert fields(document, wanted, path=path)
    completing = _milliseconds(lambda: fields(document, wanted, path=path))
    report.add("CPU of a completion", completing, "ms", maximum=20)
    report.add("CPU of reading the schema", _milliseconds(lambda: decode(body)), "ms")


def _open_api() -> bytes:
    """The demo's schema of InferenceServices, among as many of other kinds as make up the size."""
    crd = yaml.safe_load((_CRDS / "inferenceservices.yaml").read_text())
    one = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    schemas = {
        f"kind-{number}": {
            **one,
            "x-kubernetes-group-version-kind": [
                {
                    "group": "serving.kserve.io",
                    "version": "v1beta1",
                    "kind": f"Kind{number}" if number else "InferenceService",
                }
            ],
        }
        for number in reversed(range(_SCHEMAS))
    }
    return msgspec.json.encode({"openapi": "3.0.0", "components": {"schemas": schemas}})


def _milliseconds(work: Callable[[], object]) -> float:
    work()
    started = time.process_time()
    for _ in range(_ROUNDS):
        work()
    return (time.process_time() - started) / _ROUNDS * 1_000


def _text() -> str:
    one = {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": "x", "annotations": {"serving.kserve.io/deploymentMode": "Standard"}},
        "spec": {
            "predictor": {
                "canaryTrafficPercent": 10,
                "model": {
                    "modelFormat": {"name": "sklearn"},
                    "storageUri": "s3://models/x",
                    "env": [{"name": f"VARIABLE_{number}", "value": str(number)} for number in range(40)],
                },
            }
        },
    }
    text = yaml.safe_dump(one, sort_keys=False)
    number = LINES // (text.count("\n") + 1)
    return "---\n".join(text.replace("name: x", f"name: service-{each}", 1) for each in range(number + 1))


def _runtimes() -> tuple[Obj, ...]:
    return tuple(
        Obj(
            {
                "metadata": {"name": f"runtime-{number}"},
                "spec": {
                    "supportedModelFormats": [
                        {"name": f"format-{number}", "version": "1", "autoSelect": True, "priority": 1}
                    ],
                    "protocolVersions": ["v1", "v2"],
                },
            }
        )
        for number in range(_RUNTIMES)
    )


if __name__ == "__main__":
    sys.exit(main())
