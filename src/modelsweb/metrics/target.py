"""Whose metrics are asked for: the matchers that confine PromQL to the pods of one service.

Values are written as PromQL strings whatever they hold; a pod belongs to a service by its whole name, so that
``fraud`` does not take in the pods of ``fraud-predictor``.
"""

import re
from dataclasses import dataclass, replace
from string import Template

from modelsweb.metrics.chart import COMPONENTS, POD_TAIL, Query
from modelsweb.metrics.time_range import TimeRange

_ALL = "|".join(COMPONENTS)
_KNATIVE_POD = f"-[0-9]{{5}}-deployment-{POD_TAIL}"
_GROUP_POD = "[0-9]+(-[0-9]+)?"
_NOBODY = "-"
"""No pod is called so; a matcher of nothing would match what has no such label."""
_STANDARD_POD = f"(-worker)?-{POD_TAIL}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A service; of it one component, or one revision (a Deployment's name in Standard mode), where they are not empty. Of another
    kind ``owners`` are the names of what makes its pods.

    Made by ``target``, which sees to it that the revision is the service's.
    """

    namespace: str
    name: str
    component: str = ""
    revision: str = ""
    entry: str = ""
    """The component at which requests come in: each is counted there alone."""
    owners: tuple[str, ...] | None = None
    at_entry_owners: tuple[str, ...] = ()
    """Those of them at which requests come in."""

    @property
    def at_entry(self) -> "Target":
        """The same, of the component at which requests come in, where none was chosen."""
        if self.owners is not None:
            return replace(self, owners=self.at_entry_owners)
        return self if self.component or self.revision else replace(self, component=self.entry)

    @property
    def pods(self) -> str:
        """The matchers of pods, by the labels that a scrape gives."""
        return f"namespace={quoted(self.namespace)},pod=~{quoted(self.pod_pattern)}"

    @property
    def revisions(self) -> str:
        """The matchers by the labels that Knative gave before 1.19."""
        found = f"namespace_name={quoted(self.namespace)},configuration_name=~{quoted(self.owner)}"
        return f"{found},revision_name={quoted(self.revision)}" if self.revision else found

    @property
    def owner(self) -> str:
        """A regular expression for the names of what owns the pods: Deployments or Knative configurations."""
        if self.owners is not None:
            return f"({'|'.join(map(literal, self.owners))})" if self.owners else _NOBODY
        return f"{literal(self.name)}-({literal(self.component) if self.component else _ALL})"

    @property
    def pod_pattern(self) -> str:
        """A regular expression for the whole names of the pods."""
        if self.owners is not None:
            return f"{self.owner}-({POD_TAIL}|{_GROUP_POD})" if self.owners else _NOBODY
        if self.revision:
            return f"{literal(self.revision)}(-deployment)?-{POD_TAIL}"
        return f"{self.owner}({_KNATIVE_POD}|{_STANDARD_POD})"

    def write(self, query: Query, *, window: int) -> str:
        """The PromQL of a query for this service; rates are taken over ``window`` seconds."""
        return Template(query.promql).substitute(
            pods=self.pods, revisions=self.revisions, window=f"{window}s"
        )

    def presence(self, metrics: frozenset[str], over: TimeRange) -> str:
        """PromQL that counts by name which of some metrics had a value of this service in a time range."""
        names = quoted("|".join(sorted(map(literal, metrics))))
        seconds = over.end - over.start + over.step
        return " or ".join(
            f"count by (__name__) (last_over_time({{__name__=~{names},{matchers}}}[{seconds}s]))"
            for matchers in (self.pods, self.revisions)
        )


def target(namespace: str, name: str, *, component: str = "", revision: str = "", entry: str = "") -> Target:
    """A service's target; a component or revision that is not one of this service is left out."""
    component = component if component in COMPONENTS else ""
    whole = Target(namespace=namespace, name=name, component=component)
    is_ours = re.fullmatch(f"{whole.owner}(-worker|-[0-9]{{5}})?", revision) is not None
    return Target(
        namespace=namespace, name=name, component=component, revision=revision if is_ours else "", entry=entry
    )


def quoted(value: str) -> str:
    """A PromQL string that means just this value."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def literal(value: str) -> str:
    """A regular expression that matches just this value; RE2 and Python agree on these escapes."""
    return re.sub(r"([^A-Za-z0-9_:\n-])", r"\\\1", value)
