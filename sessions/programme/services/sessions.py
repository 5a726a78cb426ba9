"""Creating, editing, ordering and splitting sessions. For the event's organisers."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from opendev.core.attendance import Caller
from opendev.core.errors import Malformed, NotFound
from opendev.core.languages import shared_language
from opendev.core.text import clean_word
from sessions.programme.models import Event, EventDay, Session, SessionRole
from sessions.programme.services import forms_read as read
from sessions.programme.services.calendar_entries import keep_calendars_of_people
from sessions.programme.services.changes import SessionHasBegun, change_session, shifted
from sessions.programme.services.events import person_of
from sessions.programme.services.locks import lock_event
from sessions.programme.services.numbering import free_slug

TEXTS: read.Readers = {
    "title": read.a_line(300, required=True),
    "subtitle": read.a_line(300),
    "short_title": read.a_line(120),
    "part": read.a_line(40),
    "topic": read.a_text(10_000),
    "description": read.a_text(20_000),
    "prompts": read.a_text(4000),
    "place": read.a_line(120),
    "track": read.a_line(120),
    "kind": read.a_line(60),
    "language": read.any_language,
    "call_url": read.an_address(500),
    "recording_url": read.an_address(500),
    "minutes": read.minutes,
    "runs_by_clock": read.yes_or_no,
}
# Hosts and presenters have no rights; moderators and helpers are invited (sessions/programme/services/team.py).
WITHOUT_RIGHTS = (SessionRole.Role.HOST, SessionRole.Role.PRESENTER)


def _read(event: Event, given: Mapping[str, Any], over: Session | None) -> dict[str, Any]:
    """Return the given fields of a session; its day and local time are converted into an instant."""
    readers = {**TEXTS, "day": lambda value, field: _day(event, value, field), "time": read.a_time}
    values = read.read_fields(given, readers)
    clock = values.pop("time", None)
    if over is not None and ("day" in values or clock is not None):
        values["starts_at"] = _moved(event, over, values.get("day", over.day), clock)
    elif clock is not None:
        values["starts_at"] = datetime.combine(values["day"].date, clock, event.zone)
    return values


def _moved(event: Event, session: Session, day: EventDay, clock: time | None) -> datetime:
    """Return the start of a session on that day at that time. One after midnight stays there until its time changes."""
    local_start = session.starts_at.astimezone(event.zone)
    is_same_time = clock is None or clock == local_start.time()
    nights = local_start.date() - session.day.date if is_same_time else timedelta(0)
    return datetime.combine(day.date + nights, clock or local_start.time(), event.zone)


def _day(event: Event, value: Any, field: str) -> EventDay:
    text = str(value)
    day = (
        event.days.filter(pk=int(text)).first()
        if text.isascii() and text.isdigit() and len(text) < 19
        else None
    )
    if day is None:
        raise read.wrong(field, _("Choose one of the event's days."))
    return day


@transaction.atomic
def create_session(*, event_id: int, caller: Caller, given: Mapping[str, Any], now: datetime) -> Session:
    """Add a session: title, day, time and minutes are required.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, Malformed
    """
    event = lock_event(event_id=event_id, caller=caller)
    needed = dict.fromkeys(("title", "day", "time", "minutes"))
    values = _read(event, {**needed, **given}, None)
    return _add(event, values, now)


def _add(event: Event, values: Mapping[str, Any], now: datetime) -> Session:
    taken = set(event.sessions.values_list("slug", flat=True))
    session = Session(
        **values, slug=free_slug(values["title"], taken), calendar_changed_at=now, calendar_modified_at=now
    )
    session.save()
    return session


@transaction.atomic
def edit_session(*, session_id: int, caller: Caller, given: Mapping[str, Any], now: datetime) -> Session:
    """Change the given fields of a session; its address stays, and calendars are updated if necessary.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, Malformed
    """

    def change(session: Session) -> None:
        for field, value in _read(session.day.event, given, session).items():
            setattr(session, field, value)

    return change_session(session_id=session_id, caller=caller, change=change, now=now)


@transaction.atomic
def order_sessions(
    *, event_id: int, day_id: int, caller: Caller, order: Sequence[int], now: datetime
) -> list[Session]:
    """Put sessions of a day into another order: they exchange their times.

    The first begins when the first began; the gaps between them stay where they are, so that a coffee break comes
    after the second session, whichever that is. Sessions that are not in the list keep their times.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
        Malformed: a session is in the list twice, or not on that day.
        SessionHasBegun: one that is live or over would move.
    """
    event = lock_event(event_id=event_id, caller=caller)
    day = event.days.filter(pk=day_id).first()
    if day is None:
        raise NotFound
    sessions = {
        session.pk: session
        for session in day.sessions.select_for_update(no_key=True).select_related("day").filter(pk__in=order)
    }
    if len(sessions) != len(order):
        sentence = _("List each session of this day exactly once.")
        raise Malformed(sentence, fields={"order": sentence})
    before = sorted(sessions.values(), key=lambda session: (session.starts_at, session.pk))
    starts = _turns(before, [sessions[pk] for pk in order])
    for session in sessions.values():
        by = starts[session.pk] - session.starts_at
        if by and session.state != Session.State.UPCOMING:
            raise SessionHasBegun
        if by:
            shifted(session, by, now)
    return [sessions[pk] for pk in order]


def _turns(before: Sequence[Session], after: Sequence[Session]) -> dict[int, datetime]:
    """Return the start of each in the new order."""
    pauses = [then.starts_at - session.ends_at for session, then in pairwise(before)]
    starts: dict[int, datetime] = {}
    at = before[0].starts_at if before else None
    for place, session in enumerate(after):
        assert at is not None  # noqa: S101  # if there is any, there is a first one
        starts[session.pk] = at
        at += timedelta(minutes=session.minutes) + (pauses[place] if place < len(pauses) else timedelta(0))
    return starts


@transaction.atomic
def step_session(*, session_id: int, caller: Caller, direction: Any, now: datetime) -> Session:
    """Swap a session with the one before it ("up") or after it ("down") in the same place that day.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, Malformed, SessionHasBegun
    """
    session = Session.objects.filter(pk=session_id).first()
    if session is None:
        raise NotFound
    direction = clean_word(direction, field="direction", choices=["up", "down"])
    lock_event(event_id=session.event_id, caller=caller)
    beside = Session.objects.filter(day=session.day_id, place=session.place).order_by("starts_at", "pk")
    order = list(beside.values_list("pk", flat=True))
    here = order.index(session.pk)
    there = here + (1 if direction == "down" else -1)
    if not 0 <= there < len(order):
        return session
    order[here], order[there] = order[there], order[here]
    order_sessions(event_id=session.event_id, day_id=session.day_id, caller=caller, order=order, now=now)
    session.refresh_from_db()
    return session


@transaction.atomic
def split_session(
    *, session_id: int, caller: Caller, given: Mapping[str, Any], now: datetime
) -> tuple[Session, Session]:
    """Split a session in two parts after this many minutes; the second has the same people and its own room.

    Polls, questions and notes stay with the first.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, Malformed
        SessionHasBegun: it is live or over.
    """
    after = read.read_fields({"minutes": given.get("minutes")}, {"minutes": read.minutes})["minutes"]
    rest = 0

    def change(session: Session) -> None:
        nonlocal rest
        if session.state != Session.State.UPCOMING:
            raise SessionHasBegun
        rest = session.minutes - after
        if rest < 1:
            raise read.wrong("minutes", _("The first part must be shorter than the session."))
        with shared_language(session.spoken_language):
            session.minutes, session.part = after, _now("Part One")

    first = change_session(session_id=session_id, caller=caller, change=change, now=now)
    same = ("title", "subtitle", "topic", "description", "place", "track", "kind", "language", "call_url")
    values: dict[str, Any] = {field: getattr(first, field) for field in same}
    with shared_language(first.spoken_language):
        part = _now("Part Two")
    values |= {"starts_at": first.ends_at, "minutes": rest, "part": part, "day": first.day}
    second = _add(first.day.event, {**values, "runs_by_clock": first.runs_by_clock}, now)
    for role in SessionRole.objects.filter(session=first):
        SessionRole.objects.create(
            session=second, person_id=role.person_id, role=role.role, position=role.position
        )
    return first, second


@transaction.atomic
def add_to_stage(*, session_id: int, caller: Caller, given: Mapping[str, Any]) -> SessionRole:
    """Name a host or a presenter of a session. Moderators and helpers are invited instead.

    Raises:
        NotFound, NotSignedIn, NotOrganiser, Malformed
    """
    session = Session.objects.filter(pk=session_id).first()
    if session is None:
        raise NotFound
    event = lock_event(event_id=session.event_id, caller=caller)
    role = clean_word(given.get("role"), field="role", choices=[str(choice) for choice in WITHOUT_RIGHTS])
    person = person_of(event, given.get("name"), given.get("company", ""), given.get("job", ""))
    place = {"position": session.roles.count() + 1}
    made, _is_new = SessionRole.objects.get_or_create(
        session=session, person=person, role=role, defaults=place
    )
    keep_calendars_of_people([session.pk], timezone.now())
    return made


@transaction.atomic
def take_off_stage(*, session_id: int, caller: Caller, role_id: int) -> None:
    """Remove a host or a presenter from a session; the person stays in the event.

    Raises:
        NotFound, NotSignedIn, NotOrganiser
    """
    role = SessionRole.objects.filter(pk=role_id, session=session_id, role__in=WITHOUT_RIGHTS).first()
    if role is None:
        raise NotFound
    lock_event(event_id=role.session.event_id, caller=caller)
    role.delete()
    keep_calendars_of_people([session_id], timezone.now())
