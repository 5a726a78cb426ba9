"""Rights are looked at anew while sockets are open."""

import asyncio

import pytest

from tests.core.jumping import at_jumping_time
from tests.core.listening import Listener, running


@at_jumping_time
@pytest.mark.parametrize(
    ("right", "holders"), [("moderator_id", "may_moderate"), ("display_id", "may_display")]
)
async def test_socket_whose_right_is_taken_away_is_closed_and_the_others_stay(right, holders):
    async with running() as (hub, rooms):
        first, second, plain = [Listener(hub) for _ in range(3)]
        setattr(first, right, 1)
        setattr(second, right, 2)
        for listener in (first, second, plain):
            await listener.join()
        setattr(rooms, holders, frozenset({1, 2}))
        await asyncio.sleep(5)
        assert [listener.closed for listener in (first, second, plain)] == [None] * 3
        setattr(rooms, holders, frozenset({2}))
        await asyncio.sleep(2.5)
        assert [listener.closed for listener in (first, second, plain)] == [4403, None, None]
