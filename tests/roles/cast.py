"""The people of docs/roles.md: one session, and somebody in each role."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from opendev.core.attendance import Caller
from opendev.room.consumers import DISPLAY_COOKIE
from sessions.displays.services import make_display_link
from tests.factories import (
    make_attendee,
    make_event,
    make_helper,
    make_moderator,
    make_organiser,
    make_poll,
    make_session,
)
from tests.factories.polls import record, vote_for
from tests.support.doors import At
from tests.support.people import Address, Answer, Person

ROLES = ("organiser", "moderator", "helper", "moderator elsewhere", "display", "attendee", "outsider")
SIGNED_IN = ROLES[:4]


class Cast:
    """One session, and a person in each role; those who are signed in once more as attendees."""

    def __init__(self, server: Address) -> None:
        self.server = server
        self.event = make_event()
        self.session = make_session(self.event)
        self.users = {
            "organiser": make_organiser(self.event),
            "moderator": make_moderator(self.session),
            "helper": make_helper(self.session),
            "moderator elsewhere": make_moderator(make_session(self.event)),
        }
        self.made: list[Person] = []
        self.polls: dict[str, At] = {}

    def by_right(self) -> dict[str, Any]:
        """What a service of the session's moderators wants to know."""
        caller = Caller(user_id=self.users["moderator"].pk)
        return {"session_id": self.session.pk, "caller": caller, "now": timezone.now()}

    def make_display(self) -> Person:
        """Whoever has nothing but a display link; opening it leaves a cookie for the session's socket."""
        made = Person(self.server)
        _link, token = make_display_link(**self.by_right())
        made.screen = self.session.address("display", token=token)
        made.cookies[DISPLAY_COOKIE] = made.get(made.screen).cookies[DISPLAY_COOKIE]
        return made

    def somebody(self, role: str, *, joined: bool) -> Person:
        """A new browser of the person in this role, who joined the session or did not."""
        attendee = make_attendee(self.session) if joined else None
        if role == "display":
            made = self.make_display()
        else:
            made = Person(self.server, user=self.users.get(role), attendee=attendee)
        self.made.append(made)
        return made

    def close(self) -> None:
        for person in self.made:
            person.close()

    def poll(self, **rules: Any) -> At:
        """A poll for a try; the next try has it too, unless this one changed something and `forget` was said."""
        known = str(sorted(rules.items()))
        if known not in self.polls:
            votes = rules.pop("votes", False)
            poll = make_poll(self.session, **rules)
            if votes:
                record(vote_for(poll, make_attendee(self.session), "b"))
            self.polls[known] = At(self.session, poll)
        return self.polls[known]

    def forget(self) -> None:
        self.polls = {}


Try = Callable[[Cast, Person], Answer]
