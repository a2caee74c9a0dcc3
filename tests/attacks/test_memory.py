"""What is refused again and again leaves nothing behind; ``make soak`` measures it in megabytes."""

import gc
from types import TracebackType

import pytest
from tests.running import NAMESPACE, App

from modelsweb import errors
from modelsweb.web.channel import State

MISSING = f"/n/{NAMESPACE}/services/missing"


def _frames(trace: TracebackType | None) -> int:
    count = 0
    while trace is not None:
        count, trace = count + 1, trace.tb_next
    return count


def _kept() -> list[errors.ModelswebError]:
    """The errors that channels hold."""
    return [one.error for one in gc.get_objects() if isinstance(one, State) and one.error is not None]


async def test_an_error_that_is_kept_does_not_grow(app: App) -> None:
    async with app.alice as alice:
        for number in range(300):
            path = MISSING if number % 2 else f"{MISSING}/live?once=1"
            assert (await alice.get(path)).status in {404, 429}
    kept = _kept()
    assert kept
    for error in kept:
        assert _frames(error.__traceback__) < 20
        assert error.__context__ is None


def test_a_bare_error_is_raised_without_what_came_before() -> None:
    error = errors.bare(errors.NotFoundError("gone"))
    for _ in range(100):
        with pytest.raises(errors.NotFoundError) as raised:
            raise errors.bare(error)
        assert len(raised.traceback) == 1
