"""The leak matrix of suggested follow-ups: one that waits or was dismissed, its title, supporters and existence.

Each hidden suggestion holds a word and a number of supporters that are nowhere else. Moderators and its author meet
them; nobody else does, helpers among them, in any page, answer, snapshot, news or file. Planted leaks are found.
"""

import json
from contextlib import ExitStack
from itertools import product

import pytest
from websockets.exceptions import InvalidStatus

from opendev.core.attendance import Caller
from sessions.suggestions import news
from sessions.suggestions.models import Suggestion
from sessions.suggestions.services.moving import set_suggestion_state
from tests.factories import (
    NOW,
    make_attendee,
    make_helper,
    make_moderator,
    make_organiser,
    make_session,
    make_suggestion,
)
from tests.leaks.stored import Stored
from tests.support.people import Person, open_socket

ROLES = ("visitor", "attendee", "author", "neighbour", "helper", "moderator", "organiser")
MODERATORS = {"moderator", "organiser"}
HIDDEN = ("waiting", "dismissed")


class Suggestions:
    """A session with one suggestion of each hidden kind, one that all may see, and everybody's browser."""

    def __init__(self, server):
        self.server, self.session = server, make_session()
        event, self.stored = self.session.event, Stored()
        users = {
            "neighbour": make_moderator(make_session(event)),
            "helper": make_helper(self.session),
            "moderator": make_moderator(self.session),
            "organiser": make_organiser(event),
        }
        self.author = make_attendee(self.session)
        passes = {"attendee": make_attendee(self.session), "author": self.author}
        self.people = {r: Person(server, user=users.get(r), attendee=passes.get(r)) for r in ROLES}
        self.public = make_suggestion(self.session, "Everybody may read this")
        self.hidden = {state: self.make(state, number) for number, state in enumerate(HIDDEN)}

    def make(self, state, number):
        """A suggestion with a word of its own and 54321 supporters and some."""
        suggestion = make_suggestion(self.session, f"Secret-{number}-word", state=state, attendee=self.author)
        Suggestion.objects.filter(pk=suggestion.pk).update(supporters=54321 + number)
        return suggestion

    def words(self, state):
        """What tells of the suggestion: its id, its title, its supporters."""
        number = HIDDEN.index(state)
        return [f"Secret-{number}-word", str(54321 + number), str(self.hidden[state].pk)]

    def close(self):
        for person in self.people.values():
            person.close()


@pytest.fixture(scope="module")
def suggested(inner):
    made = Suggestions(inner)
    yield made
    made.close()


def snapshot(suggested, **how):
    try:
        with open_socket(suggested.server, suggested.session.pk, **how) as socket:
            return json.dumps(socket.snapshot)
    except InvalidStatus as refusal:
        return f"refused with {refusal.response.status_code}"


def page(name):
    return lambda at, who: at.stored.get(who, at.session.address(name)).text


def in_event(path):
    return lambda at, who: at.stored.get(who, f"/{at.session.event.slug}/{path}").text


def of_each(method, tail="", body=None):
    return lambda at, who: "".join(
        who.rest(method, f"suggestions/{each.pk}/{tail}", body).text for each in at.hidden.values()
    )


