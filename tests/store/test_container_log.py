"""One container's log: lines once and whole, whatever breaks on the way."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import msgspec
import pytest
from tests.waiting import until

from modelsweb import errors
from modelsweb.clock import SystemClock
from modelsweb.kinds import POD
from modelsweb.kube import follow
from modelsweb.kube.client import KubeClient
from modelsweb.kube.connection import Connection
from modelsweb.kube.item import slim
from modelsweb.store import container_log
from modelsweb.store.container_log import MAX_LINES, Batch, ContainerLog, LogKey, LogState, normalised
from modelsweb.store.feed import Subscription
from modelsweb.store.logs import Logs
from modelsweb.store.store import Store

KEY = LogKey(namespace="ns", service="iris", pod="p", uid="uid-p", container="main")


def stamp(second: int, nanos: int = 0) -> str:
    return f"2026-11-23T10:{second // 60:02}:{second % 60:02}.{nanos:09}Z"


def line(second: int, text: str, nanos: int = 0) -> bytes:
    return f"{stamp(second, nanos)} {text}\n".encode()


class Kubelet(KubeClient):
    """Answers one request for a log after the other: chunks, or an error; None is a connection that breaks."""

    def __init__(self, *answers: list[bytes | None] | errors.ModelswebError) -> None:
        super().__init__(Connection(server="http://127.0.0.1:1"))
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []
        self.open = asyncio.Event()

    @asynccontextmanager
    async def log(self, **asked: Any) -> AsyncIterator[AsyncIterator[bytes]]:
        self.asked.append(asked)
        answer = self.answers.pop(0) if self.answers else []
        if isinstance(answer, errors.ModelswebError):
            raise answer
        yield self._chunks(answer)

    async def _chunks(self, chunks: list[bytes | None]) -> AsyncIterator[bytes]:
        for chunk in chunks:
            if chunk is None:
                raise errors.UnavailableError("cut")
            yield chunk
        if not self.answers:
            self.open.set()
            await asyncio.Event().wait()


def pod(restarts: int = 0, state: str = "running", uid: str = "uid-p") -> Any:
    status = {"name": "main", "restartCount": restarts, "state": {state: {}}, "containerID": f"c-{restarts}"}
    body = {
        "metadata": {
            "name": "p",
            "namespace": "ns",
            "uid": uid,
            "resourceVersion": f"{restarts}{state}",
            "labels": {"serving.kserve.io/inferenceservice": "iris"},
        },
        "status": {"containerStatuses": [status]},
    }
    return slim(msgspec.json.encode(body), POD)


@contextmanager
def running(kubelet: Kubelet, key: LogKey = KEY) -> Iterator[tuple[ContainerLog, Store]]:
    pods = Store(POD, SystemClock())
    pods.apply(follow.Replaced([pod()]))
    log = ContainerLog(kubelet, key, pods=pods, clock=SystemClock())
    task = asyncio.ensure_future(log.run())
    try:
        yield log, pods
    finally:
        task.cancel()


def after(log: ContainerLog, place: tuple[str, int]) -> tuple[list[Batch], bool]:
    """What a viewer who returns gets."""
    number, is_cut = log.number_after(place)
    found = []
    while number < log.next_number:
        batches, number, _ = log.batches(number)
        found += [rest for batch in batches if (rest := batch.after(place)) is not None]
    return found, is_cut


def texts(found: tuple[list[Batch], bool]) -> list[str]:
    return [text for batch in found[0] for _, text in json.loads(b"[" + batch.data + b"]")]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "_FIRST_DELAY", 0.01)


async def _read(kubelet: Kubelet) -> tuple[ContainerLog, list[str]]:
    with running(kubelet) as (log, _):
        await kubelet.open.wait()
        await until(lambda: log.has_history and not log._pending)
        return log, texts(log.last_lines(MAX_LINES))


async def test_chinese_split_anywhere_comes_whole() -> None:
    raw = b"".join(line(second, f"模型加载完成 🦉 {second}") for second in range(20))
    for size in (1, 2, 3, 7, 50):
        _, found = await _read(Kubelet([raw[index : index + size] for index in range(0, len(raw), size)]))
        assert found == [f"模型加载完成 🦉 {second}" for second in range(20)]


async def test_odd_separators_and_broken_bytes_stay_in_their_line() -> None:
    raw = line(1, "form\x0cfeed next\x85line two") + stamp(2).encode() + b" bad \xff\xfe byte\n"
    _, found = await _read(Kubelet([raw]))
    assert found == ["form\x0cfeed next\x85line two", "bad \ufffd\ufffd byte"]


async def test_a_cut_stream_is_taken_up_without_loss_or_doubling() -> None:
    first = [line(1, "a"), line(2, "b", 5), line(2, "c", 5)]
    second = [line(2, "b", 5), line(2, "c", 5), line(2, "d", 5), line(3, "e")]
    kubelet = Kubelet([b"".join(first), None], [b"".join(second)])
    _, found = await _read(kubelet)
    assert found == ["a", "b", "c", "d", "e"]
    assert kubelet.asked[0]["tail_lines"] == MAX_LINES
    assert kubelet.asked[1]["since_time"] == stamp(2, 5)
    assert kubelet.asked[1]["tail_lines"] is None


async def test_a_line_cut_in_the_middle_is_not_taken_for_whole() -> None:
    kubelet = Kubelet([line(1, "a") + line(2, "whole")[:-3], None], [line(1, "a") + line(2, "whole")])
    _, found = await _read(kubelet)
    assert found == ["a", "whole"]


async def test_a_refused_connection_is_said_and_tried_again() -> None:
    kubelet = Kubelet(
        errors.UnavailableError("away"), errors.TooManyRequestsError("slow down"), [line(1, "a")]
    )
    with running(kubelet) as (log, _):
        await kubelet.open.wait()
        await until(lambda: texts(log.last_lines(10)) == ["a"])
        assert log.state is LogState.FOLLOWING


async def test_a_container_that_has_not_started_is_read_when_it_has() -> None:
    waiting = errors.BadRequestError('container "main" in pod "p" is waiting to start: PodInitializing')
    kubelet = Kubelet(waiting, [line(1, "started")])
    with running(kubelet) as (log, pods):
        await until(lambda: log.state is LogState.WAITING)
        assert "PodInitializing" in log.problem
        assert len(kubelet.asked) == 1
        pods.apply(follow.Put(pod(restarts=1)))
        await until(lambda: texts(log.last_lines(10)) == ["started"])


async def test_a_container_that_starts_again_goes_on_in_the_same_log() -> None:
    kubelet = Kubelet([line(1, "first run")], [line(5, "second run")])
    with running(kubelet) as (log, pods):
        pods.apply(follow.Put(pod(state="terminated")))
        await until(lambda: texts(log.last_lines(10))[:1] == ["first run"])
        pods.apply(follow.Put(pod(restarts=1)))
        await until(lambda: texts(log.last_lines(10)) == ["first run", "second run"])


async def test_the_log_of_a_pod_that_goes_ends_and_stays_readable() -> None:
    kubelet = Kubelet([line(1, "last words")], errors.NotFoundError('pods "p" not found'))
    with running(kubelet) as (log, pods):
        await until(lambda: texts(log.last_lines(10)) == ["last words"])
        pods.apply(follow.Removed(pod()))
        await until(lambda: log.state is LogState.ENDED)
        assert texts(log.last_lines(10)) == ["last words"]


async def test_another_pod_of_the_name_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "_FIRST_DELAY", 0.3)
    kubelet = Kubelet([line(1, "mine"), None], [line(9, "of another")])
    with running(kubelet) as (log, pods):
        await until(lambda: log.state is LogState.BROKEN)
        pods.apply(follow.Put(pod(uid="another")))
        await until(lambda: log.state is LogState.ENDED)
        assert texts(log.last_lines(10)) == ["mine"]


async def test_lines_that_the_kubelet_threw_away_meanwhile_are_a_gap() -> None:
    kubelet = Kubelet([line(1, "a"), line(2, "b"), None], [line(9, "c")])
    with running(kubelet) as (log, _):
        await until(lambda: texts(log.last_lines(10))[-1:] == ["c"])
        batches, _, _ = log.batches(0)
        assert [batch.count for batch in batches] == [2, 0, 1]
        assert [batch.count for batch in after(log, (stamp(2), 1))[0]] == [1]


async def test_a_clock_that_is_set_back_loses_no_line() -> None:
    kubelet = Kubelet([line(5, "a"), line(3, "b"), None], [line(5, "a"), line(6, "c"), line(4, "d")])
    _, found = await _read(kubelet)
    assert found[:2] == ["a", "b"]
    assert found[-2:] == ["c", "d"]


async def test_a_first_answer_that_fails_does_not_end_the_history(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container_log, "_ANSWER_SECONDS", 10.0)
    monkeypatch.setattr(follow, "_FIRST_DELAY", 0.3)
    kubelet = Kubelet(errors.UnavailableError("away"), [line(index, f"{index}") for index in range(50)])
    with running(kubelet) as (log, _):
        await until(lambda: log.state is LogState.BROKEN)
        assert not log.has_history
        await until(lambda: log.has_history)
        assert texts(log.last_lines(3)) == ["47", "48", "49"]


async def test_a_quiet_log_is_made_sure_of_in_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container_log, "_QUIET_SECONDS", 0.0)
    kubelet = Kubelet([line(1, "a"), None], [line(1, "a"), None], [line(1, "a"), line(2, "b")])
    with running(kubelet) as (log, _):
        await until(lambda: texts(log.last_lines(5)) == ["a", "b"])
        assert log.state is LogState.FOLLOWING


def test_dates_that_do_not_exist_are_no_timestamps() -> None:
    assert normalised(b"2024-13-01T00:00:00+02:00") is None
    assert normalised(b"0001-01-01T00:00:00+02:00") is None


async def test_a_previous_run_is_read_once() -> None:
    kubelet = Kubelet([line(1, "before"), line(2, "the crash")], [line(3, "never")])
    with running(
        kubelet, LogKey(namespace="ns", service="iris", pod="p", uid="uid-p", container="main", previous=True)
    ) as (log, _):
        await until(lambda: log.state is LogState.ENDED)
        assert texts(log.last_lines(10)) == ["before", "the crash"]
        assert [(asked["previous"], asked["follow"]) for asked in kubelet.asked] == [(True, False)]


async def test_the_ring_is_bounded_and_says_what_was_missed() -> None:
    raw = b"".join(line(index // 100, f"n {index}", index % 100) for index in range(MAX_LINES * 2))
    kubelet = Kubelet([raw])
    with running(kubelet) as (log, _):
        await until(lambda: log.has_history)
        kept = texts(log.last_lines(MAX_LINES * 2))
        assert MAX_LINES <= len(kept) <= MAX_LINES + container_log._BATCH_LINES
        assert kept[-1] == f"n {MAX_LINES * 2 - 1}"
        assert log.last_lines(5)[1]
        assert texts(log.last_lines(5)) == kept[-5:]
        assert log.batches(0)[2]
        assert not log.batches(log.next_number)[2]
        assert after(log, (stamp(1), 1))[1]


async def test_long_lines_fill_no_more_than_the_memory_that_is_theirs() -> None:
    raw = b"".join(line(index, "x" * 100_000) for index in range(200)) + line(300, "y" * 3_000_000)
    log, found = await _read(Kubelet([raw[index : index + 65_536] for index in range(0, len(raw), 65_536)]))
    assert found[-1].endswith(" …")
    assert len(found[-1]) < 200_000
    assert log._bytes <= container_log._MAX_BYTES + 400 * 128 * 1024


async def test_a_place_finds_what_follows_it() -> None:
    raw = b"".join(line(index // 3, f"{index}") for index in range(30))
    with running(Kubelet([raw])) as (log, _):
        await until(lambda: log.has_history)
        assert texts(after(log, (stamp(0), 2))) == [f"{index}" for index in range(2, 30)]
        assert texts(after(log, (stamp(9), 3))) == []
        assert texts(after(log, (stamp(4), 1))) == [f"{index}" for index in range(13, 30)]
        assert texts(log.last_lines(100, stamp(8))) == [f"{index}" for index in range(24, 30)]
        assert texts(log.last_lines(2, stamp(8))) == ["28", "29"]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("2026-11-23T10:00:00.123456789Z", "2026-11-23T10:00:00.123456789Z"),
        ("2026-11-23T10:00:00.5Z", "2026-11-23T10:00:00.500000000Z"),
        ("2026-11-23T10:00:00Z", "2026-11-23T10:00:00.000000000Z"),
        ("2026-11-23T18:00:00.25+08:00", "2026-11-23T10:00:00.250000000Z"),
        ("2026-11-23T00:30:00.25+08:00", "2026-11-22T16:30:00.250000000Z"),
        ("failed", None),
        ("2026-11-23", None),
    ],
)
def test_timestamps_compare_as_texts(given: str, wanted: str | None) -> None:
    assert normalised(given.encode()) == wanted


async def test_one_log_for_all_viewers_and_none_when_they_are_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelsweb.store.logs._SWEEP_SECONDS", 0.02)
    monkeypatch.setattr("modelsweb.store.logs._IDLE_SECONDS", 0.05)
    kubelet = Kubelet([line(1, "a")])
    pods = Store(POD, SystemClock())
    pods.apply(follow.Replaced([pod()]))
    logs = Logs(kubelet, (pods,), clock=SystemClock())
    task = asyncio.ensure_future(logs.run())
    await asyncio.sleep(0)
    with logs.joined(KEY, Subscription()) as one, logs.joined(KEY, Subscription()) as other:
        assert one is other
        await until(lambda: texts(one.last_lines(5)) == ["a"])
        assert len(kubelet.asked) == 1
    await until(lambda: len(logs) == 0)
    task.cancel()


async def test_too_many_logs_are_refused_but_idle_ones_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelsweb.store.logs._MAX_OPEN", 2)
    logs = Logs(Kubelet(), (Store(POD, SystemClock()),), clock=SystemClock())
    keys = [
        LogKey(namespace="ns", service="iris", pod=f"p{index}", uid=f"u{index}", container="main")
        for index in range(3)
    ]
    with logs.joined(keys[0], Subscription()):
        with (
            logs.joined(keys[1], Subscription()),
            pytest.raises(errors.TooManyRequestsError),
            logs.joined(keys[2], Subscription()),
        ):
            pass
        with logs.joined(keys[2], Subscription()):
            assert len(logs) == 2
