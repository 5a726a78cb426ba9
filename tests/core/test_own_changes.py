"""Whose own part of a topic changed: told to all sockets of that attendee, and to nobody else."""

from tests.core.jumping import at_jumping_time
from tests.core.listening import ROOM, TOPIC, Listener, news, running


@at_jumping_time
async def test_all_sockets_of_an_attendee_but_the_one_that_was_answered_read_their_own_anew():
    async with running() as (hub, rooms):
        rooms.store(news(1))
        phone, laptop, other = Listener(hub, 1), Listener(hub, 1), Listener(hub, 2)
        for listener in (phone, laptop, other):
            await listener.join()
        hub.part_changed(ROOM, TOPIC, 1, takes_part=True, origin=phone)
        hub.own_changed(ROOM, "question:3", 1)
        assert [listener.own for listener in (phone, laptop, other)] == [
            ["question:3"],
            [TOPIC, "question:3"],
            [],
        ]
