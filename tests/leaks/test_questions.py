"""The leak matrix of questions: one that waits or was dismissed, its text, votes and existence, role × channel.

Each hidden question holds a word and a number of votes that stand nowhere else. Moderators, helpers and its author meet
them; nobody else does, in any page, answer, snapshot or news. Leaks that are planted are found.
"""

import json
from contextlib import ExitStack
from itertools import product

import pytest
from websockets.exceptions import InvalidStatus

from opendev.core.attendance import Caller
from sessions.questions import news
from sessions.questions.models import Question
from sessions.questions.services.queue import merge_question, set_question_state
from tests.factories import (
    NOW,
    make_attendee,
    make_helper,
    make_moderator,
    make_organiser,
    make_question,
    make_session,
)
from tests.factories.sessions import organiser_of
from tests.leaks.stored import Stored
from tests.support.people import Person, open_socket

ROLES = ("visitor", "attendee", "author", "neighbour", "helper", "moderator", "organiser")
KEEPERS = {"helper", "moderator", "organiser"}
HIDDEN = ("waiting", "dismissed", "merged while waiting", "merged while open")


class Questions:
    """A session with one question of each hidden kind, one that all may see, and everybody's browser."""

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
        self.public = make_question(self.session, "Everybody may read this?")
        self.hidden = {kind: self.make(kind, number) for number, kind in enumerate(HIDDEN)}

    def make(self, kind, number):
        """A question of a kind, with a word of its own and 54321 votes and some."""
        state = kind.rpartition(" ")[2]
        question = make_question(self.session, f"Secret-{number}-word?", state=state, attendee=self.author)
        Question.objects.filter(pk=question.pk).update(votes=54321 + number)
        if kind.startswith("merged"):
            merge_question(
                question_id=question.pk, caller=organiser_of(self.session.event), into=self.public.pk, now=NOW
            )
        return question

    def words(self, kind):
        """What tells of the question: its id, its text, its votes."""
        number, question = HIDDEN.index(kind), self.hidden[kind]
        # A duplicate that everybody could see is named by the question that it stands in now.
        identity = [] if kind == "merged while open" else [str(question.pk)]
        return [f"Secret-{number}-word", str(54321 + number), *identity]

    def close(self):
        for person in self.people.values():
            person.close()


@pytest.fixture(scope="module")
def asked(inner):
    made = Questions(inner)
    yield made
    made.close()


def snapshot(asked, role, **how):
    try:
        with open_socket(asked.server, asked.session.pk, **how) as socket:
            return json.dumps(socket.snapshot)
    except InvalidStatus as refusal:
        return f"refused with {refusal.response.status_code}"


def page(name):
    return lambda asked, who: asked.stored.get(who, asked.session.address(name)).text


CHANNELS = {
    "room": page("room"),
    "screen": page("screen"),
    "control": page("control"),
    "programme": lambda asked, who: asked.stored.get(who, f"/{asked.session.event.slug}/").text,
    "REST list": lambda asked, who: who.rest("GET", f"sessions/{asked.session.pk}/questions/").text,
    "REST detail": lambda asked, who: "".join(
        who.rest("GET", f"questions/{question.pk}/").text for question in asked.hidden.values()
    ),
    "REST similar": lambda asked, who: "".join(
        who.rest("GET", f"sessions/{asked.session.pk}/questions/similar/?text={question.text}").text
        for question in asked.hidden.values()
    ),
    "REST session": lambda asked, who: who.rest("GET", f"sessions/{asked.session.pk}/").text,
    "REST target": lambda asked, who: who.rest("GET", f"questions/{asked.public.pk}/").text,
    "socket": lambda asked, who: snapshot(asked, who, cookies=who.cookies),
    "socket for moderators": lambda asked, who: snapshot(asked, who, cookies=who.cookies, view="control"),
    "socket by token": lambda asked, who: snapshot(asked, who, token=who.token),
    "refusals": lambda asked, who: "".join(
        who.rest(method, f"questions/{question.pk}/{tail}", body).text
        for question in asked.hidden.values()
        for method, tail, body in (
            ("PUT", "upvote/", None),
            ("PATCH", "", {"text": ""}),
            ("PUT", "state/", {"state": "x"}),
        )
    ),
}
# Where those who may know of a hidden question meet it.
SHOWS = {
    "REST list": {*KEEPERS, "author"},
    "REST detail": {*KEEPERS, "author"},
    "socket by token": {*KEEPERS, "author"},
    "socket": {"author"},
    "socket for moderators": KEEPERS,
}


def told_in(asked, role, channel):
    """The hidden questions of which a text tells anything."""
    text = CHANNELS[channel](asked, asked.people[role])
    return {kind for kind in HIDDEN if any(word in text for word in asked.words(kind))}


@pytest.mark.parametrize(("role", "channel"), list(product(ROLES, CHANNELS)))
def test_hidden_question_is_where_it_belongs_and_nowhere_else(asked, role, channel):
    told = told_in(asked, role, channel)
    if role in SHOWS.get(channel, ()):
        assert told == set(HIDDEN)
    elif role not in {*KEEPERS, "author"}:
        assert told == set()


def who_hears_of_it(asked):
    """Who hears anything while a question waits and is dismissed; news of a public one end the listening."""
    caller = Caller(user_id=asked.people["organiser"].user.pk)
    with ExitStack() as stack:
        sockets = {}
        for role, who in asked.people.items():
            view = "control" if role in KEEPERS else ""
            opened = open_socket(asked.server, asked.session.pk, cookies=who.cookies, view=view)
            sockets[role] = stack.enter_context(opened)
        question = make_question(asked.session, "Whispered?", state="waiting", attendee=asked.author)
        set_question_state(question_id=question.pk, caller=caller, state="dismissed", now=NOW)
        first = json.dumps(
            sockets["author"].next("question.changed")
        )  # or the bell, being younger, would be told before it
        bell = make_question(asked.session, "A bell?")
        heard = {}
        for role, socket in sockets.items():
            heard[role] = json.dumps(socket.heard) + (first if role == "author" else "")
            while not is_of(frame := socket.receive(), bell):
                heard[role] += json.dumps(frame)
            heard[role] += json.dumps([frame, socket.drain(quiet=0.6)])  # several may stand in one frame
    return {role for role, text in heard.items() if str(question.pk) in text or "Whispered" in text}


def test_news_of_a_hidden_question_reach_its_author_and_the_keepers_alone(asked):
    assert who_hears_of_it(asked) == {*KEEPERS, "author"}


def is_of(frame, question):
    told = [frame["question"]] if isinstance(frame.get("question"), dict) else frame.get("questions", [])
    return frame["type"] != "question.tally" and str(question.pk) in {one["id"] for one in told}


def test_planted_leak_is_found(asked, monkeypatch):
    monkeypatch.setattr("sessions.questions.serializers.is_public", lambda question: True)
    monkeypatch.setattr("sessions.questions.permissions.is_public", lambda question: True)
    assert told_in(asked, "visitor", "REST list") == told_in(asked, "attendee", "REST detail") == set(HIDDEN)


def test_leak_planted_in_the_news_is_heard(asked, monkeypatch):
    usual = news.question_json
    monkeypatch.setattr(news, "question_json", lambda question, audience: usual(question, "moderators"))
    assert who_hears_of_it(asked) == set(ROLES)
