"""Asks every rule, and says which could not look.

Rules do not know each other. What orders them is their rank; what one of them sees from further away than another is not
shown beside it (``Rule.supersedes``).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from modelsweb.diagnosis.finding import Finding, FindingState, Rule
from modelsweb.diagnosis.rules import RULES
from modelsweb.kinds import INFERENCE_SERVICE
from modelsweb.objects.kind import Kind
from modelsweb.topology.service_snapshot import ServiceSnapshot


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A rule that could not look, and the kinds of objects that were not read."""

    rule: str
    lacking: tuple[Kind, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that is wrong, the likeliest cause first and what is only a delay last; and what nobody looked for."""

    findings: tuple[Finding, ...]
    unchecked: tuple[Unchecked, ...] = ()

    @property
    def fault(self) -> Finding | None:
        """The likeliest cause of what will not heal, or waits for hardware or quota; None where nothing does."""
        return next((found for found in self.findings if found.state is not FindingState.DELAY), None)

    @property
    def first(self) -> Finding | None:
        """The fault, else the first delay."""
        return self.findings[0] if self.findings else None


def diagnose(
    snapshot: ServiceSnapshot,
    now: datetime,
    *,
    root: Kind = INFERENCE_SERVICE,
    rules: Iterable[Rule] = RULES,
) -> Diagnosis:
    """What the rules for a kind of root object find."""
    all_findings: list[Finding] = []
    unchecked: list[Unchecked] = []
    superseded: set[str] = set()
    for rule in rules:
        if root not in rule.roots:
            continue
        if lacking := tuple(kind for kind in rule.needs if kind not in snapshot.children):
            unchecked.append(Unchecked(rule.id, lacking))
            continue
        findings = list(_findings(rule, snapshot, now=now))
        all_findings += findings
        if findings:
            superseded |= rule.supersedes
    kept = (finding for finding in all_findings if finding.rule not in superseded)
    ordered = sorted(kept, key=lambda finding: (finding.state is FindingState.DELAY, finding.rank))
    return Diagnosis(tuple(ordered), tuple(unchecked))


def _findings(rule: Rule, snapshot: ServiceSnapshot, *, now: datetime) -> Iterator[Finding]:
    for finding in rule.check(snapshot, now):
        yield replace(finding, rule=rule.id, rank=rule.rank, remedy=finding.remedy or rule.remedy)
