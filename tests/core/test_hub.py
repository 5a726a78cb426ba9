"""News reach those in their room, newest first and at most four a second, and what is lost on the way is found."""

import asyncio
import threading

import pytest

from opendev.core.groups import EVERYBODY
from tests.core.jumping import at_jumping_time
from tests.core.listening import MODERATORS, ROOM, TOPIC, VOTED, Frames, Listener, news, running

OTHER = 8


def tell(hub, rooms, item):
    """As a service does: written, committed, then said."""
    hub.say(rooms.store(item))


@at_jumping_time
async def test_news_reach_everybody_in_their_room_and_nobody_elsewhere():
    async with running(ROOM, OTHER) as (hub, rooms):
        inside, beside, outside = Listener(hub), Listener(hub), Listener(hub)
        await inside.join()
        await beside.join()
        await outside.join(OTHER)
        tell(hub, rooms, news(1, group=OTHER))
        await asyncio.sleep(1)
        assert outside.versions() == [1]
        tell(hub, rooms, news(1))
        await asyncio.sleep(1)
        assert (inside.versions(), beside.versions(), outside.versions()) == ([1], [1], [1])


@at_jumping_time
async def test_older_news_and_news_said_twice_are_not_told():
    async with running() as (hub, rooms):
        listener = await Listener(hub).join()
        for version in (5, 5, 4, 6, 5):
            tell(hub, rooms, news(version))
            await asyncio.sleep(1)
        assert listener.versions() == [5, 6]


@at_jumping_time
async def test_at_most_four_news_a_second_are_told_and_the_last_one_always():
    async with running() as (hub, rooms):
        listener = await Listener(hub).join()
        for version in range(1, 201):
            tell(hub, rooms, news(version, whole=False))
            await asyncio.sleep(0.02)
        await asyncio.sleep(1)
        times = [at for at, frame in listener.heard if "version" in frame]
        assert len(times) > 12
        assert min(later - earlier for earlier, later in zip(times, times[4:], strict=False)) > 0.99
        assert listener.versions()[-1] == 200


@at_jumping_time
async def test_pace_holds_over_several_topics_and_none_is_forgotten():
    async with running() as (hub, rooms):
        listener = await Listener(hub).join()
        for version in range(1, 40):
            for number in range(3):
                tell(hub, rooms, news(version, topic=f"poll:{number}"))
            await asyncio.sleep(0.1)
        await asyncio.sleep(2)
        times = [at for at, frame in listener.heard if "version" in frame]
        assert min(later - earlier for earlier, later in zip(times, times[4:], strict=False)) > 0.99
        assert listener.versions()[-3:] == [39, 39, 39]


@at_jumping_time
async def test_first_news_after_a_pause_are_told_at_once():
    async with running() as (hub, rooms):
        listener = await Listener(hub).join()
        await asyncio.sleep(1)
        said_at = asyncio.get_running_loop().time()
        tell(hub, rooms, news(1))
        await asyncio.sleep(5)
        [told_at] = [at for at, frame in listener.heard if "version" in frame]
        assert told_at - said_at < 0.2


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ([news(2, whole=False)], ["tally"]),
        ([news(2)], ["changed"]),
        ([news(3, whole=False)], ["changed"]),  # a version was skipped: who knows what it said
        ([news(2), news(3, whole=False)], ["changed"]),  # before a tick: the tally does not hide the change
        ([news(2, whole=False), news(3, whole=False)], ["tally"]),
    ],
)
@at_jumping_time
async def test_whole_news_are_told_when_more_than_the_tally_may_have_changed(said, told):
    async with running() as (hub, rooms):
        rooms.store(news(1))
        listener = await Listener(hub).join()
        for item in said:
            tell(hub, rooms, item)
        await asyncio.sleep(1)
        assert [frame["type"] for frame in listener.frames()] == told
        assert listener.versions() == [said[-1].version]


