"""Which logs of a service are shown, as the page's URL says it.

``pod``, ``c`` (container), ``comp`` and ``rev`` narrow, each may stand several times; ``prev=1`` asks for the run before
this one, ``tail`` for so many lines at most, ``since`` for those of so many seconds. Where none of them narrows, the page
leads to the container at fault, and says so by ``fault=1``; ``all=1`` asks for those that serve. ``run`` names a run of one
container: the page leads to its log, or says by ``lost=1`` that it is gone. What the browser alone does with the lines
(``q``, ``lvl``, ``ts``, ``wrap``, ``at``) stands in the same URL and is not read here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from modelsweb.diagnosis.finding import Finding

USUAL_TAIL = 1_000
TAILS = (100, 1_000, 5_000, 10_000)
"""How many lines of each log may be chosen."""
OF_THE_BROWSER = ("q", "lvl", "ts", "wrap", "at")
"""What only the browser reads."""
_MAX_VALUES = 50
_NEVER_RAN = {"image-pull-failed", "container-not-created", "pod-not-prepared"}
"""Rules that find containers without a log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuery:
    """A choice of logs. Empty tuples choose all, for containers those that serve and those that fail."""

    pods: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    revisions: tuple[str, ...] = ()
    previous: bool = False
    everything: bool = False
    is_fault: bool = False
    run: str = ""
    is_lost: bool = False
    tail: int = USUAL_TAIL
    since: int = 0

    @property
    def is_open(self) -> bool:
        """Nothing was chosen, so that the page may choose."""
        narrows = self.pods or self.containers or self.components or self.revisions
        return not (narrows or self.previous or self.everything)

    def encode(self, *, at: str = "") -> str:
        """As a query string; what is as usual is left out. ``at`` is a time, or ``fault`` for the last error."""
        pairs = [("pod", pod) for pod in self.pods]
        pairs += [("c", container) for container in self.containers]
        pairs += [("comp", component) for component in self.components]
        pairs += [("rev", revision) for revision in self.revisions]
        if self.previous:
            pairs.append(("prev", "1"))
        if self.everything:
            pairs.append(("all", "1"))
        if self.is_fault:
            pairs.append(("fault", "1"))
        if self.run:
            pairs.append(("run", self.run))
        if self.is_lost:
            pairs.append(("lost", "1"))
        if self.tail != USUAL_TAIL:
            pairs.append(("tail", str(self.tail)))
        if self.since:
            pairs.append(("since", str(self.since)))
        if at:
            pairs.append(("at", at))
        return urlencode(pairs)


def log_of(finding: Finding | None) -> LogQuery | None:
    """The log in which the cause of a finding stands; None where it blames no container, or one that never ran."""
    if finding is None or finding.kind != "Pod" or not finding.container or finding.rule in _NEVER_RAN:
        return None
    return LogQuery(pods=(finding.name,), containers=(finding.container,))


def parse(items: Iterable[tuple[str, str]]) -> LogQuery:
    """Never fails: what makes no sense is as if it were not there, numbers are brought into their bounds."""
    texts: dict[str, list[str]] = {}
    for key, value in items:
        values = texts.setdefault(key, [])
        if value and len(values) < _MAX_VALUES:
            values.append(value)

    def many(key: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(texts.get(key, ())))

    def number(key: str, usual: int, *, maximum: int) -> int:
        given = (texts.get(key) or [""])[-1]
        return min(int(given), maximum) if given.isdecimal() and len(given) < 10 else usual

    return LogQuery(
        pods=many("pod"),
        containers=many("c"),
        components=many("comp"),
        revisions=many("rev"),
        previous="1" in texts.get("prev", ()),
        everything="1" in texts.get("all", ()),
        is_fault="1" in texts.get("fault", ()),
        run=(texts.get("run") or [""])[-1][:64],
        is_lost="1" in texts.get("lost", ()),
        tail=max(1, number("tail", USUAL_TAIL, maximum=TAILS[-1])),
        since=number("since", 0, maximum=30 * 86_400),
    )
