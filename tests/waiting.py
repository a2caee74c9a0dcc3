"""Waiting for something to become true, without sleeping for a fixed time."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

Value = TypeVar("Value")

_INTERVAL = 0.02


@overload
async def until(look: Callable[[], Awaitable[Value]], *, seconds: float = ...) -> Value: ...
@overload
async def until(look: Callable[[], Value], *, seconds: float = ...) -> Value: ...
async def until(look: Callable[[], Any], *, seconds: float = 30.0) -> Any:
    """The first true value that ``look`` gives; fails where there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        value = await found if inspect.isawaitable(found) else found
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not so within {seconds} s: {inspect.getsource(look).strip()}")
        await asyncio.sleep(_INTERVAL)
