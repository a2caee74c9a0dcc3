"""One user cannot take all: work is counted, reviews are asked once for a namespace, writes have a rate."""

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from tests.running import NAMESPACE, App, running_app

from modelsweb import errors
from modelsweb.config import AuthConfig, Config, WebConfig
from modelsweb.errors import Attributes
from modelsweb.gateway.access import User
from modelsweb.gateway.rate_limit import RateLimit
from modelsweb.kube.client import KubeClient
from modelsweb.viewmodels import service_list

LIST = f"/n/{NAMESPACE}/services"
CONFIG = Config(web=WebConfig(secure_cookies=False, port=0), auth=AuthConfig(cache_seconds=60.0))
ALICE, BOB = User("alice"), User("bob")


class _Clock:
    """Stands until it is moved."""

    seconds = 0.0

    def monotonic(self) -> float:
        """Seconds since the start."""
        return self.seconds

    def now(self) -> Any:
        """Never asked."""
        raise NotImplementedError


async def _in_turn(rate_limit: RateLimit, user: User, clock: _Clock, seconds: float) -> bool:
    try:
        with rate_limit.request(user):
            async with rate_limit.turn(user):
                clock.seconds += seconds
    except errors.TooManyRequestsError:
        return False
    return True


async def test_who_is_in_debt_waits_and_nobody_else_does() -> None:
    clock = _Clock()
    rate_limit = RateLimit(clock, work_per_second=0.25, cpu=clock.monotonic)
    served = [await _in_turn(rate_limit, ALICE, clock, 0.1) for _ in range(250)]
    # A full bucket is ten seconds' worth; what is served after it is paid for by the time that passes meanwhile.
    assert 25 <= sum(served) <= 40
    assert not served[-1]
    assert await _in_turn(rate_limit, BOB, clock, 0.1)
    clock.seconds += 60
    assert await _in_turn(rate_limit, ALICE, clock, 0.1)


async def test_open_streams_leave_half_to_pages() -> None:
    clock = _Clock()
    rate_limit = RateLimit(clock, work_per_second=0.25, cpu=clock.monotonic)
    for _ in range(1_000):  # a list that changes without end: each rendering takes a quarter of a second
        clock.seconds += max(0.75, rate_limit.debt((ALICE,), reserve=0.5))
        rate_limit.spend(ALICE, 0.25)
        assert await _in_turn(rate_limit, ALICE, clock, 0.0)
    assert rate_limit.debt((BOB,), reserve=0.5) == 0


async def test_pages_of_one_user_are_built_one_after_another() -> None:
    rate_limit, running, maximum = RateLimit(_Clock(), work_per_second=1), 0, 0

    async def one() -> None:
        nonlocal running, maximum
        async with rate_limit.turn(ALICE):
            running += 1
            maximum = max(maximum, running)
            await asyncio.sleep(0)
            running -= 1

    await asyncio.gather(*(one() for _ in range(20)))
    assert maximum == 1
    assert rate_limit._turns == {}


async def test_open_requests_and_writes_have_a_limit() -> None:
    clock = _Clock()
    rate_limit = RateLimit(clock, writes_per_minute=60, max_open=3)
    with rate_limit.request(ALICE), rate_limit.request(ALICE), rate_limit.request(ALICE):
        with pytest.raises(errors.TooManyRequestsError, match="open already"), rate_limit.request(ALICE):
            pass
        with rate_limit.request(BOB):
            pass
    for _ in range(60):
        with rate_limit.request(ALICE, is_write=True):
            pass
    with (
        pytest.raises(errors.TooManyRequestsError, match="writes too often"),
        rate_limit.request(ALICE, is_write=True),
    ):
        pass
    with rate_limit.request(ALICE):
        pass
    clock.seconds += 1
    with rate_limit.request(ALICE, is_write=True):
        pass


async def test_a_refusal_is_held_back_and_only_so_many_are() -> None:
    rate_limit = RateLimit(_Clock(), refusal_seconds=0.01)
    held = [asyncio.create_task(rate_limit.hold(ALICE)) for _ in range(100)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in held)
    assert await rate_limit.hold(ALICE) is False  # at once
    assert await rate_limit.hold(BOB) is True
    assert await asyncio.gather(*held) == [True] * 100
    assert rate_limit._held == {}


