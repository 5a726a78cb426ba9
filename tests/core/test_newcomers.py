"""Newcomers whom nobody sees again give a script away; an office that arrives at once does not look like one."""

import pytest

from opendev.core import newcomers as module
from opendev.core.newcomers import MANY_A_MINUTE, UNSEEN_LIMIT, Newcomers

OFFICE, SCRIPT, ROOM = "203.0.113.7", "203.0.113.8", 4


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    return made


@pytest.fixture
def newcomers(clock):
    return Newcomers()


def test_office_of_300_that_arrives_at_once_is_neither_slowed_nor_told_of(newcomers, clock):
    for attendee in range(300):
        newcomers.joined(((OFFICE, 1),), ROOM, attendee)
    clock.now += 1
    assert not newcomers.is_slowed(OFFICE)
    for attendee in range(300):
        newcomers.seen(attendee)
    clock.now += 10
    assert not newcomers.is_slowed(OFFICE)
    assert newcomers.unusual_sessions() == {}


def test_script_of_300_is_slowed_and_told_of_until_it_is_forgotten(newcomers, clock):
    for attendee in range(300):
        newcomers.joined(((SCRIPT, 1),), ROOM, attendee)
    newcomers.joined(((OFFICE, 1),), 5, 1000)
    clock.now += 4
    assert newcomers.is_slowed(SCRIPT)
    assert not newcomers.is_slowed(OFFICE)
    assert newcomers.unusual_sessions() == {ROOM: {"joins"}}
    assert newcomers.is_unseen(7)
    clock.now += 200
    assert not newcomers.is_slowed(SCRIPT)
    assert newcomers.unusual_sessions() == {}
    assert (newcomers.networks, newcomers.networks_of) == ({}, {})


@pytest.mark.parametrize(("unseen", "is_slowed"), [(UNSEEN_LIMIT - 1, False), (UNSEEN_LIMIT, True)])
def test_some_who_join_and_leave_are_usual(newcomers, clock, unseen, is_slowed):
    for attendee in range(300):
        newcomers.joined(((OFFICE, 1),), ROOM, attendee)
    for attendee in range(unseen, 300):
        newcomers.seen(attendee)
    clock.now += 4
    assert newcomers.is_slowed(OFFICE) is is_slowed


def test_network_that_joins_far_above_rate_is_told_of_and_not_slowed_when_its_people_are_seen(
    newcomers, clock
):
    for attendee in range(MANY_A_MINUTE):
        newcomers.joined(((OFFICE, 1),), ROOM, attendee)
        newcomers.seen(attendee)
    clock.now += 4
    assert newcomers.unusual_sessions() == {ROOM: {"joins"}}
    assert not newcomers.is_slowed(OFFICE)


def test_network_that_writes_too_much_is_told_of_until_it_is_forgotten(newcomers, clock):
    newcomers.note_flood(ROOM, "questions")
    newcomers.note_flood(ROOM, "sign_ups")
    newcomers.note_flood(5, "sign_ups")
    assert newcomers.unusual_sessions() == {ROOM: {"questions", "sign_ups"}, 5: {"sign_ups"}}
    clock.now += 200
    assert (newcomers.unusual_sessions(), newcomers.floods) == ({}, {})


def test_script_that_changes_its_ipv6_network_is_slowed_by_its_site(newcomers, clock):
    for attendee in range(UNSEEN_LIMIT * 8):
        newcomers.joined(((f"64 {attendee}", 1), ("48", 8)), ROOM, attendee)
    newcomers.seen(0)
    clock.now += 4
    assert not newcomers.is_slowed("48")
    assert newcomers.unusual_sessions() == {}
    newcomers.joined((("64 x", 1), ("48", 8)), ROOM, 9_999)
    clock.now += 4
    assert newcomers.is_slowed("48")
    assert not newcomers.is_slowed("64 7")
    assert newcomers.unusual_sessions() == {ROOM: {"joins"}}


def test_what_is_remembered_is_bounded(newcomers, clock, monkeypatch):
    monkeypatch.setattr(module, "MAX_NETWORKS", 10)
    for number in range(50):
        newcomers.joined(((f"network {number}", 1),), ROOM, number)
        clock.now += 100
    assert len(newcomers.networks) <= 11
    assert len(newcomers.networks_of) <= 11
