"""The components of a service and how each is set up: from the spec, else from what runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypedDict

from modelsweb.kinds import HORIZONTAL_POD_AUTOSCALER, SCALED_OBJECT
from modelsweb.objects.obj import Obj
from modelsweb.topology import pod as pods
from modelsweb.topology import predictor
from modelsweb.topology.demand import Replicas, replicas, wanted
from modelsweb.topology.service_snapshot import ServiceSnapshot
from modelsweb.topology.version import Version, versions

WORKER = "worker"
_CLASS = "serving.kserve.io/autoscalerClass"
_DIGEST = "@sha256:"
"""Knative pins an image to it; the spec says what is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """How many replicas there may be. ``maximum`` 0 means no limit; ``metric`` and ``target`` as the spec writes them."""

    minimum: int
    maximum: int
    metric: str
    target: int | None
    concurrency: int | None
    by: str
    """The autoscaler's class, such as ``hpa`` or ``keda``; empty for the mode's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One component. ``runtime`` is the serving runtime, or the kind of a built-in explainer; empty where the spec brings
    its own container. ``image``, ``requests`` and ``limits`` are of one replica's main container, as written, and
    ``image`` is empty while nothing has been made of a spec that names none. ``account`` is empty for the namespace's
    default. ``versions`` are those that are there at once; ``beside`` names what runs in a replica besides its main
    container.
    """

    name: str
    runtime: str
    image: str
    replicas: Replicas | None
    scaling: Scaling | None
    requests: Mapping[str, str]
    limits: Mapping[str, str]
    account: str
    pods: tuple[Obj, ...]
    beside: tuple[str, ...] = ()
    versions: tuple[Version, ...] = ()
    batcher: Mapping[str, Any] = field(default_factory=dict)
    logger: Mapping[str, Any] = field(default_factory=dict)


def components(snapshot: ServiceSnapshot) -> tuple[Component, ...]:
    """Predictor, transformer, explainer, and the predictor's workers, as far as the service has them."""
    return tuple(_components(snapshot))


def _components(snapshot: ServiceSnapshot) -> Iterator[Component]:
    service = snapshot.service
    for name in predictor.COMPONENTS:
        spec = service.mapping("spec", name)
        if not spec:
            continue
        yield _component(snapshot, name, spec=spec)
        worker = spec.get("workerSpec")
        if isinstance(worker, Mapping):
            yield _worker(snapshot, name, worker=worker, spec=spec)


def _component(snapshot: ServiceSnapshot, name: str, *, spec: Mapping[str, Any]) -> Component:
    running = snapshot.replicas_of(name)
    made = _made(snapshot, name, running=running, has_workers=False)
    return Component(
        name=name,
        runtime=predictor.runtime(snapshot.service) if name == "predictor" else _built_in(spec),
        replicas=_replicas(snapshot, name, running=running),
        scaling=_scaling(snapshot, name, spec=spec),
        pods=running,
        beside=tuple(_beside(made or spec)),
        versions=versions(snapshot, name),
        batcher=Obj(spec).mapping("batcher"),
        logger=Obj(spec).mapping("logger"),
        **_setup(
            _container(spec),
            spec,
            made=made,
            runtime=snapshot.runtime if name == "predictor" and "model" in spec else {},
            runs=bool(running),
        ),
    )


def _beside(spec: Mapping[str, Any]) -> Iterator[str]:
    """What runs in a pod as long as its main container does: agents, proxies, a transformer of the same pod."""
    main = pods.serving_container(spec).get("name")
    for one in Obj(spec).items("initContainers"):
        if one.get("restartPolicy") == "Always" and one.get("name"):
            yield str(one["name"])
    for one in Obj(spec).items("containers"):
        if one.get("name") not in (None, main):
            yield str(one["name"])


def _worker(
    snapshot: ServiceSnapshot, name: str, *, worker: Mapping[str, Any], spec: Mapping[str, Any]
) -> Component:
    running = tuple(pod for pod in (*snapshot.pods, *snapshot.leaving) if pods.is_worker(pod))
    made = _made(snapshot, name, running=running, has_workers=True)
    ready = sum(pods.is_ready(pod) for pod in running)
    return Component(
        name=WORKER,
        runtime=predictor.runtime(snapshot.service),
        replicas=Replicas(ready, len(running)) if running else None,
        scaling=None,
        pods=running,
        **_setup(
            _container(worker),
            {**spec, **worker},
            made=made,
            runtime=Obj(snapshot.runtime).mapping("workerSpec"),
            runs=bool(running),
        ),
    )