@at_jumping_time
async def test_change_of_one_topic_goes_before_tallies_of_others():
    async with running() as (hub, rooms):
        for number in range(3):
            rooms.store(news(1, topic=f"poll:{number}"))
        listener = await Listener(hub).join()
        tell(hub, rooms, news(2, topic="poll:0", whole=False))
        tell(hub, rooms, news(2, topic="poll:1", whole=False))
        tell(hub, rooms, news(2, topic="poll:2"))
        await asyncio.sleep(2)
        assert [frame["type"] for frame in listener.frames()] == ["changed", "tally", "tally"]


@at_jumping_time
async def test_each_audience_is_told_its_own():
    async with running() as (hub, rooms):
        listeners = [await Listener(hub, audience=a).join() for a in (MODERATORS, VOTED, EVERYBODY)]
        tell(hub, rooms, news(1, hidden=[EVERYBODY]))
        await asyncio.sleep(1)
        told = [[frame["for"] for frame in listener.frames()] for listener in listeners]
        assert told == [[MODERATORS], [VOTED], []]


@at_jumping_time
async def test_topic_that_an_audience_loses_is_told_as_gone_to_it_alone_and_once():
    async with running() as (hub, rooms):
        rooms.store(news(1))
        moderator, attendee = [await Listener(hub, audience=a).join() for a in (MODERATORS, EVERYBODY)]
        tell(hub, rooms, news(2, hidden=[EVERYBODY, VOTED]))
        await asyncio.sleep(1)
        tell(hub, rooms, news(3, hidden=[EVERYBODY, VOTED]))
        await asyncio.sleep(1)
        assert [frame["type"] for frame in moderator.frames()] == ["changed", "changed"]
        assert attendee.frames() == [{"type": "gone", "topic": TOPIC, "version": 2}]
        tell(hub, rooms, news(4))
        await asyncio.sleep(1)
        assert [frame["type"] for frame in attendee.frames()] == ["gone", "changed"]


@at_jumping_time
async def test_topic_that_goes_and_comes_within_a_tick_is_not_told_as_gone():
    async with running() as (hub, rooms):
        rooms.store(news(1))
        listener = await Listener(hub).join()
        tell(hub, rooms, news(2, hidden=[EVERYBODY]))
        tell(hub, rooms, news(3))
        await asyncio.sleep(1)
        assert [(frame["type"], frame["version"]) for frame in listener.frames()] == [("changed", 3)]


@at_jumping_time
async def test_attendee_who_voted_hears_that_audiences_tally_at_once_on_all_sockets():
    async with running() as (hub, rooms):
        rooms.store(news(1))
        phone, laptop, other = Listener(hub, 1), Listener(hub, 1), Listener(hub, 2)
        for listener in (phone, laptop, other):
            await listener.join()
        hub.part_changed(ROOM, TOPIC, 1, takes_part=True)
        assert [listener.frames() for listener in (phone, laptop)] == [
            [{"type": "tally", "version": 1, "for": VOTED}]
        ] * 2
        assert other.frames() == []
        hub.part_changed(ROOM, TOPIC, 1, takes_part=True)
        assert len(phone.frames()) == 1
        hub.part_changed(ROOM, TOPIC, 1, takes_part=False)
        assert phone.frames()[-1]["for"] == EVERYBODY


@at_jumping_time
async def test_tally_that_came_with_the_answer_is_not_told_again():
    async with running() as (hub, rooms):
        rooms.store(news(1))
        voter, other = await Listener(hub, 1).join(), await Listener(hub, 2).join()
        for version in (2, 3, 4):  # the first is told at once, the next two when the room's turn comes
            tell(hub, rooms, news(version, whole=False))
            await asyncio.sleep(0.01)
        hub.part_changed(ROOM, TOPIC, 1, takes_part=True)
        assert voter.frames()[-1] == {"type": "tally", "version": 4, "for": VOTED}
        await asyncio.sleep(1)
        assert (voter.versions(), other.versions()) == ([2, 4], [2, 4])
        tell(hub, rooms, news(5, whole=False))
        await asyncio.sleep(1)
        assert (voter.versions()[-1], other.versions()[-1]) == (5, 5)


