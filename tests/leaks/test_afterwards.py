"""What comes after the sessions, secret × role × channel: recap, exports, figures, calendars, chapters.

The recap is published while everything is still public; then results are hidden, questions dismissed, names taken back.
What everybody may read stays; what was hidden is nowhere any more but in the exports that ask for it, of those who may.
Leaks that are planted are found.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest

from opendev.core.attendance import Caller
from opendev.recap.services import draft_recap, publish_recap
from opendev.room.services import set_session_state
from polls.models import Option, Poll
from polls.services import set_poll_state
from sessions.follow_ups.models import SignUp, SignUpLine
from sessions.questions.models import Question
from sessions.questions.services.queue import set_question_state
from sessions.registrations.models import Registration, RegistrationImport, RegistrationRow
from tests.factories import (
    NOW,
    make_attendee,
    make_event,
    make_helper,
    make_line,
    make_moderator,
    make_organiser,
    make_poll,
    make_question,
    make_session,
    put_name,
)
from tests.factories.sessions import organiser_of
from tests.leaks.stored import Stored
from tests.support.inner_server import InnerServer
from tests.support.people import Person

ROLES = ("visitor", "attendee", "neighbour", "helper", "moderator", "organiser")
# Words that stand nowhere else, by what is secret about them; those of registrations are of the whole event.
SECRETS = {
    "result hidden from the beginning": ("43201", "43202"),
    "result hidden since": ("43203", "43204"),
    "archived poll": ("Archived apricot?", "43205"),
    "draft": ("Drafted date?",),
    "waiting question": ("Waiting walnut?",),
    "question dismissed since": ("Dismissed dill?",),
    "name taken back since": ("Vanished Vera",),
    "name that was never listed": ("Hidden Hanna", "hanna@secret.example"),
}
OF_EVENT = {"registration": ("Registered Rita", "rita@secret.example", "Rita Works")}
WRONG_ROW = {"wrong row": ("wrong-row@secret",)}
ALL = SECRETS | OF_EVENT | WRONG_ROW
PUBLIC = ("Public plum?", "43207", "Asked aloud?", "Listed Lisa")
FORMS = ("csv", "xlsx", "json", "md")


class World:
    """An event with a session that was public in all that it had, and is not any more."""

    def __init__(self, server: InnerServer) -> None:
        self.event, self.stored = make_event(), Stored()
        url = "https://video.example/1"
        self.session = session = make_session(self.event, state="upcoming", recording_url=url)
        set_session_state(session_id=session.pk, caller=self.caller, state="live", now=NOW)
        self.polls = {
            name: self.voted(name, *counts, **rules)
            for name, counts, rules in (
                ("Public plum?", (43207, 43208), {"state": "published"}),
                ("Hidden hazel?", (43201, 43202), {"state": "closed", "visibility": "after_publishing"}),
                ("Once open olive?", (43203, 43204), {"state": "published"}),
                ("Archived apricot?", (43205, 43206), {"state": "published"}),
            )
        }
        make_poll(session, state="draft", question="Drafted date?")
        make_question(session, "Asked aloud?", state="answered")
        make_question(session, "Waiting walnut?", state="waiting")
        dismissed = make_question(session, "Dismissed dill?", state="answered")
        line = make_line(session)
        vera = self.put(line, "Vanished Vera")
        self.put(line, "Listed Lisa")
        self.put(line, "Hidden Hanna", shown=False, email="hanna@secret.example", consent=True)
        self.register()
        draft_recap(event_id=self.event.pk, caller=self.caller, now=NOW)
        self.published = str(publish_recap(event_id=self.event.pk, caller=self.caller, now=NOW).paragraphs)
        self.hide(dismissed, vera)
        self.people = self.make_people(server)

    @property
    def caller(self) -> Caller:
        return organiser_of(self.event)

    def voted(self, question: str, *counts: int, **rules: Any) -> Poll:
        poll = make_poll(self.session, question=question, options=("a", "b"), **rules)
        for option, count in zip(poll.options.order_by("position"), counts, strict=True):
            Option.objects.filter(pk=option.pk).update(count=count)
        Poll.objects.filter(pk=poll.pk).update(ballots=sum(counts))
        return poll

    def put(self, line: SignUpLine, name: str, **said: Any) -> SignUp:
        return put_name(line, make_attendee(self.session, name=name), **said)

    def register(self) -> None:
        Registration.objects.create(
            event=self.event,
            email="rita@secret.example",
            name="Registered Rita",
            company="Rita Works",
            registered_at=NOW,
        )
        brought = RegistrationImport.objects.create(event=self.event, state="refused", bad=1, began_at=NOW)
        RegistrationRow.objects.create(
            brought=brought, number=2, email="wrong-row@secret", wrong_field="email", reason="No address."
        )

    def hide(self, dismissed: Question, vera: SignUp) -> None:
        for state in ("open", "dismissed"):
            set_question_state(question_id=dismissed.pk, caller=self.caller, state=state, now=NOW)
        Poll.objects.filter(pk=self.polls["Once open olive?"].pk).update(visibility="moderators")
        archived = self.polls["Archived apricot?"].pk
        set_poll_state(poll_id=archived, caller=self.caller, state="archived", now=NOW)
        SignUp.objects.filter(pk=vera.pk).update(shown=False)

    def make_people(self, server: InnerServer) -> dict[str, Person]:
        users = {
            "neighbour": make_moderator(make_session(self.event)),
            "helper": make_helper(self.session),
            "moderator": make_moderator(self.session),
            "organiser": make_organiser(self.event),
        }
        passes = {"attendee": make_attendee(self.session)}
        return {r: Person(server, user=users.get(r), attendee=passes.get(r)) for r in ROLES}


@pytest.fixture(scope="module")
def world(inner: InnerServer) -> Iterator[World]:
    made = World(inner)
    yield made
    for person in made.people.values():
        person.close()


def text_of(content: bytes) -> str:
    """What a file says; a workbook is a folder of such files."""
    if not content.startswith(b"PK"):
        return content.decode()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


Look = Callable[[World, Person], str]


def pages(*paths: str) -> Look:
    def read(world: World, who: Person) -> str:
        addresses = [path.format(e=world.event.slug, s=world.session.slug) for path in paths]
        text = "\n".join(text_of(world.stored.get(who, address).content) for address in addresses)
        return text.replace(",", "")  # of thousands

    return read


def rest(*paths: str) -> Look:
    def read(world: World, who: Person) -> str:
        return "\n".join(
            who.rest("GET", path.format(e=world.event.slug, s=world.session.pk)).text for path in paths
        )

    return read


def files(query: str) -> Look:
    places = ("/{e}/export", "/{e}/sessions/{s}/export")
    return pages(*(f"{place}.{form}{query}" for place in places for form in FORMS))


CHANNELS: dict[str, Look] = {
    "recap": pages("/{e}/recap/", *(f"/{{e}}/recap.{form}" for form in ("md", "html", "txt"))),
    "recap by REST": rest("events/{e}/recap/"),
    "recap being edited": pages("/{e}/recap/preview/", "/{e}/recap/versions/1/"),
    "exports": files(""),
    "exports by REST": rest("events/{e}/export/", "sessions/{s}/export/"),
    "exports of all": files("?hidden=1&people=1"),
    "exports of all by REST": rest(
        "events/{e}/export/?hidden=1&people=1", "sessions/{s}/export/?hidden=1&people=1"
    ),
    "figures": rest("events/{e}/figures/"),
    "registrations": pages("/{e}/registrations/"),
    "imports by REST": rest("events/{e}/registrations/imports/"),
    "calendar": pages("/{e}.ics", "/{e}/days/1.ics", "/{e}/sessions/{s}.ics"),
    "chapters": pages("/{e}/sessions/{s}/recording/"),
    "chapters by REST": rest("sessions/{s}/recording/"),
}
# Who meets what in which channel; everywhere else nobody meets anything.
SHOWS = {
    **{
        (channel, role): set(secrets)
        for channel in ("exports of all", "exports of all by REST")
        for role, secrets in (("moderator", SECRETS), ("organiser", SECRETS | OF_EVENT))
    },
    ("imports by REST", "organiser"): set(WRONG_ROW),
}
# What stands there for everybody, or, of the exports, for who may export: or the test would read empty pages.
STANDS: dict[str, tuple[str, ...]] = {
    "recap": PUBLIC,
    "recap by REST": PUBLIC,
    "figures": ("registered",),
    "calendar": ("SUMMARY:Session",),
    "chapters": ("Public plum?", "Asked aloud?", "Hidden hazel?"),
    "chapters by REST": ("Public plum?", "Asked aloud?", "Hidden hazel?"),
}
FOR_MODERATORS = {"exports": PUBLIC[:3], "exports by REST": PUBLIC[:3]}
FOR_ORGANISERS = {"recap being edited": PUBLIC, "registrations": ("Registered",)}


def look(world: World, role: str, channel: str) -> str:
    return CHANNELS[channel](world, world.people[role])


def told_in(text: str) -> set[str]:
    """The secrets of which a text tells anything."""
    return {secret for secret, words in ALL.items() if any(word in text for word in words)}


@pytest.mark.parametrize(("role", "channel"), list(product(ROLES, CHANNELS)))
def test_secret_is_nowhere_afterwards_but_where_it_is_asked_for(world, role, channel):
    text = look(world, role, channel)
    stands = STANDS.get(channel, ())
    if role in {"moderator", "organiser"}:
        stands = FOR_MODERATORS.get(channel, stands)
    if role == "organiser":
        stands = FOR_ORGANISERS.get(channel, stands)
    assert [word for word in stands if word not in text] == []
    assert told_in(text) == SHOWS.get((channel, role), set())


def test_recap_was_published_with_what_was_hidden_since(world):
    """Or the recap would hide what it never told."""
    for words in ("43203", "43205", "Dismissed dill?"):
        assert words in world.published


@pytest.mark.parametrize(
    ("door", "role", "channel", "secret"),
    [
        ("opendev.recap.reading.is_told", "visitor", "recap", "result hidden since"),
        ("opendev.recap.reading.is_public", "attendee", "recap by REST", "question dismissed since"),
        ("opendev.exports.tables.may_see_tally", "organiser", "exports", "result hidden from the beginning"),
        ("opendev.exports.tables.may_see_poll", "moderator", "exports by REST", "archived poll"),
    ],
)
def test_planted_leak_is_found(world, monkeypatch, door, role, channel, secret):
    monkeypatch.setattr(door, lambda *_given, **_known: True)
    assert secret in told_in(look(world, role, channel))


def test_leak_planted_in_the_chapters_is_found(world, monkeypatch):
    monkeypatch.setattr("opendev.recordings.chapters._secrets", lambda _session: set())
    assert {"archived poll", "question dismissed since"} <= told_in(look(world, "visitor", "chapters"))
