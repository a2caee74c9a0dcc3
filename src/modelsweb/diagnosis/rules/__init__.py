"""The rules, in the order of trust: the first that finds something names the cause.

The state of the newest pods is believed before the conditions of workloads, those before the service's own, and
KServe's record of the last failure last, since nothing clears it. To add a rule, follow ``docs/how-to/add-a-diagnosis-rule.md``.
"""

from modelsweb.diagnosis.finding import Finding, Rule
from modelsweb.diagnosis.rules import (
    address_not_ready,
    condition_false,
    condition_unknown,
    container_crashes,
    container_not_created,
    deadline_exceeded,
    download_failed,
    image_pull_failed,
    invalid_spec,
    load_failed,
    never_ready,
    never_taken_up,
    pod_evicted,
    pod_not_prepared,
    pods_refused,
    reconcile_failed,
    revision_failed,
    unschedulable,
)
from modelsweb.text import Text

RULES: tuple[Rule, ...] = (
    invalid_spec.RULE,
    reconcile_failed.RULE,
    download_failed.RULE,
    image_pull_failed.RULE,
    container_not_created.RULE,
    container_crashes.RULE,
    pod_not_prepared.RULE,
    never_ready.RULE,
    pods_refused.RULE,
    unschedulable.RULE,
    revision_failed.RULE,
    load_failed.RULE,
    deadline_exceeded.RULE,
    condition_false.RULE,
    address_not_ready.RULE,
    pod_evicted.RULE,
    condition_unknown.RULE,
    never_taken_up.RULE,
)

_REMEDIES = {rule.id: rule.remedy for rule in RULES}


def remedy(finding: Finding) -> Text:
    """What to do about a finding."""
    return finding.remedy or _REMEDIES[finding.rule]


_SUMMARIES = {rule.id: rule.summary for rule in RULES}


def summary(rule: str) -> Text | None:
    """What a rule finds, in one sentence; None for one that there is not."""
    return _SUMMARIES.get(rule)