CHANNELS = {
    "room": page("room"),
    "screen": page("screen"),
    "control": page("control"),
    "programme": in_event(""),
    "follow-ups": in_event("follow-ups/"),
    "follow-ups file": in_event("follow-ups/export.csv"),
    "REST list": lambda at, who: who.rest("GET", f"sessions/{at.session.pk}/suggestions/").text,
    "REST detail": of_each("GET"),
    "REST similar": lambda at, who: "".join(
        who.rest("GET", f"sessions/{at.session.pk}/suggestions/similar/?title={each.title}").text
        for each in at.hidden.values()
    ),
    "REST lines": lambda at, who: who.rest("GET", f"sessions/{at.session.pk}/sign-up-lines/").text,
    "REST export": lambda at, who: who.rest("GET", f"sessions/{at.session.pk}/export/").text,
    "socket": lambda at, who: snapshot(at, cookies=who.cookies),
    "socket for moderators": lambda at, who: snapshot(at, cookies=who.cookies, view="control"),
    "socket by token": lambda at, who: snapshot(at, token=who.token),
    "refused support": of_each("PUT", "support/"),
    "refused title": of_each("PATCH", "", {"title": ""}),
    "refused state": of_each("PUT", "state/", {"state": "x"}),
}
# Where those who may know of a hidden suggestion meet it.
SHOWS = {
    "control": MODERATORS,
    "REST list": {*MODERATORS, "author"},
    "REST detail": {*MODERATORS, "author"},
    "socket by token": {*MODERATORS, "author"},
    "socket": {"author"},
    "socket for moderators": MODERATORS,
}


def told_in(suggested, role, channel):
    """The hidden suggestions of which a text tells anything."""
    text = CHANNELS[channel](suggested, suggested.people[role])
    return {state for state in HIDDEN if any(word in text for word in suggested.words(state))}


@pytest.mark.parametrize(("role", "channel"), list(product(ROLES, CHANNELS)))
def test_hidden_suggestion_is_where_it_belongs_and_nowhere_else(suggested, role, channel):
    told = told_in(suggested, role, channel)
    if role in SHOWS.get(channel, ()):
        assert told == set(HIDDEN)
    elif role not in {*MODERATORS, "author"}:
        assert told == set()


def who_hears_of_it(suggested):
    """Who hears anything while a suggestion waits and is dismissed; news of a public one end the listening."""
    caller = Caller(user_id=suggested.people["organiser"].user.pk)
    with ExitStack() as stack:
        sockets = {}
        for role, who in suggested.people.items():
            view = "control" if role in {*MODERATORS, "helper"} else ""
            opened = open_socket(suggested.server, suggested.session.pk, cookies=who.cookies, view=view)
            sockets[role] = stack.enter_context(opened)
        suggestion = make_suggestion(
            suggested.session, "Whispered", state="waiting", attendee=suggested.author
        )
        set_suggestion_state(suggestion_id=suggestion.pk, caller=caller, state="dismissed", now=NOW)
        first = json.dumps(sockets["author"].next("suggestion.changed"))
        bell = make_suggestion(suggested.session, "A bell")
        heard = {}
        for role, socket in sockets.items():
            heard[role] = json.dumps(socket.heard) + (first if role == "author" else "")
            while not is_of(frame := socket.receive(), bell):
                heard[role] += json.dumps(frame)
            heard[role] += json.dumps(socket.drain(quiet=0.6))
    Suggestion.objects.filter(pk__in=[suggestion.pk, bell.pk]).delete()
    return {role for role, text in heard.items() if str(suggestion.pk) in text or "Whispered" in text}


def is_of(frame, suggestion):
    told = frame.get("suggestion")
    return isinstance(told, dict) and told["id"] == str(suggestion.pk)


def test_news_of_a_hidden_suggestion_reach_its_author_and_moderators_alone(suggested):
    assert who_hears_of_it(suggested) == {*MODERATORS, "author"}


def test_planted_leak_is_found(suggested, monkeypatch):
    monkeypatch.setattr("sessions.suggestions.serializers.is_public", lambda suggestion: True)
    monkeypatch.setattr("sessions.suggestions.permissions.is_public", lambda suggestion: True)
    assert told_in(suggested, "visitor", "REST list") == set(HIDDEN)
    assert told_in(suggested, "helper", "REST detail") == set(HIDDEN)


def test_leak_planted_in_the_news_is_heard(suggested, monkeypatch):
    usual = news.suggestion_json
    monkeypatch.setattr(news, "suggestion_json", lambda suggestion, audience: usual(suggestion, "moderators"))
    assert who_hears_of_it(suggested) == set(ROLES)
