"""Events with a day, sessions, and the people in them."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import User

from opendev.core.attendance import AttendeePass, Caller
from sessions.attendees.services.joining import join_session
from sessions.programme.models import Event, EventDay, Person, Session, SessionRole

NOW = datetime(2020, 4, 28, 15, 0, tzinfo=UTC)
_numbers = count(1)


def make_event(**fields: Any) -> Event:
    """A public event with one day."""
    number = next(_numbers)
    given = {"slug": f"event-{number}", "name": f"Event {number}", "visibility": Event.Visibility.PUBLIC}
    event = Event.objects.create(**{**given, **fields})
    EventDay.objects.create(event=event, number=1, date=NOW.date())
    return event


def make_session(event: Event | None = None, **fields: Any) -> Session:
    """A session on the first day of the event; live, unless `state` says otherwise."""
    event = event or make_event()
    number = next(_numbers)
    given = {
        "slug": f"session-{number}",
        "title": f"Session {number}",
        "starts_at": NOW + timedelta(minutes=number),
        "minutes": 60,
        "state": Session.State.LIVE,
        **fields,
    }
    if given["state"] == Session.State.LIVE:
        given.setdefault("went_live_at", NOW)
    session = Session.objects.create(day=event.days.get(number=1), **given)
    session.event = event
    return session


def make_user(name: str = "") -> User:
    """Somebody who can sign in."""
    number = next(_numbers)
    first, _, last = name.partition(" ")
    return User.objects.create(username=f"user-{number}", first_name=first, last_name=last)


def make_moderator(session: Session, name: str = "John Garbutt") -> User:
    """A person of the event who moderates this session alone."""
    number, user = next(_numbers), make_user(name)
    person = Person.objects.create(event=session.event, slug=f"person-{number}", name=name, user=user)
    SessionRole.objects.create(session=session, person=person, role=SessionRole.Role.MODERATOR)
    return user


def make_organiser(event: Event) -> User:
    """Somebody who may moderate every session of the event."""
    user = make_user("Organiser")
    event.organisers.add(user)
    return user


def organiser_of(event: Event) -> Caller:
    """One organiser of the event as a caller, made when it has none."""
    user = event.organisers.first() or make_organiser(event)
    return Caller(user_id=user.pk)


def make_attendee(session: Session, **said: str) -> AttendeePass:
    """The pass of somebody who joined the session, on a device of their own."""
    _attendee, attendee_pass = join_session(
        session_id=session.pk, known=None, has_open_line=False, now=NOW, **said
    )
    return attendee_pass
