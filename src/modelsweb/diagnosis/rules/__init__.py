"""The rules, one module each, in the order of their ranks: the first that finds something names the cause.

The state of the newest pods is believed before the conditions of workloads, those before the service's own, and
KServe's record of the last failure last, since nothing clears it. To add a rule, follow ``docs/how-to/add-a-diagnosis-rule.md``.
"""

import importlib
import pkgutil

from modelsweb.diagnosis.finding import Rule
from modelsweb.text import Text

_modules = (importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))

RULES: tuple[Rule, ...] = tuple(sorted((module.RULE for module in _modules), key=lambda rule: rule.rank))

_SUMMARIES = {rule.id: rule.summary for rule in RULES}


def summary(rule: str) -> Text | None:
    """What a rule finds, in one sentence; None for one that there is not."""
    return _SUMMARIES.get(rule)
