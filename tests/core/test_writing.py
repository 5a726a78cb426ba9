"""A socket that takes nothing holds up nobody: it is owed the latest of each topic, and let go after half a minute."""

import asyncio
import json

import pytest

from opendev.core.groups import EVERYBODY
from opendev.core.sending import TextMessage, send_now
from tests.core.jumping import at_jumping_time
from tests.core.listening import ROOM, TOPIC, Listener, news, running


async def tell(hub, rooms, item):
    hub.say(rooms.store(item))
    await asyncio.sleep(1)


# --- sending without waiting


@at_jumping_time
async def test_send_that_is_taken_at_once_leaves_nothing_to_do():
    taken = []

    async def send(message):
        taken.append(message)

    assert send_now(send, {"type": "x"}) is None
    assert taken == [{"type": "x"}]


@at_jumping_time
async def test_send_that_waits_is_finished_by_awaiting_its_rest():
    free, steps = asyncio.Event(), []

    async def send(message):
        steps.append("began")
        await free.wait()
        await asyncio.sleep(1)
        steps.append("ended")

    rest = send_now(send, {})
    assert steps == ["began"]
    task = asyncio.ensure_future(finish(rest))
    await asyncio.sleep(5)
    assert not task.done()
    free.set()
    await task
    assert steps == ["began", "ended"]


async def finish(rest):
    await rest


@at_jumping_time
async def test_send_that_waits_can_be_cancelled():
    ended = []

    async def send(message):
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    task = asyncio.ensure_future(finish(send_now(send, {})))
    await asyncio.sleep(1)
    assert ended == []
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [True]


@at_jumping_time
async def test_send_that_swallows_its_cancellation_is_still_finished():
    free, ended = asyncio.Event(), []

    async def send(message):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await free.wait()
        ended.append(True)

    task = asyncio.ensure_future(finish(send_now(send, {})))
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.sleep(1)
    assert not task.done()
    free.set()
    await asyncio.wait([task])
    assert ended == [True]


@pytest.mark.parametrize("error", [ConnectionResetError, RuntimeError, BrokenPipeError])
@at_jumping_time
async def test_send_to_a_socket_that_is_gone_is_no_trouble(error):
    async def send(message):
        raise error

    assert send_now(send, {}) is None


@at_jumping_time
async def test_send_that_is_our_own_mistake_is_not_hidden():
    async def send(message):
        raise KeyError("type")

    with pytest.raises(KeyError):
        send_now(send, {})


# --- slow sockets among others


@at_jumping_time
async def test_slow_socket_holds_up_nobody_and_gets_only_the_latest_when_it_wakes():
    async with running() as (hub, rooms):
        slow, quick = await Listener(hub).join(), await Listener(hub).join()
        slow.block()
        for version in range(1, 6):
            await tell(hub, rooms, news(version))
            await tell(hub, rooms, news(version, topic="poll:2", whole=False))
        assert quick.versions() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
        assert slow.heard == []
        slow.unblock()
        await asyncio.sleep(1)
        assert slow.versions()[0] == 1  # the frame that hung
        assert sorted((frame["version"], frame["type"]) for frame in slow.frames()[1:]) == [
            (5, "changed"),
            (5, "changed"),
        ]
        await tell(hub, rooms, news(6))
        assert slow.versions()[-1] == quick.versions()[-1] == 6


@at_jumping_time
async def test_slow_socket_gets_its_answers_all_and_in_order():
    async with running() as (hub, rooms):
        slow = await Listener(hub).join()
        slow.block()
        await tell(hub, rooms, news(1))
        for number in range(5):
            slow.reply(number)
        slow.unblock()
        await asyncio.sleep(1)
        assert [frame["version"] for frame in slow.frames("reply")] == [0, 1, 2, 3, 4]


@at_jumping_time
async def test_slow_socket_hears_that_a_topic_is_gone():
    async with running() as (hub, rooms):
        rooms.store(news(1))
        slow, quick = await Listener(hub).join(), await Listener(hub).join()
        slow.block()
        await tell(hub, rooms, news(2))
        await tell(hub, rooms, news(3, hidden=[EVERYBODY]))
        await tell(hub, rooms, news(4, hidden=[EVERYBODY]))
        assert [frame["type"] for frame in quick.frames()] == ["changed", "gone"]
        slow.unblock()
        await asyncio.sleep(1)
        assert [frame["type"] for frame in slow.frames()] == ["changed", "gone"]


