"""The leak matrix of pace: how many ask for slower, and how many are lost, is for moderators; whose it is for nobody.

The numbers are like no other. Moderators meet them; nobody else does, in any page, answer, snapshot, news or file.
"""

import json
from contextlib import ExitStack
from itertools import product

import pytest
from websockets.exceptions import InvalidStatus

from opendev.core.live import hub
from sessions.reactions import broadcasts, consumers
from sessions.reactions.services import pace_of
from tests.factories import make_attendee, make_helper, make_moderator, make_organiser, make_session
from tests.leaks.stored import Stored
from tests.support.people import Person, open_socket

ROLES = ("visitor", "attendee", "neighbour", "helper", "moderator", "organiser")
MODERATORS = {"moderator", "organiser"}
PACE = {"slower": 54321, "lost": 65432}
WORDS = [str(count) for count in PACE.values()]


class Room:
    """A live session that takes reactions, and everybody's browser."""

    def __init__(self, server):
        self.server, self.session = server, make_session(reactions_open=True)
        event, self.stored = self.session.event, Stored()
        users = {
            "neighbour": make_moderator(make_session(event)),
            "helper": make_helper(self.session),
            "moderator": make_moderator(self.session),
            "organiser": make_organiser(event),
        }
        passes = {"attendee": make_attendee(self.session)}
        self.people = {r: Person(server, user=users.get(r), attendee=passes.get(r)) for r in ROLES}

    def close(self):
        for person in self.people.values():
            person.close()


@pytest.fixture(scope="module")
def room(inner):
    made = Room(inner)
    yield made
    made.close()


@pytest.fixture
def told(room, monkeypatch):
    """What moderators were told last."""
    monkeypatch.setitem(broadcasts.board.told, room.session.pk, PACE)


def snapshot(room, **how):
    try:
        with open_socket(room.server, room.session.pk, **how) as socket:
            return json.dumps(socket.snapshot)
    except InvalidStatus as refusal:
        return f"refused with {refusal.response.status_code}"


def page(name):
    return lambda at, who: at.stored.get(who, at.session.address(name)).text


def rest(path):
    return lambda at, who: who.rest("GET", f"sessions/{at.session.pk}/{path}").text


CHANNELS = {
    "room": page("room"),
    "screen": page("screen"),
    "control": page("control"),
    "timeline": page("control-timeline"),
    "programme": lambda at, who: at.stored.get(who, f"/{at.session.event.slug}/").text,
    "REST pace": rest("pace/"),
    "REST session": rest(""),
    "REST timeline": rest("timeline/"),
    "REST export": rest("export/"),
    "socket": lambda at, who: snapshot(at, cookies=who.cookies),
    "socket of a screen": lambda at, who: snapshot(at, cookies=who.cookies, view="screen"),
    "socket for moderators": lambda at, who: snapshot(at, cookies=who.cookies, view="control"),
    "socket by token": lambda at, who: snapshot(at, token=who.token),
}
SHOWS = ("control", "REST pace", "socket for moderators", "socket by token")


def numbers_in(room, role, channel):
    text = CHANNELS[channel](room, room.people[role])
    return {word for word in WORDS if word in text}


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(("role", "channel"), list(product(ROLES, CHANNELS)))
def test_pace_is_where_it_belongs_and_nowhere_else(room, role, channel):
    belongs = role in MODERATORS and channel in SHOWS
    assert numbers_in(room, role, channel) == (set(WORDS) if belongs else set())


@pytest.mark.usefixtures("told")
def test_planted_leak_is_found(room, monkeypatch):
    monkeypatch.setattr(
        consumers, "snapshot_part", lambda group, *, is_moderator: {"pace": pace_of(group.key)}
    )
    assert numbers_in(room, "visitor", "socket") == set(WORDS)
    assert numbers_in(room, "helper", "socket for moderators") == set(WORDS)


def who_hears(room):
    """Who hears the numbers when another process says them."""
    report = {"reactions": {}, "moved": [], "pace": PACE}
    with ExitStack() as stack:
        sockets = {}
        for role, who in room.people.items():
            for view in ("", "screen", "control") if role in {*MODERATORS, "helper"} else ("", "screen"):
                opened = open_socket(room.server, room.session.pk, cookies=who.cookies, view=view)
                sockets[role, view] = stack.enter_context(opened)
        hub.run_soon(broadcasts.board.hear, {"group": room.session.pk, "from": "elsewhere", "report": report})
        heard = {
            key: json.dumps(socket.drain(quiet=1.5 * broadcasts.TELL_EVERY_S))
            for key, socket in sockets.items()
        }
    return {key for key, text in heard.items() if any(word in text for word in WORDS)}


def test_news_of_pace_reach_control_rooms_alone(room):
    assert who_hears(room) == {(role, "control") for role in MODERATORS}