async def test_many_searches_end_and_another_user_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted: how often the list was built for the one who asks for all."""
    built: Counter[str] = Counter()
    build = service_list.build

    def counted(*given: Any, **more: Any) -> Any:
        built[more["query"].q] += 1
        return build(*given, **more)

    monkeypatch.setattr(service_list, "build", counted)
    config = replace(CONFIG, web=replace(CONFIG.web, work_per_second=0.1))
    async with running_app(config) as app, app.alice as alice, app.bob as bob:
        await bob.get(LIST)
        answers = await asyncio.gather(*(alice.get(f"{LIST}?q=word-{number}") for number in range(250)))
        statuses = Counter(answer.status for answer in answers)
        assert set(statuses) == {200, 429}
        refused = next(answer for answer in answers if answer.status == 429)
        assert int(refused.headers["retry-after"]) >= 1
        assert "Too many requests" in refused.text
        searches = sum(count for query, count in built.items() if query)
        assert searches == statuses[200]
        assert searches < 200
        assert (await bob.get(LIST)).status == 200


def _form(token: str, count: int, spaces: int) -> bytes:
    items = "".join(f"&item=space-{number % spaces}%2Fmodel-{number}%2Fu" for number in range(count))
    return f"csrf_token={token}&action=stop{items}".encode()


@pytest.mark.parametrize("spaces", [1, 3])
async def test_a_bulk_action_asks_once_for_each_namespace(
    monkeypatch: pytest.MonkeyPatch, spaces: int
) -> None:
    asked: list[Attributes] = []
    review = KubeClient.review

    async def counted(
        self: KubeClient, user: str, groups: tuple[str, ...], *, attributes: Attributes
    ) -> bool:
        asked.append(attributes)
        if attributes.namespace.startswith("space-"):
            return not attributes.name
        return await review(self, user, groups, attributes=attributes)

    monkeypatch.setattr(KubeClient, "review", counted)
    async with running_app(CONFIG) as app, app.alice as alice:
        await alice.get(LIST)
        body = _form(alice._cookie("XSRF-TOKEN"), 990, spaces)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await alice._send("POST", "/services/-/act", data=body, headers=headers)
        assert answer.status == 200
        assert answer.text.count('name="item"') == 990
    there = [question for question in asked if question.namespace.startswith("space-")]
    assert not any(question.name for question in there)
    assert len(there) == len(set(there))
    assert sum(question.verb == "patch" for question in there) == spaces
    assert len(there) <= 30 * spaces  # the kinds that go with a service, whatever the number of services


async def test_names_are_checked_before_anything_is_asked(monkeypatch: pytest.MonkeyPatch, app: App) -> None:
    async with app.alice as alice:
        await alice.get(LIST)
        token = alice._cookie("XSRF-TOKEN")
        asked: list[str] = []

        async def noted(*_: object, attributes: Attributes) -> bool:
            asked.append(attributes.namespace)
            return True

        monkeypatch.setattr(KubeClient, "review", noted)
        for item in ("NO%2Fx%2Fu", "ok%2F..%2Fu", "ok%2Fa%20b%2Fu", "ok%2F" + "a" * 300 + "%2Fu"):
            body = f"csrf_token={token}&action=stop&item={item}".encode()
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            assert (await alice._send("POST", f"{LIST}/-/act", data=body, headers=headers)).status == 400
        assert set(asked) <= {""}


async def test_a_user_writes_so_often_and_no_more() -> None:
    assert Config().web.writes_per_minute == 60
    config = replace(CONFIG, web=replace(CONFIG.web, writes_per_minute=5))
    async with running_app(config) as app, app.alice as alice:
        found = [(await alice.post(f"/n/{NAMESPACE}/create", {"yaml": "- 1"})).status for _ in range(7)]
        assert found[:5] == [422] * 5
        assert 429 in found[5:]
