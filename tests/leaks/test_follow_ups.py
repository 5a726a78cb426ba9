"""Names that are not listed, and addresses, reach those who may know them by every channel, and nobody else by any."""

import json
from collections.abc import Iterator

import pytest
from django.utils import timezone
from websockets.exceptions import InvalidStatus

from sessions.follow_ups.services.lines import remove_name
from sessions.follow_ups.services.pad_names import record_pad_name
from tests.factories import (
    make_attendee,
    make_event,
    make_line,
    make_moderator,
    make_organiser,
    make_session,
    put_name,
    withdraw,
)
from tests.factories.sessions import make_user, organiser_of
from tests.leaks.stored import Stored
from tests.support.inner_server import InnerServer
from tests.support.people import Person, open_socket

HIDDEN, ADDRESS = "Hidden Hanna", "hanna@secret.example"
LISTED, LISTED_ADDRESS = "Listed Lisa", "lisa@secret.example"
WITHDRAWN, REMOVED, CLAIM = "Withdrawn Will", "Removed Ron", "Claimed Clara"
SECRETS = (HIDDEN, ADDRESS, LISTED_ADDRESS)
GONE = (WITHDRAWN, REMOVED)
WHO_MAY = {"moderator", "organiser", "owner"}
ROLES = ("visitor", "attendee", "listed", "neighbour", *sorted(WHO_MAY))


class World:
    """A session with one line, under which stand names of every kind."""

    def __init__(self, server: InnerServer) -> None:
        self.server = server
        self.event = make_event()
        self.session = make_session(self.event)
        owner = make_user("Olive Owner")
        row = self.event.people.create(slug="olive", name="Olive Owner", user=owner)
        self.line = make_line(self.session, owner=str(row.pk))
        now, said = timezone.now(), {"consent": True}
        listed = make_attendee(self.session, name=LISTED)
        put_name(self.line, listed, email=LISTED_ADDRESS, now=now, **said)
        hidden = make_attendee(self.session, name=HIDDEN)
        put_name(self.line, hidden, shown=False, email=ADDRESS, now=now, **said)
        will = make_attendee(self.session, name=WITHDRAWN)
        put_name(self.line, will, email="will@secret.example", now=now, **said)
        withdraw(self.line, will)
        ron = put_name(self.line, make_attendee(self.session, name=REMOVED))
        remove_name(sign_up_id=ron.pk, caller=organiser_of(self.event), now=now)
        record_pad_name(line_id=self.line.pk, name=CLAIM, now=now)
        users = {
            "neighbour": make_moderator(make_session(self.event)),
            "moderator": make_moderator(self.session),
            "organiser": make_organiser(self.event),
            "owner": owner,
        }
        passes = {"attendee": make_attendee(self.session), "listed": listed}
        self.stored = Stored()
        self.people = {
            role: Person(server, user=users.get(role), attendee=passes.get(role)) for role in ROLES
        }

    def close(self) -> None:
        for person in self.people.values():
            person.close()


@pytest.fixture(scope="module")
def world(inner: InnerServer) -> Iterator[World]:
    made = World(inner)
    yield made
    made.close()


def snapshot(world: World, role: str, *, view: str = "", by_token: bool = False) -> str:
    person = world.people[role]
    how = {"token": person.token, "origin": None} if by_token else {"cookies": person.cookies}
    try:
        with open_socket(world.server, world.session.pk, view=view, **how) as socket:
            return json.dumps(socket.snapshot)
    except InvalidStatus as refusal:
        return f"refused with {refusal.response.status_code}"


def pages(world: World, role: str, *paths: str) -> str:
    return "\n".join(world.stored.get(world.people[role], path).text for path in paths)


def rest(world: World, role: str, *paths: str) -> str:
    return "\n".join(world.people[role].rest("GET", path).text for path in paths)


def refusals(world: World, role: str) -> str:
    """The texts of acts that are refused, also to those who moderate."""
    person, line = world.people[role], world.line
    return "\n".join(
        [
            person.rest("POST", f"sign-up-lines/{line.pk}/sign-ups/", {"name": 7}).text,
            person.post(f"{line.get_absolute_url()}sign-up/", name="", shown="yes").text,
            person.say(world.session.pk, "line.sign_up", line=str(line.pk), name=7).text,
        ]
    )


