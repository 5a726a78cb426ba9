"""Too many sockets are told when to come back; frames that come too fast are read slowly, and none is lost."""

import asyncio
import re
from collections import deque

import pytest

from opendev.core.admission import MAX_SOCKETS_OF_ATTENDEE, Place, admission
from opendev.core.limits import network_of, networks_of
from opendev.core.live import hub
from opendev.core.pulse import ROUNDS, pulse
from opendev.core.threads import DatabaseAway
from tests.core.asgi import socket
from tests.core.test_consumer import EchoConsumer, rooms

__all__ = ["rooms"]

OFFICE = {"x-forwarded-for": "203.0.113.7"}
NEIGHBOUR = {"x-forwarded-for": "203.0.113.8"}


class AttendeeConsumer(EchoConsumer):
    async def identify(self, group):
        self.attendee_id = 7


async def turned_away(consumer=EchoConsumer, **headers):
    """The limit that turned a socket away; None where it came in."""
    async with socket(consumer(), **headers) as opened:
        message = await opened.message()
        if message["type"] == "websocket.send":
            return None
        await asyncio.wait_for(opened.task, 5)
    assert (message["type"], message["code"]) == ("websocket.close", 1013)
    limit, seconds = re.fullmatch(r"(\w+); retry_after=(\d+)", message["reason"]).groups()
    assert 1 <= int(seconds) <= 60
    return limit


async def test_sockets_of_one_network_are_bounded_and_its_neighbour_is_not_touched(rooms, settings):
    settings.MAX_SOCKETS_OF_NETWORK = 2
    async with socket(EchoConsumer(), **OFFICE) as one, socket(EchoConsumer(), **OFFICE):
        await one.next("snapshot")
        assert await turned_away(**OFFICE) == "too_many_sockets_of_network"
        assert await turned_away(**NEIGHBOUR) is None
        assert await turned_away() is None  # trusted
    assert await turned_away(**OFFICE) is None
    assert (admission.sockets, admission.by_network) == (0, {})


async def test_sockets_of_an_ipv6_site_are_bounded_whatever_its_networks(rooms, settings):
    settings.MAX_SOCKETS_OF_NETWORK = 1
    opened = [socket(EchoConsumer(), **{"x-forwarded-for": f"2001:db8:1:{n}::1"}) for n in range(8)]
    for one in opened:
        await (await one.__aenter__()).next("snapshot")
    assert await turned_away(**{"x-forwarded-for": "2001:db8:1:99::1"}) == "too_many_sockets_of_network"
    assert await turned_away(**{"x-forwarded-for": "2001:db8:2::1"}) is None
    for one in opened:
        await one.__aexit__(None, None, None)
    assert (admission.sockets, admission.by_network) == (0, {})


async def test_sockets_of_a_process_are_bounded(rooms, settings):
    settings.MAX_SOCKETS = 1
    async with socket(EchoConsumer()) as one:
        await one.next("snapshot")
        assert await turned_away() == "too_many_sockets"
    assert await turned_away() is None


async def test_windows_of_one_person_are_bounded(rooms):
    opened = [socket(AttendeeConsumer(), **OFFICE) for _ in range(MAX_SOCKETS_OF_ATTENDEE)]
    for one in opened:
        await one.__aenter__()
    assert await turned_away(AttendeeConsumer, **NEIGHBOUR) == "too_many_sockets_of_attendee"
    for one in opened:
        await one.__aexit__(None, None, None)
    assert await turned_away(AttendeeConsumer, **NEIGHBOUR) is None


async def test_loop_that_lags_lets_nobody_in_until_it_has_recovered(rooms, monkeypatch):
    monkeypatch.setattr(pulse, "longest", deque([3.0] * (ROUNDS - 1), maxlen=ROUNDS))
    assert await turned_away() is None  # a stumble, so far
    pulse.longest.append(3.0)
    assert await turned_away() == "busy"
    pulse.longest.append(0.1)
    assert await turned_away() is None


async def test_socket_is_sent_away_for_a_moment_while_the_database_is_away(rooms, monkeypatch):
    def away(group):
        raise DatabaseAway(has_no_room=False)

    monkeypatch.setattr(hub.source, "read", away)
    assert await turned_away() == "unavailable"
    monkeypatch.undo()
    assert await turned_away() is None
    assert (admission.sockets, admission.by_network) == (0, {})


def test_frames_that_come_too_fast_are_spread_out_and_a_pause_is_credited():
    place = Place(admission, networks_of("203.0.113.7"))
    waits = [place.wait_before_frame(100.0) for _ in range(100)]
    assert waits[:80] == [0.0] * 80
    assert waits[80:] == pytest.approx([n / 40 for n in range(1, 21)])
    assert place.wait_before_frame(110.0) == 0.0
    assert Place(admission, ()).wait_before_frame(100.0) == 0.0


async def test_frames_of_a_stranger_are_all_answered_however_fast_they_come(rooms):
    async with socket(EchoConsumer(), **OFFICE) as opened:
        await opened.next("snapshot")
        for number in range(90):
            opened.send({"type": "echo", "ref": number})
        answers = [(await opened.next("ok"))["ref"] for _ in range(90)]
    assert answers == list(range(90))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("nonsense", "nonsense"),
    ],
)
def test_ipv6_is_counted_by_the_network_that_one_connection_has(address, network):
    assert network_of(address) == network
