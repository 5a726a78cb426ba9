"""What was lost on the way is found by the sweep, and what is on its way is not told twice."""

import asyncio

from tests.core.jumping import at_jumping_time
from tests.core.listening import ROOM, TOPIC, Listener, news, running
from tests.core.test_hub import tell


@at_jumping_time
async def test_news_that_nobody_said_are_found_by_the_sweep():
    async with running() as (hub, rooms):
        rooms.store(news(1))
        listener = await Listener(hub).join()
        rooms.store(news(4))
        rooms.store(news(1, topic="poll:2"))
        await asyncio.sleep(
            3.6
        )  # the first sweep and its two news end at 2.55, the second sweep begins at 4.25
        assert sorted((frame["type"], frame["version"]) for frame in listener.frames()) == [
            ("changed", 1),
            ("changed", 4),
        ]
        await asyncio.sleep(10)
        assert len(listener.frames()) == 2
        assert rooms.reads == 2


@at_jumping_time
async def test_topic_that_was_deleted_is_told_as_gone_by_the_sweep():
    async with running() as (hub, rooms):
        rooms.store(news(1))
        rooms.store(news(1, topic="poll:2"))
        listener = await Listener(hub).join()
        del rooms.stored[ROOM][TOPIC]
        await asyncio.sleep(10)
        assert listener.frames() == [{"type": "gone", "topic": TOPIC, "version": 2}]


@at_jumping_time
async def test_topic_that_appears_while_the_sweep_looks_is_not_told_as_gone():
    async with running() as (hub, rooms):
        listener = await Listener(hub).join()
        look = rooms.versions

        def look_and_add(groups):
            seen = look(groups)
            if not rooms.stored[ROOM]:
                tell(hub, rooms, news(1))  # committed right after the look
            return seen

        rooms.versions = look_and_add
        await asyncio.sleep(10)
        assert [frame["type"] for frame in listener.frames()] == ["changed"]
        tell(hub, rooms, news(2))
        await asyncio.sleep(1)
        assert listener.versions() == [1, 2]


@at_jumping_time
async def test_sweep_goes_on_after_a_round_that_failed(caplog):
    async with running() as (hub, rooms):
        rooms.store(news(1))
        listener = await Listener(hub).join()
        look = rooms.versions
        failures = iter([OSError("the database is away")])

        def fail_once(groups):
            for failure in failures:
                raise failure
            return look(groups)

        rooms.versions = fail_once
        rooms.store(news(2))
        await asyncio.sleep(6)
        assert listener.versions() == [2]
    assert "sweep round failed" in caplog.text


@at_jumping_time
async def test_versions_that_went_back_are_the_new_truth_and_are_told_as_newer():
    """A standby that lacked commits was promoted."""
    async with running() as (hub, rooms):
        rooms.store(news(64))
        listener = await Listener(hub).join()
        for version in (121, 122):
            tell(hub, rooms, news(version))
            await asyncio.sleep(1)
        rooms.store(news(64))
        await asyncio.sleep(5)
        back = listener.versions()[-1]
        assert back > 122
        assert rooms.stored[ROOM][TOPIC].version == back
        tell(hub, rooms, news(back + 1))
        await asyncio.sleep(1)
        assert listener.versions()[-1] == back + 1


@at_jumping_time
async def test_look_that_began_before_the_news_is_not_taken_for_a_failover():
    async with running() as (hub, rooms):
        rooms.store(news(1))
        listener = await Listener(hub).join()
        look = rooms.versions

        def look_and_tell(groups):
            seen = look(groups)
            if rooms.stored[ROOM][TOPIC].version == 1:
                tell(hub, rooms, news(2))  # committed right after the look
            return seen

        rooms.versions = look_and_tell
        await asyncio.sleep(10)
        assert listener.versions() == [2]