# By whom what is hidden is seen in each channel; elsewhere nobody sees it.
CHANNELS = {
    "room": (lambda w, r: pages(w, r, w.session.get_absolute_url() + "?tab=follow-ups"), set()),
    "screen": (lambda w, r: pages(w, r, w.session.address("screen")), set()),
    "programme": (lambda w, r: pages(w, r, "/", f"/{w.event.slug}/"), set()),
    "control room": (lambda w, r: pages(w, r, w.session.address("control")), set()),
    "names in the control room": (
        lambda w, r: pages(w, r, w.session.address("control-line-edit", line=w.line.pk)),
        {"moderator", "organiser"},
    ),
    "permanent address": (lambda w, r: pages(w, r, w.line.get_absolute_url()), WHO_MAY),
    "follow-ups": (lambda w, r: pages(w, r, f"/{w.event.slug}/follow-ups/"), set()),
    "export": (lambda w, r: pages(w, r, f"/{w.event.slug}/follow-ups/export.csv"), WHO_MAY),
    "REST": (
        lambda w, r: rest(w, r, f"sessions/{w.session.pk}/sign-up-lines/", f"sign-up-lines/{w.line.pk}/"),
        set(),
    ),
    "REST, names": (lambda w, r: rest(w, r, f"sign-up-lines/{w.line.pk}/sign-ups/"), WHO_MAY),
    "socket": (snapshot, set()),
    "socket by token": (lambda w, r: snapshot(w, r, by_token=True), set()),
    "socket for moderators": (lambda w, r: snapshot(w, r, view="control"), set()),
}
# Their own sign-up is told to themselves.
OWN = {"REST", "socket", "socket by token", "permanent address"}
ALL_NAMES = {"follow-ups"}  # for who may: the names, and no address


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("role", ROLES)
def test_hidden_names_and_addresses_are_shown_to_nobody_else(world, channel, role):
    look, shown_to = CHANNELS[channel]
    text = look(world, role)
    expected = set(SECRETS) if role in shown_to else set()
    if channel in ALL_NAMES and role in WHO_MAY:
        expected = {HIDDEN}
    if channel in OWN and role == "listed":
        expected |= {LISTED_ADDRESS}
    assert {secret for secret in SECRETS if secret in text} == expected


@pytest.mark.parametrize("channel", CHANNELS)
def test_names_that_are_gone_are_nowhere_but_where_they_can_be_put_back(world, channel):
    text = CHANNELS[channel][0](world, "organiser")
    may_restore = channel in {"names in the control room", "REST, names"}
    assert {name for name in GONE if name in text} == ({REMOVED} if may_restore else set())
    assert "will@secret.example" not in text


@pytest.mark.parametrize("role", ROLES)
def test_refusals_tell_nothing_of_others(world, role):
    text = refusals(world, role)
    assert "malformed" in text or "not_joined" in text
    allowed = {"listed": {LISTED_ADDRESS}}.get(role, set(SECRETS) if role in WHO_MAY else set())
    assert {secret for secret in SECRETS if secret in text} <= allowed


def test_listed_names_and_claims_are_shown_to_everybody(world):
    for channel in ("room", "permanent address", "follow-ups", "export", "REST", "socket"):
        text = CHANNELS[channel][0](world, "visitor")
        assert LISTED in text, channel
        assert CLAIM in text, channel


def until_counted(socket, line):
    """All that is heard until the name is counted: by its tally, or with the whole line where that is told yet."""
    heard = []
    while not any(
        told.get("count") == 1 and line in (told.get("line"), told.get("id"))
        for frame in heard[-1:]
        for told in (frame, frame["line"] if isinstance(frame.get("line"), dict) else {})
    ):
        heard.append(socket.receive())
    return heard


def test_news_of_a_sign_up_carry_no_hidden_name_and_no_address(world):
    line = make_line(world.session, "Told live")
    whom = make_attendee(world.session, name="Live Hidden Hanna")
    visitor, moderator = world.people["visitor"], world.people["moderator"]
    with (
        visitor.socket(world.session.pk) as room,
        moderator.socket(world.session.pk, view="control") as control,
    ):
        person = Person(world.server, attendee=whom)
        said = {"email": "live@secret.example", "consent": True, "shown": False}
        assert person.rest("POST", f"sign-up-lines/{line.pk}/sign-ups/", said).code == ""
        for socket in (room, control):
            told = json.dumps(until_counted(socket, str(line.pk)))
            assert "Hanna" not in told
            assert "secret.example" not in told
        person.close()
