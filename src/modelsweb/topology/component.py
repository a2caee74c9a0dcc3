"""The components of a service and how each is set up: from the spec, else from what runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modelsweb.objects.obj import Obj
from modelsweb.topology import pod as pods
from modelsweb.topology import predictor
from modelsweb.topology.demand import Replicas
from modelsweb.topology.family import Family

WORKER = "worker"
_CLASS = "serving.kserve.io/autoscalerClass"


@dataclass(frozen=True, slots=True)
class Scaling:
    """How many replicas there may be. ``most`` 0 means no limit; ``metric`` and ``target`` as the spec writes them."""

    least: int
    most: int
    metric: str
    target: int | None
    concurrency: int | None
    by: str
    """The autoscaler's class, such as ``hpa`` or ``keda``; empty for the mode's own."""


@dataclass(frozen=True, slots=True)
class Component:
    """One component. ``requests`` and ``limits`` are of one replica's main container, as written."""

    name: str
    runtime: str
    image: str
    replicas: Replicas | None
    scaling: Scaling | None
    requests: Mapping[str, str]
    limits: Mapping[str, str]
    account: str
    pods: tuple[Obj, ...]


def components(family: Family) -> tuple[Component, ...]:
    """Predictor, transformer, explainer, and the predictor's workers, as far as the service has them."""
    return tuple(_components(family))


def _components(family: Family) -> Iterator[Component]:
    service = family.service
    for name in predictor.COMPONENTS:
        spec = service.mapping("spec", name)
        if not spec:
            continue
        yield _component(family, name, spec, predictor.runtime(service) if name == "predictor" else "")
        worker = spec.get("workerSpec")
        if isinstance(worker, Mapping):
            yield _worker(family, worker)


def _component(family: Family, name: str, spec: Mapping[str, Any], runtime: str) -> Component:
    running = tuple(
        pod for pod in (*family.pods, *family.leaving) if pods.component(pod) == name and not _is_worker(pod)
    )
    container = _container(spec)
    newest = running[0] if running else None
    serving = pods.main_container(newest) if newest else ""
    return Component(
        name=name,
        runtime=runtime,
        image=str(container.get("image") or "") or (pods.image(newest, serving) if newest else ""),
        replicas=_replicas(family, name, running),
        scaling=_scaling(family.service, spec),
        requests=pods.amounts_of(container, "requests")
        or (pods.amounts(newest, serving, "requests") if newest else {}),
        limits=pods.amounts_of(container, "limits")
        or (pods.amounts(newest, serving, "limits") if newest else {}),
        account=str(spec.get("serviceAccountName") or ""),
        pods=running,
    )


def _worker(family: Family, spec: Mapping[str, Any]) -> Component:
    running = tuple(pod for pod in (*family.pods, *family.leaving) if _is_worker(pod))
    container = _container(spec)
    ready = sum(pods.is_ready(pod) for pod in running)
    return Component(
        name=WORKER,
        runtime="",
        image=str(container.get("image") or ""),
        replicas=Replicas(ready, len(running)) if running else None,
        scaling=None,
        requests=pods.amounts_of(container, "requests"),
        limits=pods.amounts_of(container, "limits"),
        account="",
        pods=running,
    )


def _is_worker(pod: Obj) -> bool:
    return any(raw.get("name") == "worker-container" for raw in pod.items("spec", "containers"))


def _container(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of a component's spec that says what its main container is."""
    for name in ("model", *predictor.FRAMEWORKS):
        found = spec.get(name)
        if isinstance(found, Mapping):
            return found
    return next(Obj(spec).items("containers"), {})


def _scaling(service: Obj, spec: Mapping[str, Any]) -> Scaling:
    given = Obj(spec)
    least, most = given.integer("minReplicas"), given.integer("maxReplicas")
    return Scaling(
        least=1 if least is None else least,
        most=most or 0,
        metric=given.string("scaleMetric"),
        target=given.integer("scaleTarget"),
        concurrency=given.integer("containerConcurrency"),
        by=service.annotation(_CLASS),
    )


def _replicas(family: Family, name: str, running: tuple[Obj, ...]) -> Replicas | None:
    wanted = [
        deployment.integer("spec", "replicas")
        for deployment in family.deployments
        if deployment.labels.get(pods.COMPONENT, "predictor") == name
    ]
    ready = sum(pods.is_ready(pod) for pod in running)
    if not wanted and not running:
        return None
    return Replicas(ready, sum(1 if one is None else one for one in wanted) if wanted else len(running))
