"""What the sockets of a session hear while its polls go through their lives."""

import json
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from polls.models import Poll
from polls.services import finalise_due_polls, set_poll_state
from sessions.programme.models import Session
from tests.factories import make_attendee, make_poll, options_of
from tests.factories.polls import NOW
from tests.factories.sessions import organiser_of
from tests.leaks.world import VISIBILITIES, World, may_see, numbers_in
from tests.support.people import Person, Socket, open_socket

Frame = dict[str, Any]


@dataclass
class Listener:
    """A socket, and the audience that it belongs to."""

    socket: Socket
    audience: str
    heard: list[Frame] = field(default_factory=list)


class Stage:
    """A session in which one poll of each visibility begins as a draft, and the sockets of all roles."""

    def __init__(self, world: World, stack: ExitStack) -> None:
        self.world, self.session = world, world.new_session()
        self.polls: dict[str, Poll] = {
            visibility: make_poll(
                self.session,
                state="draft",
                visibility=visibility,
                question=f"Draft {visibility}?",
                kind=world.kind.kind,
                **world.kind.rules,
            )
            for visibility in VISIBILITIES
        }
        self.bell = make_poll(self.session, visibility="always")
        self.rings = 0
        person, voted = world.people, make_attendee(self.session)
        self.voted = Person(world.server, attendee=voted)
        stack.callback(self.voted.close)
        self.listeners = {
            "visitor": self.listen(stack, person["visitor"], "everybody"),
            "attendee": self.listen(stack, person["attendee"], "everybody"),
            "voted": self.listen(stack, self.voted, "everybody"),
            "neighbour": self.listen(stack, person["neighbour"], "everybody"),
            "moderator in the room": self.listen(stack, person["moderator"], "everybody"),
            "moderator": self.listen(stack, person["moderator"], "moderators", view="control"),
            "organiser's program": self.listen(stack, person["organiser"], "moderators", by_token=True),
        }

    def listen(
        self, stack: ExitStack, person: Person, audience: str, *, view: str = "", by_token: bool = False
    ) -> Listener:
        token, cookies = (person.token, None) if by_token else (None, person.cookies)
        opened = open_socket(self.world.server, self.session.pk, token=token, cookies=cookies, view=view)
        return Listener(stack.enter_context(opened), audience)

    def move(self, state: str) -> None:
        caller = organiser_of(self.session.event)
        for visibility, poll in self.polls.items():
            moved = set_poll_state(poll_id=poll.pk, caller=caller, state=state, now=NOW)
            self.polls[visibility] = moved
        due = Poll.objects.filter(session=self.session, closed_at__isnull=False, finalised_at__isnull=True)
        while due.exists():  # now, or the server does it in the middle of the next step
            finalise_due_polls(timezone.now())

    def vote(self, person: Person) -> None:
        for poll in self.polls.values():
            body = self.world.kind.body(poll)
            assert person.rest("PUT", f"polls/{poll.pk}/ballot/", body).status == 200

    def vote_as_somebody_else(self) -> None:
        """Their votes find a tally that nothing else looks like."""
        for poll in self.polls.values():
            self.world.set_numbers(poll)
        somebody = Person(self.world.server, attendee=make_attendee(self.session))
        self.vote(somebody)
        somebody.close()

    def hear(self) -> None:
        """Ring the bell, a vote in a poll of its own, and keep what every socket hears until then."""
        self.rings += 1
        ringer = Person(self.world.server, attendee=make_attendee(self.session))
        body = {"options": [str(options_of(self.bell)["a"])]}
        assert ringer.rest("PUT", f"polls/{self.bell.pk}/ballot/", body).status == 200
        ringer.close()
        for listener in self.listeners.values():
            listener.heard = []
            while not self.is_bell(frame := listener.socket.receive()):
                listener.heard.append(frame)

    def is_bell(self, frame: Frame) -> bool:
        rang = frame.get("poll") == str(self.bell.pk) or dict_of(frame.get("poll")).get("id") == str(
            self.bell.pk
        )
        return rang and (frame.get("ballots") or dict_of(frame.get("poll")).get("ballots")) == self.rings

    def faults(self, state: str, *, speaks: bool) -> dict[str, str]:
        """What is wrong with what was heard of the polls in this state, by listener and visibility."""
        self.hear()
        found = {}
        for name, listener in self.listeners.items():
            texts = self.texts_by_poll(listener)
            for visibility, poll in self.polls.items():
                combination = f"{state}/{visibility}"
                counts, text = set(self.world.counts(poll)), texts[str(poll.pk)]
                seen = numbers_in(text)
                sees = may_see(listener.audience, combination)
                leaked = seen & self.moderated_in(poll) if sees else seen & (counts | self.moderated_in(poll))
                if leaked:
                    found[f"{name}, {combination}"] = f"leaked {sorted(leaked)}"
                if speaks and sees and not counts <= seen:
                    found[f"{name}, {combination}"] = f"lacks {sorted(counts - seen)}"
                if (
                    state in {"draft", "archived"}
                    and poll.question in text
                    and listener.audience != "moderators"
                ):
                    found[f"{name}, {combination}"] = "exists"
        return found

    def moderated_in(self, poll: Poll) -> set[int]:
        return set(self.world.kind.moderated(self.world.drawn.get(poll.pk, [])))

    def texts_by_poll(self, listener: Listener) -> dict[str, str]:
        texts: dict[str, str] = defaultdict(str)
        for frame in listener.heard:
            poll = frame.get("poll")
            texts[str(poll["id"] if isinstance(poll, dict) else poll)] += json.dumps(frame)
        return texts


def dict_of(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def faults_of_a_life(world: World) -> dict[str, str]:
    """Take five polls through their lives, and say what was wrong in what anybody heard."""
    found: dict[str, str] = {}
    with ExitStack() as stack:
        stage = Stage(world, stack)
        mend(stage.session, stage.polls)
        found |= stage.faults("draft", speaks=False)
        stage.move("live")
        found |= stage.faults("live", speaks=False)
        stage.vote_as_somebody_else()
        found |= stage.faults("live", speaks=True)
        stage.vote(stage.voted)
        stage.listeners["voted"].audience = "voted"
        found |= stage.faults("live", speaks=True)
        stage.vote_as_somebody_else()
        found |= stage.faults("live", speaks=True)
        for state in ("closed", "published", "archived"):
            stage.move(state)
            found |= stage.faults(state, speaks=True)
    return found


def mend(session: Session, polls: dict[str, Poll]) -> None:
    """Say the drafts once more."""
    caller = organiser_of(session.event)
    for poll in polls.values():
        set_poll_state(poll_id=poll.pk, caller=caller, state="archived", now=NOW)
        set_poll_state(poll_id=poll.pk, caller=caller, state="draft", now=NOW)
