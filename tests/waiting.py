"""Waiting for something to become true, without sleeping for a fixed time.

``LIMIT`` is the one limit of all waits: so generous that only what never comes runs into it, however busy the machine.
How fast something is belongs into the benchmarks.
"""

import asyncio
import inspect
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

Value = TypeVar("Value")

LIMIT = float(os.environ.get("WAIT_SECONDS", "120"))
"""Seconds."""
_INTERVAL = 0.02


@overload
async def until(look: Callable[[], Awaitable[Value]]) -> Value: ...
@overload
async def until(look: Callable[[], Value]) -> Value: ...
async def until(look: Callable[[], Any]) -> Any:
    """The first true value that ``look`` gives; fails where there is none in time."""
    deadline = time.monotonic() + LIMIT
    while True:
        found = look()
        value = await found if inspect.isawaitable(found) else found
        if value:
            return value
        if time.monotonic() > deadline:
            raise _late(look)
        await asyncio.sleep(_INTERVAL)


def wait_until(look: Callable[[], Value]) -> Value:
    """The same where no event loop runs."""
    deadline = time.monotonic() + LIMIT
    while not (value := look()):
        if time.monotonic() > deadline:
            raise _late(look)
        time.sleep(_INTERVAL)
    return value


def _late(look: Callable[[], object]) -> AssertionError:
    return AssertionError(f"not so within {LIMIT:g} s: {inspect.getsource(look).strip()}")