@at_jumping_time
async def test_whole_news_are_told_also_to_whoever_has_their_tally():
    async with running() as (hub, rooms):
        rooms.store(news(1))
        voter = await Listener(hub, 1).join()
        tell(hub, rooms, news(2, whole=False))
        await asyncio.sleep(0.01)
        tell(hub, rooms, news(3))
        await asyncio.sleep(0.01)
        hub.part_changed(ROOM, TOPIC, 1, takes_part=True)
        await asyncio.sleep(1)
        assert [(frame["type"], frame["version"]) for frame in voter.frames()[-2:]] == [
            ("tally", 3),
            ("changed", 3),
        ]


@at_jumping_time
async def test_attendee_who_voted_hears_nothing_extra_where_all_see_the_same():
    async with running() as (hub, rooms):
        same = news(1)
        rooms.store(type(same)(ROOM, TOPIC, 1, {a: {"version": 1} for a in same.states}))
        rooms.store(news(1, topic="poll:2"))
        listener = await Listener(hub, 1).join()
        hub.part_changed(ROOM, "poll:2", 1, takes_part=True)
        assert len(listener.frames()) == 1
        hub.part_changed(ROOM, TOPIC, 1, takes_part=True)
        assert len(listener.frames()) == 1


@at_jumping_time
async def test_socket_that_is_not_ready_hears_nothing_until_it_is():
    async with running() as (hub, rooms):
        early, late = Listener(hub), Listener(hub)
        late.is_ready = False
        await early.join()
        await late.join()
        tell(hub, rooms, news(1))
        await asyncio.sleep(1)
        late.is_ready = True
        tell(hub, rooms, news(2))
        await asyncio.sleep(1)
        assert (early.versions(), late.versions()) == ([1, 2], [2])


@at_jumping_time
async def test_news_said_in_another_thread_are_told():
    async with running() as (hub, _rooms):
        listener = await Listener(hub).join()
        thread = threading.Thread(target=hub.say, args=(news(1),))
        thread.start()
        thread.join()
        await asyncio.sleep(1)
        assert listener.versions() == [1]


@at_jumping_time
async def test_room_is_read_once_for_all_who_come_and_again_after_the_last_left():
    async with running() as (hub, rooms):
        rooms.store(news(1))
        listeners = [Listener(hub) for _ in range(20)]
        await asyncio.gather(*(listener.join() for listener in listeners))
        assert rooms.reads == 1
        for listener in listeners:
            listener.leave()
        assert hub.groups == {}
        rooms.store(news(5))
        await Listener(hub).join()
        assert rooms.reads == 2
        assert hub.groups[ROOM].topics[TOPIC].version == 5


@at_jumping_time
async def test_room_that_does_not_exist_is_none_and_is_not_kept():
    async with running() as (hub, _rooms):
        assert await hub.open(ROOM) is not None
        assert await hub.open(404) is None
        assert 404 not in hub.groups


@at_jumping_time
async def test_news_that_come_while_the_room_is_read_are_not_undone_by_what_was_read():
    async with running() as (hub, rooms):
        rooms.store(news(1))
        read = rooms.read

        def read_slowly(group):
            before = read(group)
            tell(hub, rooms, news(2))
            return before

        rooms.read = read_slowly
        await Listener(hub).join()
        await asyncio.sleep(0)
        assert hub.groups[ROOM].topics[TOPIC].version == 2


# --- presence


def present(listener):
    return [frame["present"] for frame in listener.frames("presence")]