@at_jumping_time
async def test_slow_socket_that_moved_to_those_who_voted_catches_up_as_one_of_them():
    async with running() as (hub, rooms):
        slow = await Listener(hub, 1).join()
        slow.block()
        await tell(hub, rooms, news(1))
        await tell(hub, rooms, news(2))
        hub.part_changed(ROOM, TOPIC, 1, takes_part=True)
        slow.unblock()
        await asyncio.sleep(1)
        assert [(frame["version"], frame["for"]) for frame in slow.frames()] == [
            (1, "everybody"),
            (2, "voted"),
        ]


@at_jumping_time
async def test_slow_socket_that_leaves_is_forgotten():
    async with running() as (hub, rooms):
        slow, quick = await Listener(hub).join(), await Listener(hub).join()
        slow.block()
        await tell(hub, rooms, news(1))
        tasks = len(asyncio.all_tasks())
        slow.leave()
        await tell(hub, rooms, news(2))
        slow.unblock()
        await asyncio.sleep(1)
        assert quick.versions() == [1, 2]
        assert slow.heard == []
        assert len(asyncio.all_tasks()) == tasks - 1


@at_jumping_time
async def test_socket_that_takes_nothing_for_half_a_minute_is_let_go():
    async with running() as (hub, rooms):
        stuck, quick = await Listener(hub, 1).join(), await Listener(hub, 2).join()
        stuck.block()
        await tell(hub, rooms, news(1))
        await asyncio.sleep(25)
        assert hub.present(ROOM) == 2
        await asyncio.sleep(10)
        assert hub.present(ROOM) == 1
        await tell(hub, rooms, news(2))
        assert quick.versions() == [1, 2]
        stuck.unblock()
        await asyncio.sleep(1)
        assert stuck.closed == 1013  # should it ever wake, it hears that it has to come again
        assert 2 not in stuck.versions()


@at_jumping_time
async def test_socket_that_is_slow_but_takes_something_is_not_let_go():
    async with running() as (hub, rooms):
        slow = await Listener(hub, 1).join()
        for version in range(1, 9):
            slow.block()
            await tell(hub, rooms, news(version))
            await asyncio.sleep(19)
            slow.unblock()
            await asyncio.sleep(0.1)
        assert slow.closed is None
        assert slow.versions() == list(range(1, 9))


@at_jumping_time
async def test_broken_socket_in_the_middle_of_a_room_stops_no_news():
    async with running() as (hub, rooms):
        listeners = [await Listener(hub).join() for _ in range(5)]

        async def broken(message):
            raise ConnectionResetError

        listeners[2].base_send = broken
        await tell(hub, rooms, news(1))
        await tell(hub, rooms, news(2))
        assert [listener.versions() for listener in listeners] == [[1, 2], [1, 2], [], [1, 2], [1, 2]]


@at_jumping_time
async def test_socket_that_breaks_while_it_is_slow_is_no_trouble(caplog):
    async with running() as (hub, rooms):
        slow, quick = await Listener(hub).join(), await Listener(hub).join()
        broke = asyncio.Event()

        async def breaks_later(message):
            await broke.wait()
            raise ConnectionResetError(json.dumps(message))

        slow.base_send = breaks_later
        await tell(hub, rooms, news(1))
        broke.set()
        await tell(hub, rooms, news(2))
        assert quick.versions() == [1, 2]
    assert caplog.text == ""


@at_jumping_time
async def test_what_is_told_together_comes_in_order_also_where_the_server_is_another():
    async with running() as (hub, rooms):
        quick, slow = await Listener(hub, 1).join(), await Listener(hub, 2).join()
        await tell(hub, rooms, news(1))
        slow.block()
        with hub.writer.together():
            for listener in (quick, slow):
                listener.reply("a")
                hub.writer.write(
                    hub.groups[ROOM],
                    listener,
                    TextMessage('{"type":"tally","version":2}'),
                    TOPIC,
                    whole=False,
                )
                listener.reply("b")
            assert quick.versions() == [1]
        assert quick.versions() == [1, "a", 2, "b"]
        slow.unblock()
        await asyncio.sleep(1)
        # The answers first, then the latest of the topic: that is what it is owed.
        assert slow.versions() == [1, "a", "b", 1]
