"""Which panels of a Grafana are shown of a service; the browser finds the dashboards and fills the frames.

A panel's variables may hold ``$namespace``, ``$service``, ``$component``, ``$configuration`` (the component's Knative
configuration), ``$revision`` (its latest one that is ready), and ``$pods`` (a regular expression for its pods).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from string import Template
from typing import Any

from modelsweb.metrics.target import Target
from modelsweb.topology.predictor import COMPONENTS
from modelsweb.topology.service_snapshot import ServiceSnapshot

_VARIABLES = {"namespace": "$namespace", "configuration": "$configuration", "revision": "$revision"}


class PanelError(ValueError):
    """The setting with the panels is wrong; the message says where."""


@dataclass(frozen=True, slots=True)
class PanelPlan:
    """Panels of a dashboard, which is named by its ``uri`` of old, its uid, its slug or its title."""

    dashboard: str
    panels: tuple[int, ...]
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One frame."""

    component: str
    revision: str
    dashboard: str
    panel: int
    variables: Mapping[str, str]


def usual_plans(cpu_memory: str, requests: str) -> tuple[PanelPlan, ...]:
    """The panels of Knative's own dashboards."""
    return (
        PanelPlan(cpu_memory, (2, 3), _VARIABLES),
        PanelPlan(requests, (17, 20, 18, 21), _VARIABLES),
    )


def parse_plans(text: str) -> tuple[PanelPlan, ...]:
    """Panels from JSON: ``[{"dashboard": …, "panels": [2, 3], "variables": {"namespace": "$namespace"}}]``.

    Raises PanelError.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise PanelError(f"it is no JSON: {error}") from None
    if not isinstance(found, list):
        raise PanelError("it must be a list")
    return tuple(_plan(one, f"[{index}]") for index, one in enumerate(found))


def _plan(one: Any, where: str) -> PanelPlan:
    if not isinstance(one, dict):
        raise PanelError(f"{where} must be an object")
    if unknown := sorted(set(one) - {"dashboard", "panels", "variables"}):
        raise PanelError(f"{where}.{unknown[0]} is not known")
    dashboard, panels, variables = one.get("dashboard"), one.get("panels"), one.get("variables", _VARIABLES)
    if not isinstance(dashboard, str) or not dashboard:
        raise PanelError(f"{where}.dashboard must name a dashboard")
    if not isinstance(panels, list) or not panels or not all(type(panel) is int for panel in panels):
        raise PanelError(f"{where}.panels must be a list of panels' numbers")
    if not isinstance(variables, dict) or not all(isinstance(value, str) for value in variables.values()):
        raise PanelError(f"{where}.variables must be an object of texts")
    return PanelPlan(dashboard, tuple(panels), variables)


def panels(snapshot: ServiceSnapshot, plans: Iterable[PanelPlan]) -> tuple[Panel, ...]:
    """The frames of a service's components, as far as it has them."""
    return tuple(_panels(snapshot, tuple(plans)))


def _panels(snapshot: ServiceSnapshot, plans: tuple[PanelPlan, ...]) -> Iterator[Panel]:
    service = snapshot.service
    for component in COMPONENTS:
        if not service.mapping("spec", component):
            continue
        status = ("status", "components", component)
        revision = service.string(*status, "latestReadyRevision") or service.string(
            *status, "latestCreatedRevision"
        )
        values = {
            "namespace": service.namespace,
            "service": service.name,
            "component": component,
            "configuration": revision.rpartition("-")[0] or f"{service.name}-{component}",
            "revision": revision,
            "pods": Target(namespace=service.namespace, name=service.name, component=component).pod_pattern,
        }
        for plan in plans:
            variables = {
                name: Template(value).safe_substitute(values) for name, value in plan.variables.items()
            }
            for panel in plan.panels:
                yield Panel(
                    component=component,
                    revision=revision,
                    dashboard=plan.dashboard,
                    panel=panel,
                    variables=variables,
                )