class _Setup(TypedDict):
    image: str
    requests: Mapping[str, str]
    limits: Mapping[str, str]
    account: str


def _setup(
    container: Mapping[str, Any],
    spec: Mapping[str, Any],
    *,
    made: Mapping[str, Any],
    runtime: Mapping[str, Any],
    runs: bool,
) -> _Setup:
    """A running pod is the truth. Without one the spec says what is meant, and what was made of an earlier one, and then its
    runtime, the rest."""
    main, usual = pods.serving_container(made), pods.serving_container(runtime)
    meant, there = Obj(spec), Obj(made)
    if runs:
        image = str(main.get("image") or "")
        pinned = _DIGEST in image and container.get("image")
        return _Setup(
            image=str(container["image"]) if pinned else image,
            requests=pods.amounts_of(main, "requests"),
            limits=pods.amounts_of(main, "limits"),
            account=there.string("serviceAccountName"),
        )
    return _Setup(
        image=str(container.get("image") or main.get("image") or usual.get("image") or ""),
        requests=_merged("requests", usual, main, container),
        limits=_merged("limits", usual, main, container),
        account=meant.string("serviceAccountName") or there.string("serviceAccountName"),
    )


def _merged(field: str, *containers: Mapping[str, Any]) -> dict[str, str]:
    """What containers ask for, the later ones over those before: KServe merges a model over its runtime's container."""
    return {name: amount for one in containers for name, amount in pods.amounts_of(one, field).items()}


def _made(
    snapshot: ServiceSnapshot, name: str, *, running: tuple[Obj, ...], has_workers: bool
) -> Mapping[str, Any]:
    """The newest pod's spec; while there is none, what pods are made from."""
    return running[0].mapping("spec") if running else snapshot.template(name, has_workers=has_workers)


def _built_in(spec: Mapping[str, Any]) -> str:
    """The kind of an explainer that KServe brings, such as ``art``."""
    found = spec.get("art")
    return "art" if isinstance(found, Mapping) else ""


def _container(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of a component's spec that says what its main container is."""
    for name in ("model", *predictor.FRAMEWORKS, "art"):
        found = spec.get(name)
        if isinstance(found, Mapping):
            return found
    return next(Obj(spec).items("containers"), {})


def _scaling(snapshot: ServiceSnapshot, name: str, *, spec: Mapping[str, Any]) -> Scaling:
    given = Obj(spec)
    by = snapshot.service.annotation(_CLASS)
    minimum, maximum = _bounds(snapshot, name, spec=given, by=by)
    return Scaling(
        minimum=minimum,
        maximum=maximum,
        metric=given.string("scaleMetric"),
        target=given.integer("scaleTarget"),
        concurrency=given.integer("containerConcurrency"),
        by=by,
    )


def _bounds(snapshot: ServiceSnapshot, name: str, *, spec: Obj, by: str) -> tuple[int, int]:
    """The least and most replicas: of the autoscaler that is there, else as KServe reads the spec; most 0 for no limit.

    Without ``maxReplicas`` nothing is scaled in Standard mode, whose usual autoscaler knows no 0; in Knative mode nothing
    limits it.
    """
    makers = {one.name for one in snapshot.deployments_of(name)}
    for one in snapshot.children.get(HORIZONTAL_POD_AUTOSCALER, ()):
        if one.string("spec", "scaleTargetRef", "name") in makers:
            minimum, maximum = one.integer("spec", "minReplicas"), one.integer("spec", "maxReplicas")
            return (1 if minimum is None else minimum), maximum or 0
    for one in snapshot.children.get(SCALED_OBJECT, ()):
        if one.string("spec", "scaleTargetRef", "name") in makers:
            minimum, maximum = one.integer("spec", "minReplicaCount"), one.integer("spec", "maxReplicaCount")
            return minimum or 0, 100 if maximum is None else maximum  # KEDA's own defaults
    minimum, maximum = spec.integer("minReplicas"), spec.integer("maxReplicas") or 0
    minimum = 1 if minimum is None else minimum
    if predictor.mode(snapshot.service) != "Standard":
        return minimum, maximum
    if by != "keda":
        minimum = max(1, minimum)
    return minimum, minimum if by == "none" else max(minimum, maximum)


def _replicas(snapshot: ServiceSnapshot, name: str, *, running: tuple[Obj, ...]) -> Replicas | None:
    if name == "predictor" and predictor.is_model_mesh(snapshot.service):
        return replicas(snapshot)
    asked = wanted(snapshot.deployments_of(name))
    if asked is None and not running:
        return None
    return Replicas(sum(pods.is_ready(pod) for pod in running), len(running) if asked is None else asked)
