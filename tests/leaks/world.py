"""Polls in every state and of every visibility, with tallies that nothing else looks like, and who looks at them."""

import random
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

import httpx
from django.db import transaction
from django.utils import timezone

from opendev.core.attendance import AttendeePass
from polls.kinds import DEFAULT
from polls.models import Poll
from polls.services import Recorded, finalise_due_polls, record_ballots, set_poll_state
from polls.services.states import lock_poll, save_and_tell
from sessions.displays.services import make_display_link
from sessions.programme.models import Person as PersonRow
from sessions.programme.models import Session, SessionRole
from tests.factories import (
    NOW,
    make_attendee,
    make_event,
    make_moderator,
    make_organiser,
    make_poll,
    make_session,
)
from tests.factories.polls import WAY_TO
from tests.factories.sessions import organiser_of
from tests.leaks.stored import Stored
from tests.leaks.tallies import tallies_of
from tests.support.people import Address, Person

STATES = ("draft", "live", "closed", "published", "archived")
VISIBILITIES = ("always", "after_voting", "after_close", "after_publishing", "moderators")
COMBINATIONS = [f"{state}/{visibility}" for state, visibility in product(STATES, VISIBILITIES)]
LAUNCHED = [name for name in COMBINATIONS if not name.startswith(("draft", "archived"))]
UNKNOWN_TO_THE_ROOM = [name for name in COMBINATIONS if name not in LAUNCHED]
ROLES = ("visitor", "attendee", "voted", "neighbour", "moderator", "organiser")
OPTIONS = ("a", "b", "c")

# As docs/privacy.md says it, and written again here: from whom on the tally is seen while live, closed and published.
SEEN_FROM = {
    "always": ("everybody", "everybody", "everybody"),
    "after_voting": ("voted", "everybody", "everybody"),
    "after_close": ("moderators", "everybody", "everybody"),
    "after_publishing": ("moderators", "moderators", "everybody"),
    "moderators": ("moderators", "moderators", "moderators"),
}
WIDTH = {"moderators": 0, "voted": 1, "everybody": 2}


def may_see(audience: str, combination: str) -> bool:
    """Whether the tally is for this audience."""
    state, visibility = combination.split("/")
    if state in {"draft", "archived"}:
        return audience == "moderators"
    seen_from = SEEN_FROM[visibility][("live", "closed", "published").index(state)]
    return WIDTH[audience] <= WIDTH[seen_from]


