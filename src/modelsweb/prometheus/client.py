"""The HTTP API of Prometheus (or what speaks it: Thanos, Mimir, VictoriaMetrics): two kinds of query, nothing else.

An answer comes in time or not at all: ``seconds`` bounds each query, ``_MAX_BYTES`` its answer. Both kinds of failure
raise UnavailableError; a query that Prometheus refuses raises ClusterError, for queries are ours.
"""

import asyncio
import logging
import math
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import msgspec

from modelsweb import errors
from modelsweb.metrics.time_range import TimeRange

log = logging.getLogger(__name__)

_CONNECT_SECONDS = 3.0
_MAX_BYTES = 8 * 1024 * 1024
_CHUNK = 64 * 1024


class _Result(msgspec.Struct):
    metric: dict[str, str]
    values: list[tuple[float, str]] = []
    value: tuple[float, str] | None = None


class _Data(msgspec.Struct):
    result: list[_Result] = []


class _Answer(msgspec.Struct):
    status: str = ""
    data: _Data | None = None
    error: str = ""


_answer = msgspec.json.Decoder(_Answer)


class Prometheus:
    """One Prometheus. Close it, or use it as a context manager.

    ``token`` is a file with a bearer token, read for each query because tokens rotate; None for none.
    """

    def __init__(self, url: str, *, token: Path | None = None, seconds: float = 8.0) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def instant(self, promql: str, at: int) -> list[tuple[Mapping[str, str], float]]:
        """The labels and value of each series at an instant, in seconds since 1970."""
        found = await self._ask("query", {"query": promql, "time": str(at)})
        return [(one.metric, _number(one.value[1])) for one in found if one.value is not None]

    async def range(
        self, promql: str, over: TimeRange
    ) -> list[tuple[Mapping[str, str], tuple[float | None, ...]]]:
        """The labels of each series, and its value at each instant of the time range, None where there is none."""
        parameters = {"start": str(over.start), "end": str(over.end), "step": str(over.step)}
        found = await self._ask("query_range", {"query": promql, **parameters})
        return [(one.metric, _aligned(one.values, over)) for one in found]

    async def _ask(self, path: str, form: Mapping[str, str]) -> list[_Result]:
        try:
            async with asyncio.timeout(self._seconds):
                status, body = await self._post(
                    f"{self._url}/api/v1/{path}", {**form, "timeout": f"{self._seconds:g}s"}
                )
        except TimeoutError as error:
            raise errors.UnavailableError(f"Prometheus did not answer within {self._seconds:g} s.") from error
        except (aiohttp.ClientError, OSError) as error:
            log.warning("Prometheus cannot be reached: %s", error)
            raise errors.UnavailableError("Prometheus cannot be reached.") from error
        try:
            answer = _answer.decode(body)
        except msgspec.DecodeError as error:
            raise errors.UnavailableError(
                f"Prometheus answered {status} with what is not its JSON."
            ) from error
        if answer.status == "success" and answer.data is not None:
            return answer.data.result
        message = f"Prometheus answered {status}: {answer.error or 'no reason'}"
        if status in {400, 422}:
            raise errors.ClusterError(message)
        raise errors.UnavailableError(message)

    async def _post(self, url: str, form: Mapping[str, str]) -> tuple[int, bytes]:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS)
            self._session = aiohttp.ClientSession(timeout=timeout)
        headers = {}
        if self._token is not None:
            token = await asyncio.to_thread(self._token.read_text)
            headers["Authorization"] = f"Bearer {token.strip()}"
        body = bytearray()
        async with self._session.post(url, data=form, headers=headers, allow_redirects=False) as answer:
            async for chunk in answer.content.iter_chunked(_CHUNK):
                body += chunk
                if len(body) > _MAX_BYTES:
                    raise errors.UnavailableError(
                        f"The answer of Prometheus is larger than {_MAX_BYTES // 1024 // 1024} MiB."
                    )
            return answer.status, bytes(body)


def _aligned(values: list[tuple[float, str]], over: TimeRange) -> tuple[float | None, ...]:
    found: list[float | None] = [None] * len(over.times)
    for at, text in values:
        place, number = round((at - over.start) / over.step), _number(text)
        if 0 <= place < len(found) and math.isfinite(number):
            found[place] = number
    return tuple(found)


def _number(text: Any) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
