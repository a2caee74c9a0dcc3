"""Reviews: asked once, shared, remembered for a while, and never guessed."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.standing import Time

from modelsweb import errors
from modelsweb.errors import Attributes
from modelsweb.gateway.access import Access, User

ASKED = Attributes(verb="list", group="serving.kserve.io", resource="inferenceservices", namespace="team")
ALICE = User("alice")


@dataclass
class Reviewer:
    """Answers when it is let to, and counts."""

    allowed: bool = True
    asked: int = 0
    go: asyncio.Event = field(default_factory=asyncio.Event)
    error: errors.ModelswebError | None = None

    async def review(self, *_: Any, **__: Any) -> bool:
        self.asked += 1
        await self.go.wait()
        if self.error:
            raise self.error
        return self.allowed


def _access(reviewer: Reviewer, time: Time, seconds: float = 10.0) -> Access:
    return Access(reviewer, time, cache_seconds=seconds)  # type: ignore[arg-type]


async def test_equal_questions_at_once_are_one_review() -> None:
    reviewer = Reviewer()
    access = _access(reviewer, Time())
    asking = [asyncio.ensure_future(access.allows(ALICE, ASKED)) for _ in range(20)]
    await asyncio.sleep(0)
    reviewer.go.set()
    assert await asyncio.gather(*asking) == [True] * 20
    assert reviewer.asked == 1


async def test_an_answer_is_kept_for_its_time_and_no_longer() -> None:
    reviewer, time = Reviewer(), Time()
    reviewer.go.set()
    access = _access(reviewer, time)
    assert await access.allows(ALICE, ASKED)
    reviewer.allowed = False
    time.seconds = 9.9
    assert await access.allows(ALICE, ASKED)
    time.seconds = 10.0
    assert not await access.allows(ALICE, ASKED)


async def test_zero_seconds_ask_each_time() -> None:
    reviewer = Reviewer()
    reviewer.go.set()
    access = _access(reviewer, Time(), 0)
    await access.allows(ALICE, ASKED)
    await access.allows(ALICE, ASKED)
    assert reviewer.asked == 2


async def test_users_do_not_share_answers() -> None:
    reviewer = Reviewer()
    reviewer.go.set()
    access = _access(reviewer, Time())
    await access.allows(ALICE, ASKED)
    await access.allows(User("bob"), ASKED)
    await access.allows(User("alice", ("admins",)), ASKED)
    assert reviewer.asked == 3


async def test_a_failed_review_is_no_answer() -> None:
    reviewer = Reviewer(error=errors.UnavailableError("away"))
    reviewer.go.set()
    access = _access(reviewer, Time())
    with pytest.raises(errors.UnavailableError):
        await access.allows(ALICE, ASKED)
    reviewer.error = None
    assert await access.allows(ALICE, ASKED)


async def test_one_who_goes_away_does_not_take_the_others_answer_along() -> None:
    reviewer = Reviewer()
    access = _access(reviewer, Time())
    first = asyncio.ensure_future(access.allows(ALICE, ASKED))
    await asyncio.sleep(0)
    second = asyncio.ensure_future(access.allows(ALICE, ASKED))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    reviewer.go.set()
    assert await second is True


async def test_a_denial_says_who_what_and_where() -> None:
    reviewer = Reviewer(allowed=False)
    reviewer.go.set()
    with pytest.raises(errors.AccessDeniedError) as caught:
        await _access(reviewer, Time()).require(ALICE, ASKED)
    assert caught.value.message == (
        "User 'alice' may not list inferenceservices.serving.kserve.io in namespace 'team'."
    )


async def test_without_authorization_nobody_is_asked() -> None:
    reviewer = Reviewer()
    assert await _access(reviewer, Time()).allows(User("anonymous", is_reviewed=False), ASKED)
    assert reviewer.asked == 0