class World:
    """One session with all 25 polls, and for each launched poll a session of its own, where it is on air."""

    def __init__(self, server: Address, kind: str = DEFAULT, on_air: Sequence[str] = LAUNCHED) -> None:
        self.server, self.kind = server, tallies_of(kind)
        self.stored = Stored()
        # Nine digits, which no port and no date has: of a billion tokens, hashes and tickets on the pages one holds
        # such a number by chance. Three of them still fit into a column of the database.
        self.numbers = iter(random.Random(7).sample(range(100_000_000, 700_000_000), 1_000))
        self.event = make_event()
        self.session, elsewhere = make_session(self.event), make_session(self.event)
        self.people = self.make_people(elsewhere)
        self.drawn: dict[int, list[int]] = {}
        self.displays: dict[int, str] = {}
        self.polls = {name: self.make_poll(self.session, name) for name in COMBINATIONS}
        self.alone = {name: self.make_poll(self.new_session(), name) for name in on_air}
        finalise_due_polls(timezone.now())  # or the server does, sooner or later
        self.tallies = {poll.pk: self.counts(poll) for _, poll in self.every_poll()}
        self.moderated = {pk: set(self.kind.moderated(drawn)) for pk, drawn in self.drawn.items()}
        self.retell()

    def make_people(self, elsewhere: Session) -> dict[str, Person]:
        self.moderating = make_moderator(self.session)
        users = {
            "neighbour": make_moderator(elsewhere),
            "moderator": self.moderating,
            "organiser": make_organiser(self.event),
        }
        self.passes = {role: make_attendee(self.session) for role in ("attendee", "voted")}
        return {
            role: Person(self.server, user=users.get(role), attendee=self.passes.get(role)) for role in ROLES
        }

    def close(self) -> None:
        for person in self.people.values():
            person.close()

    def display(self, session: Session) -> str:
        """The token of a session's display link."""
        if session.pk not in self.displays:
            caller = organiser_of(self.event)
            self.displays[session.pk] = make_display_link(session_id=session.pk, caller=caller, now=NOW)[1]
        return self.displays[session.pk]

    def new_session(self) -> Session:
        session = make_session(self.event)
        person = PersonRow.objects.get(event=self.event, user=self.moderating)
        SessionRole.objects.create(session=session, person=person, role=SessionRole.Role.MODERATOR)
        return session

    def make_poll(self, session: Session, combination: str) -> Poll:
        """A poll that went the legal way, was voted in while it was live, and got its tally."""
        state, visibility = combination.split("/")
        question = f"Question {combination} of session {session.pk}?"
        texts = [f"{text} {combination} {session.pk}" for text in OPTIONS]
        way = WAY_TO[state]
        first = "live" if way else "draft"
        poll = make_poll(
            session,
            state=first,
            options=texts,
            visibility=visibility,
            question=question,
            kind=self.kind.kind,
            **self.kind.rules,
        )
        if way:
            [outcome] = record_ballots([self.kind.vote(poll, self.passes["voted"])], NOW).outcomes
            assert isinstance(outcome, Recorded), outcome
            self.set_numbers(poll)
        for step in way[1:]:
            caller = organiser_of(self.event)
            poll = set_poll_state(poll_id=poll.pk, caller=caller, state=step, now=NOW)
        return poll

    def set_numbers(self, poll: Poll) -> None:
        """Have the poll's tally hold numbers that are nowhere else."""
        self.drawn[poll.pk] = [next(self.numbers) for _ in range(self.kind.drawn)]
        self.kind.put(poll, self.drawn[poll.pk])

    def counts(self, poll: Poll) -> list[int]:
        """The tally's numbers as they stand; of a draft, which was never voted in, nothing."""
        return self.kind.read(poll) if poll.launched_at else []

    def every_poll(self) -> Iterator[tuple[str, Poll]]:
        yield from self.polls.items()
        yield from self.alone.items()

    def retell(self) -> None:
        """Have the server's sockets know the polls as they stand in the database now."""
        for _, poll in self.every_poll():
            with transaction.atomic():
                save_and_tell(lock_poll(poll.pk))

    def shift_hidden(self, audience: str) -> None:
        """Have each tally that is not for this audience belong to other options; how many voted stays."""
        for combination, poll in self.every_poll():
            if poll.pk in self.drawn:
                self.kind.put(poll, self.drawn[poll.pk], turned=not may_see(audience, combination))
        self.retell()

    def shift_back(self) -> None:
        self.shift_hidden("moderators")

    def voter(self) -> AttendeePass:
        return make_attendee(self.session)


CHANGING = [
    (re.compile(r'value="\w{64}"'), 'value="csrf"'),
    (re.compile(r"\n<!-- [\w-]* -->\n?"), ""),  # the random length of a compressed page (docs/adr/0045)
    (re.compile(r'"version": ?\d+'), '"version": 0'),
    (re.compile(r'"now": ?"[^"]*"'), '"now": ""'),
    (re.compile(r"(,\s+)?\d+(</span>)? here"), ""),
    (re.compile(r'"present": ?\d+'), '"present": 0'),
    (re.compile(r"data-present>\d+"), "data-present>0"),
    (re.compile(r'<progress\s+data-progress\s+max="\d+"'), '<progress data-progress max="0"'),
]


@lru_cache(maxsize=1_000)  # one text often stands for many polls
def steady(text: str) -> str:
    """The text without what differs from answer to answer: CSRF tokens, versions, the time, who is here."""
    for pattern, replacement in CHANGING:
        text = pattern.sub(replacement, text)
    return text


@lru_cache(maxsize=1_000)
def numbers_in(text: str) -> frozenset[int]:
    """What could be one of a world's tallies, also where it stands between letters."""
    return frozenset(int(digits) for digits in re.findall(r"(?<!\d)\d{9}(?!\d)", text))


def bytes_of(response: httpx.Response) -> dict[str, Any]:
    """All of an answer that a stranger could compare with another one."""
    every_time_new = {"date", "set-cookie", "x-request-id"}
    headers = {name: value for name, value in response.headers.items() if name not in every_time_new}
    return {"status": response.status_code, "headers": headers, "body": steady(response.text)}
