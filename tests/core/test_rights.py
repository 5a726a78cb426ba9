"""Rights are looked at anew while sockets are open."""

import asyncio
import time

import pytest

from opendev.core.attendance import SIGN_IN, Ground
from tests.core.jumping import at_jumping_time
from tests.core.listening import MODERATORS, Listener, running


@at_jumping_time
@pytest.mark.parametrize("right", ["moderator", "display"])
async def test_socket_whose_right_is_taken_away_is_closed_and_the_others_stay(right):
    async with running() as (hub, rooms):
        first, second, plain = [Listener(hub) for _ in range(3)]
        first.rights, second.rights = {right: 1}, {right: 2}
        for listener in (first, second, plain):
            await listener.join()
        rooms.held[right] = frozenset({1, 2})
        await asyncio.sleep(5)
        assert [listener.closed for listener in (first, second, plain)] == [None] * 3
        rooms.held[right] = frozenset({2})
        await asyncio.sleep(2.5)
        assert [listener.closed for listener in (first, second, plain)] == [4403, None, None]


@at_jumping_time
async def test_socket_whose_ground_is_lost_is_closed_within_two_seconds_and_a_like_one_stays():
    async with running() as (hub, rooms):
        first, second = [Listener(hub, audience=MODERATORS) for _ in range(2)]
        lost, kept = (
            Ground(SIGN_IN, "a" * 32, 9),
            Ground(SIGN_IN, "b" * 32, 9),
        )  # of one user, in two browsers
        first.ground, second.ground = lost, kept
        for listener in (first, second):
            await listener.join()
        await asyncio.sleep(5)
        assert [listener.closed for listener in (first, second)] == [None] * 2
        rooms.lost_grounds = frozenset({lost})
        await asyncio.sleep(2)
        assert [listener.closed for listener in (first, second)] == [4401, None]


@at_jumping_time
async def test_sockets_of_a_revoked_pass_are_closed_and_those_of_others_stay():
    async with running() as (hub, rooms):
        phone, laptop, other = Listener(hub, 5), Listener(hub, 5), Listener(hub, 6)
        for listener in (phone, laptop, other):
            await listener.join()
        rooms.revoked = frozenset({5})
        await asyncio.sleep(2)
        assert [listener.closed for listener in (phone, laptop, other)] == [4401, 4401, None]


@at_jumping_time
async def test_sockets_in_a_room_that_is_closed_to_others_are_closed_and_those_of_its_users_stay():
    async with running() as (hub, rooms):
        visitor, attendee, other, ours = Listener(hub), Listener(hub, 5), Listener(hub), Listener(hub)
        other.ground, ours.ground = Ground(SIGN_IN, "a" * 32, 8), Ground(SIGN_IN, "b" * 32, 9)
        everybody = (visitor, attendee, other, ours)
        for listener in everybody:
            await listener.join()
        await asyncio.sleep(5)
        assert [listener.closed for listener in everybody] == [None] * 4
        rooms.users = frozenset({9})
        await asyncio.sleep(2)
        assert [listener.closed for listener in everybody] == [4403, 4403, 4403, None]


@at_jumping_time
async def test_socket_of_a_pass_that_expires_is_closed():
    async with running() as (hub, _rooms):
        ended, lasting = Listener(hub, 5), Listener(hub, 6)
        ended.pass_ends_at, lasting.pass_ends_at = time.time() - 1, time.time() + 3600
        for listener in (ended, lasting):
            await listener.join()
        await asyncio.sleep(2)
        assert [listener.closed for listener in (ended, lasting)] == [4401, None]
