"""The cause in what a program wrote before it ended: the line that tells it, which seldom is the last one.

Python chains exceptions and warns at its end, servers wrap what failed in a sentence that points above, and prefixes of
processes and clocks stand before all of it. Each line is looked at by itself, in time that grows with its length.
"""

import re
from collections.abc import Iterator

from modelsweb.text import on_terminal

_LONGEST_LINE = 2_000
_PREFIX = re.compile(
    r"^(?:\([^()]{1,60}\)|\[[^\[\]]{1,80}\]|[\d:.,TZ+-]{6,35}|[A-Z]?\d{4}|\d{1,7}|[\w./-]{1,60}:\d{1,6}\]?"
    r"|TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL)[\s:|]{1,3}"
)
_MAX_PREFIXES = 8
_EXCEPTION = re.compile(
    r"(?:^|[\s:\"])((?:[A-Za-z_]\w{0,60}\.){0,8}[A-Z]\w{0,60}(?:Error|Exception|Exit|Interrupt|Timeout|Fault)\b(?::.*)?$)"
)
_OF_CPP = re.compile(r"^what\(\):\s+(.*)$")
_FRAME = re.compile(r'^(?:File "|at [\w.$<>]+\(|#\d+ |goroutine \d|\^+$|\.\.\. \d+ more)')
_POINTS_ELSEWHERE = (
    "root cause above",
    "see stack trace",
    "see the stack trace",
    "see above",
    "see the log",
    "error above",
)
_WARNING = re.compile(r"\b\w{0,40}Warning\b|warnings\.warn")
_ERROR = re.compile(
    r"\b(?:error|fatal|panic|failed|failure|cannot|could not|unable to|denied|killed)\b", re.IGNORECASE
)
_DIRECT_CAUSE = "direct cause of the following exception"
_WRAPPERS = ("creating server", "initialization failed", "exited unexpectedly", "failed to start")


def cause(said: str) -> str:
    """The telling line of a text of many; a single line is its own."""
    lines = [line for line in (line.strip() for line in on_terminal(said).splitlines()) if line]
    if len(lines) < 2:
        return lines[0] if lines else ""
    exceptions = list(_exceptions(lines))
    telling = [one for one in exceptions if not _is_wrapper(one)]
    if telling or exceptions:
        return (telling or exceptions)[-1]
    plain = [_plain(line) for line in lines if not _is_noise(line)]
    errors = [line for line in plain if _ERROR.search(line[:_LONGEST_LINE])]
    own = [line for line in errors if not _is_wrapper(line)]
    return (own or errors or plain or lines)[-1]


def _exceptions(lines: list[str]) -> Iterator[str]:
    """The exceptions of a traceback, in order; of one that was raised from another only that other."""
    is_wrapped = False
    for line in lines:
        if _DIRECT_CAUSE in line:
            is_wrapped = True
            continue
        plain = _plain(line)[:_LONGEST_LINE]
        if _is_noise(line) or _FRAME.match(plain):
            continue
        found = _OF_CPP.match(plain) or _EXCEPTION.search(plain)
        if found is None:
            continue
        if not is_wrapped:
            yield found[1].strip()
        is_wrapped = False


def _plain(line: str) -> str:
    """A line without what stands before its words: process, time, level, place in the code."""
    for _ in range(_MAX_PREFIXES):
        found = _PREFIX.match(line)
        if found is None or found.end() == len(line):
            break
        line = line[found.end() :].lstrip()
    return line


def _is_noise(line: str) -> bool:
    return bool(_WARNING.search(line[:_LONGEST_LINE])) and "Error" not in line


def _is_wrapper(line: str) -> bool:
    """It says that something failed, and that the cause stands elsewhere."""
    lower = line.lower()
    return any(words in lower for words in (*_POINTS_ELSEWHERE, *_WRAPPERS))
