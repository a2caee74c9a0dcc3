"""How long ago something was, in the largest unit; the first minute in steps of ten seconds.

Each new label is a row that every viewer is sent: with seconds, a page of young services would be sent again each second.
"""

from dataclasses import dataclass
from datetime import datetime

from modelsweb.text import Text, text

_STEP = 10


@dataclass(frozen=True, slots=True)
class Age:
    """A moment, and how long ago it is."""

    at: datetime | None
    label: Text


def age(at: datetime | None, now: datetime) -> Age:
    """The age of a moment; a dash where there is none."""
    if at is None:
        return Age(None, text("–"))
    seconds = max(0, int((now - at).total_seconds()))
    for size, label in (
        (86_400, text("{n} d", n=seconds // 86_400)),
        (3_600, text("{n} h", n=seconds // 3_600)),
        (60, text("{n} min", n=seconds // 60)),
    ):
        if seconds >= size:
            return Age(at, label)
    return Age(at, text("{n} s", n=seconds - seconds % _STEP))
