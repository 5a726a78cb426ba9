"""Redis is away for half a second, which nobody who speaks may notice: nobody misses their own vote by it."""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, TypeVar

import pytest

from opendev.core.attendance import sign_pass
from tests.faults.crowd import Voter, Watcher, living
from tests.faults.stage import Stage
from tests.load.crowd import worker_by_port

pytestmark = [pytest.mark.timeout(120)]

PEOPLE = 12
AWAY_S = 0.5
VOTED_WITHIN_S = (
    1.5  # after Redis is back; processes that lost their connection are deaf in the first second of it
)
HEARD_WITHIN_S = 15.0
MOST_TRIES = 30

Page = TypeVar("Page", bound=Watcher)


class Beside(Watcher):
    """A second window of somebody who votes in the first: what it shows as their vote, and how often it was told."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.told: list[tuple[int, list[str]]] = []

    def hear(self, frame: dict[str, Any]) -> None:
        super().hear(frame)
        if frame["type"] == "poll.mine":
            self.told.append((frame["mine"]["seq"], frame["mine"]["options"]))


def worker_of(stage: Stage, page: Watcher) -> int | None:
    assert page.socket is not None
    return worker_by_port(stage.server).get(page.socket.local_address[1])


async def open_elsewhere(
    stage: Stage, stack: AsyncExitStack, make: Callable[[], Page], worker: int | None
) -> Page:
    """A page that is connected to another worker than this one: the system gives connections to whichever it likes."""
    for _ in range(MOST_TRIES):
        page = make()
        async with AsyncExitStack() as one:
            await one.enter_async_context(living([page]))
            if worker_of(stage, page) != worker:
                stack.push_async_callback(one.pop_all().aclose)
                return page
    raise AssertionError("every connection came to the same worker")


async def _open_at_both(
    stage: Stage, stack: AsyncExitStack, tokens: list[str], chance: random.Random
) -> list[Voter]:
    """The voters, at least one of them at another worker than the first: both workers have votes to tell of."""
    made = [
        partial(Voter, stage.address, token, chance, str(stage.poll.pk), stage.options) for token in tokens
    ]
    voters = [make() for make in made[:-1]]
    await stack.enter_async_context(living(voters))
    return [*voters, await open_elsewhere(stage, stack, made[-1], worker_of(stage, voters[0]))]


def test_own_votes_reach_the_windows_at_the_other_worker(on_two_workers: Stage, own_redis: Any):
    away_s, told = asyncio.run(_vote_while_redis_restarts(on_two_workers, own_redis))
    print(f"\nRedis away {away_s:.2f} s; {PEOPLE} second windows told {sum(map(len, told))} times")
    assert away_s < AWAY_S
    assert on_two_workers.server.log().count("bus between processes is back") <= 2
    assert [len(times) for times in told] == [1] * PEOPLE, "each is told once, also by what is said again"


async def _vote_while_redis_restarts(stage: Stage, redis: Any) -> tuple[float, list[list[Any]]]:
    chance = random.Random(7)
    tokens = [sign_pass(one) for one in stage.passes[:PEOPLE]]
    async with AsyncExitStack() as stack:
        voters = await _open_at_both(stage, stack, tokens, chance)
        beside = [
            await open_elsewhere(
                stage, stack, partial(Beside, stage.address, token, chance), worker_of(stage, voter)
            )
            for voter, token in zip(voters, tokens, strict=True)
        ]
        await asyncio.sleep(1)
        went_at = time.monotonic()
        redis.kill()
        redis.start()  # in this thread, so that all vote after it
        away_s = time.monotonic() - went_at
        await asyncio.gather(*(voter.vote_once(VOTED_WITHIN_S) for voter in voters))
        missing = await _until_heard(voters, beside)
        assert missing == [], f"{len(missing)} of {PEOPLE} never hear of their own vote"
        await asyncio.sleep(HEARD_WITHIN_S / 2)  # what is said again comes a while later
        return away_s, [page.told for page in beside]


async def _until_heard(voters: list[Voter], beside: list[Beside]) -> list[Any]:
    """The last votes that a second window does not show, none as soon as all do."""
    deadline = time.monotonic() + HEARD_WITHIN_S
    while True:
        cast = [voter.acknowledged for voter in voters]
        shown = [(page.told[-1][0], page.told[-1][1][0]) if page.told else None for page in beside]
        missing = [vote for vote, seen in zip(cast, shown, strict=True) if vote != seen]
        if not missing or time.monotonic() > deadline:
            return missing
        await asyncio.sleep(0.1)