@at_jumping_time
async def test_presence_counts_attendees_not_sockets_and_not_visitors():
    async with running() as (hub, _rooms):
        listener = await Listener(hub).join()
        others = [await Listener(hub, attendee).join() for attendee in (1, 1, 2)]
        await asyncio.sleep(3)
        assert present(listener) == [2]
        others[0].leave()
        await asyncio.sleep(3)
        others[1].leave()
        await asyncio.sleep(3)
        assert present(listener) == [2, 1]
        assert hub.present(ROOM) == 1


@at_jumping_time
async def test_presence_is_repeated_as_a_sign_of_life():
    async with running() as (hub, _rooms):
        listener = await Listener(hub, 1).join()
        await asyncio.sleep(65)
        assert present(listener) == [1, 1, 1, 1]


@at_jumping_time
async def test_page_load_counts_as_presence_for_half_a_minute():
    async with running() as (hub, _rooms):
        listener = await Listener(hub, 1).join()
        hub.page_loaded(ROOM, 1)
        hub.page_loaded(ROOM, 2)
        await asyncio.sleep(25)
        assert present(listener)[0] == 2
        await asyncio.sleep(10)
        assert present(listener)[-1] == 1


@at_jumping_time
async def test_room_of_page_loads_alone_is_kept_while_they_count():
    async with running() as (hub, _rooms):
        hub.page_loaded(ROOM, 1)
        hub.page_loaded(404, 1)
        await asyncio.sleep(5)
        assert (hub.present(ROOM), hub.present(404)) == (1, 0)
        await asyncio.sleep(60)
        assert hub.groups == {}


async def test_hub_leaves_no_task_behind():
    async with running() as (hub, rooms):
        await Listener(hub, 1).join()
        tell(hub, rooms, news(1))
    assert asyncio.all_tasks() == {asyncio.current_task()}
    tell(hub, rooms, news(2))  # nobody to tell any more, and no trouble
    assert hub.present(ROOM) == 0


class SeveralFrames(Frames):
    """A kind whose topics travel together where several changed."""

    def several(self, states, gone, now):
        told = [(state["version"], state["for"]) for state in states]
        return {"type": "several", "told": told, "gone": list(gone)}


@at_jumping_time
async def test_topics_that_changed_at_once_are_told_in_one_frame_as_each_audience_may_know_them():
    async with running() as (hub, rooms):
        rooms.kinds = {"poll": SeveralFrames()}
        for number in range(4):
            rooms.store(news(1, topic=f"poll:{number}"))
        moderator, attendee = [await Listener(hub, audience=a).join() for a in (MODERATORS, EVERYBODY)]
        tell(hub, rooms, news(2, topic="poll:0", hidden=[EVERYBODY]))
        for number in range(1, 4):
            tell(hub, rooms, news(2, topic=f"poll:{number}"))
        await asyncio.sleep(1)
        assert moderator.frames("several", "changed", "gone") == [
            {"type": "several", "told": [[2, MODERATORS]] * 4, "gone": []}
        ]
        assert attendee.frames("several", "changed", "gone") == [
            {"type": "several", "told": [[2, EVERYBODY]] * 3, "gone": [["poll:0", 2]]}
        ]
        tell(hub, rooms, news(3, topic="poll:1"))
        await asyncio.sleep(1)
        assert [frame["type"] for frame in attendee.frames("changed")] == ["changed"]


@at_jumping_time
async def test_slow_socket_is_owed_each_of_several_topics_by_itself():
    async with running() as (hub, rooms):
        rooms.kinds = {"poll": SeveralFrames()}
        slow = await Listener(hub).join()
        slow.block()
        tell(hub, rooms, news(1, topic="poll:9"))
        await asyncio.sleep(1)
        for number in range(3):
            tell(hub, rooms, news(1, topic=f"poll:{number}"))
        await asyncio.sleep(1)
        slow.unblock()
        await asyncio.sleep(1)
        assert [frame["type"] for frame in slow.frames("several", "changed")] == ["changed"] * 4
